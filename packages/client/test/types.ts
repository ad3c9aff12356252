import { useQuery } from '@tanstack/react-query'
import createQueryApi from 'openapi-react-query'
import {
  type BatchOperation,
  createTaskClient,
  type DeletedTask,
  type ImportResult,
  type Page,
  type Priority,
  type Retry,
  type Task,
  TaskApiError,
  type TaskApiErrorCode,
  type TransferFormat,
} from 'TaskApiClient'
import { type Choice, createSync, indexedDbStorage, type LocalTask, type TaskSync } from 'TaskApiClient/sync'

/*
 * Never run. `npm run typecheck` fails if a mistake compiles, or if correct code does not compile, with the settings
 * of tsconfig.json and with the stricter ones of tsconfig.users.json.
 */

export async function calls(text: string | undefined) {
  const client = createTaskClient({ baseUrl: '', token: () => null, credentials: 'include', timeoutMs: 0 })
  const { id, due_date }: Task = await client.create({ title: 'Task', due_date: null })
  const { cursor }: Page = await client.page({ sort: 'due_date', search: undefined, count: true })
  await client.api.GET('/api/{user_id}/tasks', { params: { path: { user_id: 'alice' } } })
  if (due_date === null) await client.page({ cursor }, { signal: AbortSignal.timeout(1000) })
  await client.create({ title: 'Task', description: text, due_date: undefined, completed: undefined })
  await client.update(id, { title: text, description: text })
  await client.get(id, { timeoutMs: 1000, headers: { 'x-request-id': 'a' } })
  // Routers give parameters as text.
  await client.complete('1', true)
  await client.restore('1')
  const operations: BatchOperation[] = [{ op: 'delete', id }]
  operations.push({ op: 'update', id, priority: 'high' satisfies Priority, tags: undefined })
  const [result] = await client.batch(operations)
  const again: Task | undefined = result?.task
  const deletedAt: string[] = (await client.trash()).tasks.map((task: DeletedTask) => task.deleted_at)
  for await (const page of client.trashPages({ limit: 10 }))
    deletedAt.push(...page.tasks.map((task) => task.title))
  await client.page({ priority: 'high,urgent', tags: 'home', sort: 'priority' })
  const count: number = (await client.renameTag('home', 'house')) + (await client.clearCompleted())
  const next: string[] = await client.occurrences(id, 3)
  const rule: string | undefined = (await client.skip(id)).recurrence?.rule
  const file: File = await client.exportTasks('csv')
  const { created }: ImportResult = await client.importTasks(file, { dry_run: true, format: undefined })
  await client.importTasks('title', { format: 'csv' satisfies TransferFormat, time_zone: text })
  return { again, count, deletedAt, next, rule, created }
}

export function options() {
  const onRetry = ({ attempt, status, waitMs, method, url }: Retry) =>
    console.log(attempt, status, waitMs, method, url)
  createTaskClient({
    baseUrl: '',
    token: async ({ refused, signal }) =>
      (await fetch('/token', { signal })).text().then((text) => refused ?? text),
    retry: { onRetry, attempts: undefined },
    timeoutMs: undefined,
  })
}

export function Tasks() {
  const client = createTaskClient({ baseUrl: '', token: () => null })
  const queryApi = createQueryApi(client.api)
  const params = { query: { status: 'pending', limit: 30 } } as const
  const tasks: Task[] | undefined = queryApi.useQuery('get', '/api/tasks', { params }).data
  const create = queryApi.useMutation('post', '/api/tasks')
  create.mutate({ body: { title: 'Task' } })
  const summary = useQuery({ queryKey: ['summary'], queryFn: ({ signal }) => client.summary({}, { signal }) })
  // @ts-expect-error there is no such path
  queryApi.useQuery('get', '/api/task')
  // @ts-expect-error a title is required
  create.mutate({ body: {} })
  return [tasks?.length, summary.data?.total]
}

export function errors(error: unknown) {
  if (!(error instanceof TaskApiError)) throw error
  const own: TaskApiErrorCode[] = [
    'network_error',
    'timeout',
    'unexpected_answer',
    'invalid_call',
    'token_failed',
  ]
  const ofTheService: TaskApiErrorCode[] = ['validation_failed', 'task_not_found', 'rate_limited']
  const code: TaskApiErrorCode = error.code
  // @ts-expect-error there is no such code
  if (error.code === 'no_such_code') return []
  const isKnown = [...own, ...ofTheService].includes(code)
  return isKnown ? error.errors.map(({ path, message }) => `${path} ${message}`) : []
}

export function synchronized(): readonly LocalTask[] {
  const client = createTaskClient({ baseUrl: '', token: () => null })
  const onConflict = ({ kind }: { kind: string }): Choice | undefined =>
    kind === 'changed' ? 'theirs' : undefined
  const storage = indexedDbStorage({ name: 'tasks-alice' })
  const sync: TaskSync = createSync({ client, userId: 'alice', storage, onConflict, lock: undefined })
  const { key } = sync.create({ title: 'Task', due_date: null, description: undefined })
  sync.update(key, { priority: 'high', tags: ['home'] })
  const [conflict] = sync.conflicts()
  if (conflict) sync.resolve(conflict, { title: `${conflict.base.title} or ${conflict.theirs?.title}` })
  // @ts-expect-error the storage belongs to a user
  createSync({ client, storage })
  // @ts-expect-error a title is required
  sync.create({ priority: 'high' })
  // @ts-expect-error there is no such field
  sync.update(key, { flavour: 'red' })
  // @ts-expect-error a task of this device cannot be changed in place
  sync.get(key)!.title = 'x'
  return sync.tasks()
}

export async function misuse() {
  const client = createTaskClient({ baseUrl: '', token: () => null })
  // @ts-expect-error a token provider is required
  createTaskClient({ baseUrl: '' })
  // @ts-expect-error the client sets the method
  createTaskClient({ baseUrl: '', token: () => null, method: 'POST' })
  // @ts-expect-error there is no such field
  await client.create({ title: 'Task', dueDate: null })
  // @ts-expect-error a title is required
  await client.create({ description: 'Task' })
  // @ts-expect-error a required field must not be undefined
  await client.create({ title: undefined })
  // @ts-expect-error a title cannot be cleared
  await client.update(1, { title: null })
  // @ts-expect-error an id is a number or text
  await client.get(undefined)
  // @ts-expect-error it does not toggle
  await client.complete(1)
  // @ts-expect-error there is no such order
  await client.page({ sort: 'flavour' })
  // @ts-expect-error there is no such filter
  await client.page({ flavour: 'red' })
  // @ts-expect-error a complete list has no pages
  await client.list({ limit: 10 })
  // @ts-expect-error there is no such operation
  await client.batch([{ op: 'destroy', id: 1 }])
  // @ts-expect-error an operation on a task needs its id
  await client.batch([{ op: 'delete' }])
  // @ts-expect-error there is no such priority
  await client.create({ title: 'Task', priority: 'highest' })
  // @ts-expect-error there is no such format
  await client.exportTasks('xml')
  // @ts-expect-error tasks are imported as a file
  await client.importTasks([{ title: 'Task' }])
  // @ts-expect-error there is no such path
  await client.api.GET('/api/task')
  // @ts-expect-error an error cannot be changed
  new TaskApiError({ status: 0, code: 'timeout', detail: 'x' }).status = 1
}
