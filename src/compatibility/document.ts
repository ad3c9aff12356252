import type { FrontEndSetting } from '../config/front-ends.ts'

/** The parts of the OpenAPI document that the settings change. */
interface Document {
  info: { description: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; responses: Responses }
}
interface Operation {
  operationId?: string
  responses: Responses
}
type Responses = Record<string, Response>
interface Response {
  description: string
  content?: Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }>
}
interface Schema {
  type?: string
  description?: string
  minimum?: number
  properties?: Record<string, Schema>
  required?: string[]
  examples?: unknown[]
}

/** The name of a route's operation, the same under both paths. */
export const operationOf = (operation: object | undefined) =>
  (operation as Operation | undefined)?.operationId?.replace(/ByUser$/, '')

const object = (description: string, properties: Record<string, Schema>): Schema => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties),
})
const number = (description: string, example: number): Schema => ({
  type: 'integer',
  minimum: 0,
  description,
  examples: [example],
})

const describe: Readonly<Record<FrontEndSetting, (document: Document) => void>> = {
  list_envelope({ paths }) {
    for (const { get } of Object.values(paths)) {
      if (operationOf(get) !== 'listTasks') continue
      const list = get!.responses[200]!.content!['application/json']!
      list.schema = object('The list.', {
        tasks: { ...list.schema, description: 'The tasks.' },
        total: number('The number of tasks that match the filters, on all pages together.', 57),
        count: number('The number of tasks in this answer.', 20),
      })
      changeExamples(get!.responses, (tasks) =>
        Array.isArray(tasks) ? { tasks, total: tasks.length, count: tasks.length } : tasks,
      )
    }
  },
  user_object({ paths, components }) {
    const { properties, required } = components.schemas.Session!
    const { user_id: id, email, name } = properties as Record<'user_id' | 'email' | 'name', Schema>
    properties!.user = object('The current user.', { id, email, name })
    required!.push('user')
    for (const { get } of Object.values(paths)) {
      if (operationOf(get) !== 'getSession') continue
      changeExamples(get!.responses, (session) => {
        const { user_id: id, email, name } = session as Record<string, unknown>
        return id === undefined ? session : { ...(session as object), user: { id, email, name } }
      })
    }
  },
  delete_json({ paths }) {
    for (const { get, delete: remove } of Object.values(paths)) {
      if (operationOf(remove) !== 'deleteTask') continue
      const { 204: _, ...others } = remove!.responses
      const { content, ...found } = get!.responses[200]!
      const task = { ...found, description: 'The task as it was before it was deleted.', content }
      remove!.responses = { 200: structuredClone(task) as Response, ...others }
    }
  },
  is_completed({ paths, components }) {
    for (const { properties, required } of Object.values(components.schemas)) {
      if (properties?.completed?.type !== 'boolean' || properties.is_completed !== undefined) continue
      properties.is_completed = { ...properties.completed, description: 'The same as completed.' }
      if (required?.includes('completed')) required.push('is_completed')
    }
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
    for (const responses of [components.responses, ...operations.map(({ responses }) => responses)])
      changeExamples(responses, (value) => JSON.parse(JSON.stringify(value), withIsCompleted) as unknown)
  },
}

function changeExamples(responses: Responses, change: (value: unknown) => unknown) {
  for (const { content = {} } of Object.values(responses))
    for (const { examples = {} } of Object.values(content))
      for (const example of Object.values(examples)) example.value = change(example.value)
}

function withIsCompleted(_key: string, value: unknown): unknown {
  const { completed } = (value ?? {}) as { completed?: unknown }
  return typeof completed === 'boolean' ? { ...(value as object), is_completed: completed } : value
}

/** Describes what the settings change, and names those that are on. */
export function describeSettings(document: object, settings: readonly FrontEndSetting[]) {
  const { info } = document as Document
  const names = settings.map((name) => `\`${name}\``).join(', ')
  info.description = `${info.description}\n\nSettings of FRONT_END_COMPAT that are on: ${names}.`
  for (const name of settings) describe[name](document as Document)
}
