import { randomInt, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import type { NewTask } from '../src/tasks/schemas.ts'
import { type Answer, createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { trimmed } from './helpers/arbitraries.ts'
import { type Document, documentOf, mistakeIn } from './helpers/described.ts'
import * as requests from './helpers/requests.ts'

/*
 * Requests made from the OpenAPI document, by the thousand. A failure prints its seed and path:
 * FUZZ_SEED=… FUZZ_PATH=… npm test -- test/fuzz.test.ts sends the same request again.
 */
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const CASES = Number(process.env.FUZZ_CASES ?? 3000)
const PATH = process.env.FUZZ_PATH

/** Two people in one database: one sends requests, the other's tasks are what must never be seen or touched. */
interface World {
  app: TestApp
  document: Document
  actor: TestUser
  victim: TestUser
  /** Parts of the victim's data: no answer to the actor may contain one. */
  secrets: string[]
  victimIds: number[]
  ids: number[]
  /** The actor's tasks in the trash. */
  trash: number[]
}

async function createWorld(app: TestApp, actor: TestUser, victim: TestUser): Promise<World> {
  const marker = `marker-${randomUUID()}`
  const victimIds: number[] = []
  for (const due_date of [null, '2020-01-01', '2030-06-01T12:00:00Z']) {
    const task = { title: `${marker} of the victim`, description: marker, due_date }
    victimIds.push((await createTask(app, victim, task)).id)
  }
  const secrets = [marker, victim.id, victim.email]
  return { app, document: documentOf(app.app), actor, victim, victimIds, secrets, ids: [], trash: [] }
}

/** The actor's tasks that an operation finds: those in the trash, or the others. */
const idsFor = ({ template }: requests.Plan, { ids, trash }: World) =>
  /\/restore$|\/trash\/\{id\}$/.test(template) ? trash : ids

/** What the placeholders of a plan mean right now. */
function fill(text: string, { actor, victim, victimIds }: World, ownIds: number[]): string {
  const meanings: Record<string, string> = {
    [requests.ME]: actor.id,
    [requests.VICTIM]: victim.id,
    [requests.OWN_ID]: String(ownIds.at(-1)),
    [requests.FOREIGN_ID]: String(victimIds[0]),
  }
  return text.replace(/<[a-z ]+>/g, (name) => meanings[name] ?? name)
}

function urlOf(plan: requests.Plan, world: World): string {
  const { template, params, query, rawPath, rawQuery } = plan
  const ownIds = idsFor(plan, world)
  const own = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(fill(params[name]!, world, ownIds)),
  )
  const path = rawPath === undefined ? own : fill(rawPath, world, ownIds)
  const search = rawQuery ?? query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
  // What is sent is what an HTTP client makes of it.
  const { pathname, search: sent } = new URL(`http://localhost${path}${search && `?${search}`}`)
  return pathname + sent
}

async function send(plan: requests.Plan, url: string, { app, actor }: World): Promise<Answer<any>> {
  const authorization = { good: `Bearer ${actor.token}`, bad: `Bearer ${actor.token}x`, none: undefined }[
    plan.token
  ]
  const { statusCode, headers, payload } = await app.app.inject({
    method: plan.method as 'GET',
    url,
    headers: { ...plan.headers, ...(authorization && { authorization }) },
    ...(plan.body !== undefined && { payload: plan.body }),
  })
  const isJson = /json/.test(String(headers['content-type'])) && payload !== ''
  const body: unknown = isJson ? JSON.parse(payload) : undefined
  return { status: statusCode, headers: headers as Answer['headers'], text: payload, body }
}

/** Sends what was planned, and throws where the answer is one that must not be. */
async function tryOut(plan: requests.Plan, world: World) {
  const { app } = world
  await provideTasks(world)
  const url = urlOf(plan, world)
  const before = app.statements.length
  const answer = await send(plan, url, world)
  const demand = (isSo: boolean, what: string) => {
    if (!isSo)
      throw new Error(
        `${what}: ${plan.method} ${url.slice(0, 300)} → ${answer.status} ${answer.text.slice(0, 500)}`,
      )
  }
  // Whether the database answers in time is for the machine to say.
  const isOurFault = answer.status >= 500 && !(answer.status === 503 && url.startsWith('/ready'))
  demand(!isOurFault, 'a fault of ours')
  const mistake = mistakeIn(world.document, plan.method, url, answer)
  demand(mistake === undefined, mistake ?? '')
  demand(typeof answer.headers['x-request-id'] === 'string', 'no request id')
  demandPrivacy(answer, world, demand)
  if (plan.token !== 'good' && url.startsWith('/api/') && plan.method !== 'OPTIONS')
    demand(answer.status === 401, 'answered without a token')
  const touched = app.statements.slice(before).some((sql) => /\btasks\b/.test(sql))
  // Whether a recurrence and a due date fit together may depend on the task.
  const paths = (answer.body?.errors ?? []).map(({ path }: { path: string }) => path) as string[]
  const isAboutSeries =
    answer.status === 409 || paths.some((path) => /\/(due_date|recurrence\/rule)$/.test(path))
  if (answer.status >= 400 && ![404, 412, 422].includes(answer.status) && !isAboutSeries)
    demand(!touched, 'refused, but only after a statement')
  if (plan.kind === 'valid' && answer.status !== 503 && !isAboutSeries)
    demandTaken(plan, answer, world, demand)
  if (plan.kind === 'invalid') demandRefused(plan, answer, demand)
  await note(plan, url, answer, world)
}

/** At least one task of the actor is in the trash, and one is not. */
async function provideTasks({ app, actor, ids, trash }: World) {
  if (trash.length === 0) {
    const { id } = await createTask(app, actor, { title: 'deleted' })
    await app.call('DELETE', `/api/tasks/${id}`, { user: actor })
    trash.push(id)
  }
  if (ids.length === 0) ids.push((await createTask(app, actor, { title: 'mine' })).id)
}

type Demand = (isSo: boolean, what: string) => void

function demandPrivacy(
  { text, headers, body }: Answer,
  { actor, victimIds, secrets }: World,
  demand: Demand,
) {
  const all = text + JSON.stringify(headers)
  for (const secret of secrets) demand(!all.includes(secret), 'contains data of another user')
  const results = ((body as any)?.results ?? []).map(({ task }: any) => task)
  for (const task of [body, ...results].flat() as ({ id?: unknown; user_id?: unknown } | undefined)[]) {
    demand(!victimIds.includes(task?.id as number), 'is a task of another user')
    demand((task?.user_id ?? actor.id) === actor.id, 'names another user')
  }
}

function demandTaken(plan: requests.Plan, answer: Answer<any>, world: World, demand: Demand) {
  const ids = idsFor(plan, world)
  const { id } = plan.params
  const isOwn = id === undefined || id === requests.OWN_ID
  const exists = isOwn || (id !== requests.FOREIGN_ID && ids.some((own) => BigInt(own) === BigInt(id)))
  const isUnmet =
    // Two requests may have made up the same key.
    (answer.status === 422 && plan.headers['idempotency-key'] !== undefined) ||
    (answer.status === 412 && (plan.headers['if-match'] !== undefined || plan.template.endsWith('/batch'))) ||
    (answer.status === 304 && plan.headers['if-none-match'] !== undefined)
  if (isUnmet && exists) return
  // The operations of a batch name tasks by chance.
  const mayMiss = plan.template.endsWith('/batch') && answer.body.code === 'task_not_found'
  if (mayMiss) return
  demand(exists ? answer.status < 300 : answer.status === 404, 'a valid request is refused')
  if (plan.sent && exists) demandStored(plan.sent, answer.body, demand)
}

function demandRefused(plan: requests.Plan, { status, body }: Answer<any>, demand: Demand) {
  demand(status === 400, 'an invalid request is taken')
  const [first] = (body.errors ?? []) as { path: string }[]
  if (plan.wrong === 'json') return demand(body.code === 'malformed_json', 'has another code')
  demand(body.code === 'validation_failed', 'has another code')
  if (plan.wrong !== 'body') demand(first?.path === `/${plan.wrong}`, 'names another mistake')
}

/** What was sent is what is there now: white space around the title is not part of it, instants are in UTC. */
function demandStored(sent: Record<string, unknown>, task: Record<string, unknown>, demand: Demand) {
  const { title, description, due_date, priority, tags } = sent as Partial<NewTask>
  const { is_completed } = sent as { is_completed?: boolean }
  const { completed = is_completed } = sent as Partial<NewTask>
  if (task.id === undefined) return
  if (title !== undefined) demand(task.title === trimmed(title), 'has another title')
  if (description !== undefined) demand(task.description === description, 'has another description')
  if (completed !== undefined) demand(task.completed === completed, 'has another state')
  if (priority !== undefined) demand(task.priority === (priority ?? 'none'), 'has another priority')
  if (tags !== undefined) demandTags((tags ?? []).map(trimmed), task.tags as string[], demand)
  if (due_date === undefined) return
  const isDay = due_date === null || due_date.length === 10
  demand(task.due_date === (isDay ? due_date : inUtc(due_date)), 'has another due date')
}

/** Some of the tags that were sent, in their order; those that are left out differ in letter case from one that is there. */
function demandTags(sent: string[], tags: string[], demand: Demand) {
  const fold = (tag: string) =>
    tag.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC')
  let place = -1
  for (const tag of tags) {
    place = sent.indexOf(tag, place + 1)
    demand(place !== -1, 'has tags that were not sent, or in another order')
  }
  for (const tag of sent)
    demand(
      tags.some((own) => fold(own) === fold(tag)),
      'lacks a tag',
    )
  demand(new Set(tags.map(fold)).size === tags.length, 'has a tag twice')
}

/** Reckoned without the parser of dates that the service uses. */
function inUtc(text: string): string {
  const [, clock, fraction = '', zone] = /^(.{19})(?:\.(\d+))?(.+)$/.exec(text.toUpperCase())!
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone!) ?? ['', '+', '0', '0']
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  const [year, month, day, hour, minute, second] = clock!.split(/\D/).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'))
  return new Date(Date.UTC(year, month - 1, day, hour, minute - offset, second, ms)).toISOString()
}

/** Keeps track of which tasks the actor has, and where. */
async function note({ method }: requests.Plan, url: string, { status, body }: Answer<any>, world: World) {
  if (status === 201) world.ids.push(body.id as number)
  if (status === 200 && /\/(restore|batch)\/?(\?|$)/.test(url)) await readTasks(world)
  if (method === 'DELETE' && status < 300) await readTasks(world)
}

async function readTasks(world: World) {
  const { app, actor } = world
  const idsOf = async (path: string) => {
    const { body } = await app.call<{ id: number }[]>('GET', path, { user: actor })
    return body.map(({ id }) => id)
  }
  world.ids = await idsOf('/api/tasks')
  world.trash = await idsOf('/api/tasks/trash?limit=200')
}

t.test(`requests made from the document (seed ${SEED})`, async (t) => {
  const app = await startApp(t)
  const operations = requests.operationsOf(documentOf(app.app))
  const document = documentOf(app.app)
  // The body of an import is a file, whose rows depend on each other: test/transfer.test.ts has its mistakes.
  const described = operations.filter(({ template }) => !template.endsWith('/import'))
  const plans: [what: string, plan: fc.Arbitrary<requests.Plan>][] = [
    [
      'what the document admits is never refused',
      fc.oneof(...described.map((named) => requests.validPlan(document, named))),
    ],
    [
      'what the document does not admit is never taken',
      fc.oneof(
        ...described
          .map((named) => requests.invalidPlan(document, named))
          .filter((plan) => plan !== undefined),
      ),
    ],
    ['whatever is sent, the answer is one that is described', requests.chaosPlan(operations)],
  ]
  for (const [what, plan] of plans) {
    t.test(what, async (t) => {
      const [alice, bob] = [await createUser(), await createUser()]
      for (const [round, actor] of [alice, bob].entries()) {
        const victim = actor === alice ? bob : alice
        const world = await createWorld(app, actor, victim)
        const list = () => app.call('GET', '/api/tasks', { user: victim })
        const before = await list()
        const numRuns = Math.ceil(CASES / plans.length / 2)
        const property = fc.asyncProperty(plan, (plan) => tryOut(plan, world))
        await fc.assert(property, PATH ? { seed: SEED, path: PATH } : { seed: SEED + round, numRuns })
        t.same((await list()).body, before.body, 'the tasks of another user have not changed')
      }
    })
  }
})
