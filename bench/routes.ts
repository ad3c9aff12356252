import { addTasks, type BenchDatabase, PAGERS } from './database.ts'
import { createStrangers, type Person } from './people.ts'
import type { Server } from './servers.ts'

/** One HTTP request. */
export interface Call {
  method: string
  path: string
  token: string
  body?: string
}

/** What a run needs to create its requests. */
export interface Cast {
  people: Person[]
  database: BenchDatabase
}

/**
 * A route under load. Each connection gets its own calls and repeats them. If a call works only once, `once` creates new
 * calls for every run.
 */
export interface Route {
  name: string
  call?: (person: Person, server: Server['name'], index: number) => Call
  from?: [first: number, end: number]
  once?: (cast: Cast, count: number) => Promise<Call[]>
}

const get = (path: string, { token }: Person): Call => ({ method: 'GET', path, token })
const send = (method: string, path: string, { token }: Person, body?: object): Call => ({
  method,
  path,
  token,
  ...(body && { body: JSON.stringify(body) }),
})
const USUAL: [number, number] = [0, PAGERS.first]
const taskOf = ({ tasks }: Person, index: number) => tasks[index % tasks.length]!

type MakeCall = NonNullable<Route['call']>
const list: MakeCall = (person) => get('/api/tasks', person)
const page: MakeCall = (person, server, index) =>
  get(`/api/tasks?${index % 2 === 0 ? 'limit=20' : (person.cursors[server] ?? 'limit=20')}`, person)
const tag: MakeCall = (person) => get('/api/tasks?limit=20&tags=home', person)
const one: MakeCall = (person, _server, index) => get(`/api/tasks/${taskOf(person, index)}`, person)
const summary: MakeCall = (person) => get('/api/tasks/summary', person)
const toggle: MakeCall = (person, _server, index) =>
  send('PATCH', `/api/tasks/${taskOf(person, index)}/complete`, person)
// One task for each call, with a new title in every round, so that every update changes something.
const update: MakeCall = (person, _server, index) =>
  send('PUT', `/api/tasks/${taskOf(person, 7)}`, person, { title: `Changed title number ${index}` })
const create: MakeCall = (person, _server, index) =>
  send('POST', '/api/tasks', person, {
    title: `Created task ${index}`,
    description: 'With a few words about it.',
    due_date: '2030-12-01T09:00:00.000Z',
  })

/** 80 % reads and 20 % writes, evenly mixed. */
const MIX = [list, one, page, toggle, list, summary, one, list, update, page]
const MIX_WRITES = [list, one, page, toggle, list, summary, one, page, create, list]

export const routes: Route[] = [
  { name: 'list', call: list, from: USUAL },
  { name: 'page', call: page, from: [PAGERS.first, PAGERS.end] },
  { name: 'tag', call: tag, from: [PAGERS.first, PAGERS.end] },
  { name: 'get', call: one, from: USUAL },
  { name: 'summary', call: summary, from: USUAL },
  { name: 'toggle', call: toggle, from: USUAL },
  { name: 'update', call: update, from: USUAL },
  { name: 'create', call: create, from: USUAL },
  { name: 'delete', once: deletions },
  { name: 'first', once: firstCalls },
  { name: 'mixed', call: mixed },
]

function mixed(person: Person, server: Server['name'], index: number): Call {
  const mix = index % 20 < 10 ? MIX : MIX_WRITES
  return mix[index % 10]!(person, server, index)
}

async function deletions({ people, database }: Cast, count: number): Promise<Call[]> {
  const owners = people.slice(...USUAL)
  const each = Math.ceil(count / owners.length)
  const ids = await addTasks(database, owners, each)
  // Owners take turns, because real owners delete independently of each other.
  return Array.from({ length: each }, (_, turn) =>
    ids.map((tasks, index) => send('DELETE', `/api/tasks/${tasks[turn]!}`, owners[index]!)),
  ).flat()
}

async function firstCalls(_cast: Cast, count: number): Promise<Call[]> {
  return createStrangers(count).map((stranger) => get('/api/tasks?limit=20', stranger))
}

/**
 * The calls of one of several connections. All people take part, and as few as possible are on two connections. Each
 * connection calls for each of its people at least twice before it repeats a call, and begins at another call than the
 * connections next to it.
 */
export function callsOf(
  { call, from }: Route,
  { people }: Cast,
  server: Server['name'],
  client: number,
  clients: number,
): Call[] {
  const [first, end] = from ?? [0, people.length]
  const each = Math.max(1, Math.floor((end - first) / clients))
  const personAt = (index: number) => people[first + ((client + (index % each) * clients) % (end - first))]!
  const length = Math.max(Math.ceil(2000 / clients), 2 * each, 4)
  return Array.from({ length }, (_, index) => call!(personAt(index), server, client + index))
}
