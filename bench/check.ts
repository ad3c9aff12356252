import { deepStrictEqual } from 'node:assert'
import { type Cast, callsOf, type Route } from './routes.ts'
import type { Person } from './people.ts'
import type { Server } from './servers.ts'

/** Fields that may differ between two equal answers. */
const VARIABLE = ['id', 'created_at', 'updated_at', 'completed']

const AT_ONCE = 20

/** Makes the first call of every user. It creates or finds the user, which costs far more than the measured calls. */
export async function callAsEverybody({ url }: Server, people: Person[]) {
  for (let first = 0; first < people.length; first += AT_ONCE) {
    const calls = people.slice(first, first + AT_ONCE).map(async ({ token }) => {
      const headers = { authorization: `Bearer ${token}` }
      await (await fetch(`${url}/api/tasks?limit=1`, { headers })).arrayBuffer()
    })
    await Promise.all(calls)
  }
}

/** Reads the cursor of the second page of each person, for each server. */
export async function readCursors(server: Server, pagers: Person[]) {
  for (const person of pagers) {
    const response = await fetch(`${server.url}/api/tasks?limit=20`, {
      headers: { authorization: `Bearer ${person.token}` },
    })
    await response.arrayBuffer()
    const query = /\?([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
    if (query === undefined)
      throw new Error(`the ${server.name} answers ${response.status} and names no second page`)
    person.cursors[server.name] = query
  }
}

/**
 * Checks that two servers answer the calls of a route with the same content. Otherwise their costs are not comparable.
 *
 * @throws AssertionError if the answers differ
 */
export async function assertSameAnswers(route: Route, cast: Cast, service: Server, rival: Server) {
  const [one, other] = await Promise.all([service, rival].map((server) => answersOf(route, cast, server)))
  const compared = rival.name === 'other' ? common(one, other) : one
  deepStrictEqual(compared, other, `service and ${rival.name} answer ${route.name} differently`)
}

/** Removes the fields that the answer of an earlier version does not have. */
function common(answer: unknown, earlier: unknown): unknown {
  if (Array.isArray(answer) && Array.isArray(earlier) && answer.length === earlier.length)
    return answer.map((item, index) => common(item, earlier[index]))
  if (!isObject(answer) || !isObject(earlier)) return answer
  return Object.fromEntries(Object.entries(answer).filter(([name]) => name in earlier))
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

async function answersOf(route: Route, cast: Cast, { name, url }: Server) {
  const calls = route.once ? await route.once(cast, 2) : callsOf(route, cast, name, 3, 64).slice(0, 10)
  const answers = []
  for (const { method, path, token, body = null } of calls.slice(0, 10)) {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== null && { 'content-type': 'application/json' }),
    }
    const response = await fetch(url + path, { method, headers, body })
    const text = await response.text()
    answers.push([
      response.status,
      text === '' ? '' : stable(JSON.parse(text), method !== 'GET' || route.name === 'mixed'),
    ])
  }
  return answers
}

function stable(body: unknown, varies: boolean): unknown {
  if (!varies || typeof body !== 'object' || body === null) return body
  if (Array.isArray(body)) return body.map((item: unknown) => stable(item, varies))
  return Object.fromEntries(Object.entries(body).filter(([name]) => !VARIABLE.includes(name)))
}
