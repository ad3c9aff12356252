import { randomUUID } from 'node:crypto'
import type { InjectOptions } from 'fastify'
import { SignJWT } from 'jose'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { createConfig } from '../../src/config/config.ts'
import { createDatabase } from '../../src/database/client.ts'
import { serviceDatabaseUrl } from './database.ts'
import { assertDescribed } from './described.ts'
import { watchStatements } from './owned.ts'
import { findSecrets } from './secrets.ts'

export const SECRET = 'a secret that only these tests know, long enough'

/** A user of this test only: tests share one database, so each creates its own users. */
export interface TestUser {
  id: string
  email: string
  token: string
}

type Claims = Record<string, unknown>

/** An HS256 token; `exp: undefined` and the like leave a claim out. */
export async function signToken(claims: Claims, secret = SECRET): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const payload = JSON.parse(JSON.stringify({ iat: now, exp: now + 600, ...claims })) as Claims
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret))
}

export async function createUser(id = `user-${randomUUID()}`): Promise<TestUser> {
  const email = `${randomUUID()}@example.com`
  return { id, email, token: await signToken({ sub: id, email, name: 'Test User' }) }
}

export interface Answer<Body = unknown> {
  status: number
  headers: Record<string, string | undefined>
  text: string
  body: Body
}

export interface CallOptions {
  user?: TestUser | undefined
  token?: string | undefined
  body?: unknown
  headers?: Record<string, string>
}

/**
 * The app as production builds it, on the database of this run. Everything that goes through `call` is
 * checked on the way: the statement carries its owner, and the answer is one that the document describes.
 * No secret may stand in its log.
 */
export async function startApp(t: Test, variables: Record<string, string> = {}) {
  const config = createConfig({
    DATABASE_URL: serviceDatabaseUrl(),
    BETTER_AUTH_SECRET: SECRET,
    NODE_ENV: 'test',
    DATABASE_POOL_MAX: '5',
    // The suite shares its machine: a busy event loop is no reason to turn its requests away.
    MAX_EVENT_LOOP_DELAY_MS: '0',
    // A part of the suite also runs with it off.
    DATABASE_PIPELINE: process.env.DATABASE_PIPELINE ?? 'on',
    ...variables,
  })
  const { statements, values, onQuery } = watchStatements(t)
  const database = createDatabase(config.database, onQuery)
  const logLines: string[] = []
  const app = await buildApp(config, database, {
    level: 'trace',
    stream: { write: (line: string) => logLines.push(line) },
  })
  await app.ready()
  t.teardown(async () => {
    await app.close()
    await database.close()
    const [leak] = findSecrets(logLines, config.database.url)
    if (leak !== undefined) t.fail('the log tells a secret', { leak })
  })

  async function call<Body = any>(
    method: string,
    url: string,
    options: CallOptions = {},
  ): Promise<Answer<Body>> {
    const { user, token = user?.token, body, headers } = options
    const request: InjectOptions = { method, url, headers: { ...headers } }
    if (token !== undefined) request.headers = { authorization: `Bearer ${token}`, ...request.headers }
    if (body !== undefined) {
      request.headers = { 'content-type': 'application/json', ...request.headers }
      request.payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    }
    const response = await app.inject(request)
    const isJson = /json/.test(String(response.headers['content-type'])) && response.payload !== ''
    const answer = {
      status: response.statusCode,
      headers: response.headers as Record<string, string | undefined>,
      text: response.payload,
      body: (isJson ? JSON.parse(response.payload) : undefined) as Body,
    }
    assertDescribed(t, app, method, url, answer)
    if (answer.status === 500)
      t.fail(`${method} ${url} → 500`, { logLines: logLines.filter((line) => line.includes('"err"')) })
    return answer
  }
  return { app, call, config, database, logLines, statements, values }
}

export type TestApp = Awaited<ReturnType<typeof startApp>>

/** What a client reaches by a relative reference in the answer to a request of `url` (RFC 3986, 5). */
export function resolveUrl(reference: string, url: string): string {
  const { pathname, search } = new URL(reference, new URL(url, 'http://service'))
  return pathname + search
}

/** The URL of the next page, from the answer to a request of `url`; undefined after the last page. */
export function nextPage({ headers }: Pick<Answer, 'headers'>, url: string): string | undefined {
  const reference = /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1]
  return reference === undefined ? undefined : resolveUrl(reference, url)
}

/** Makes a task and returns it. */
export async function createTask(
  { call }: Pick<TestApp, 'call'>,
  user: TestUser,
  task: object = { title: 'Task' },
) {
  const { body } = await call('POST', '/api/tasks', { user, body: task })
  return body as {
    id: number
    title: string
    created_at: string
    updated_at: string
    completed: boolean
    due_date: string | null
  }
}
