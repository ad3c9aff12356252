import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type axe from 'axe-core'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
  type Route,
} from 'playwright-core'
import type { Stage, Variant } from './stage.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SCREENSHOTS = join(import.meta.dirname, 'screenshots')
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const PATIENCE_MS = 15_000

/** The path of Chromium on this machine; undefined if there is none. */
export function findChromium(): string | undefined {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    } catch {
      continue
    }
  }
  return undefined
}

export const openBrowser = (executablePath: string) => chromium.launch({ executablePath, args: FLAGS })

export interface Task {
  id: number
  user_id: string
  title: string
  completed: boolean
  description: string | null
  due_date: string | null
  priority: string
  tags: string[]
  recurrence: { rule: string; time_zone?: string; anchor?: string } | null
}

/** A user with a browser of their own. */
export interface Visitor {
  page: Page
  context: BrowserContext
  origin: string
  name: string
  email: string
  /** Calls the service directly with this user's token, not through the page. */
  api<Body = unknown>(method: string, path: string, body?: object): Promise<{ status: number; body: Body }>
  token(): Promise<string>
  /** Errors of the page's scripts, and what its content security policy has blocked: none at the end of a test. */
  failures: string[]
}

interface VisitOptions extends BrowserContextOptions {
  variant?: Variant
  name?: string
}

/** Opens a browser window without a session. Errors in the scripts of its pages fail the test. */
export async function visit(
  t: TestContext,
  { stage, browser }: World,
  { variant = 'app', name = 'Ada Byron', ...options }: VisitOptions = {},
): Promise<Visitor> {
  const origin = await stage.origin(variant)
  const context = await browser.newContext({
    baseURL: origin,
    // Without animations a screenshot shows the final state.
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1100, height: 800 },
    // Tests that answer requests themselves must see all of them. e2e/offline.ts allows the service worker.
    serviceWorkers: 'block',
    ...options,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  // tsx calls this helper in the functions that Playwright sends to the page, where it does not exist.
  await context.addInitScript('globalThis.__name = (f) => f')
  const failures: string[] = []
  context.on('weberror', (error) => failures.push(String(error.error().stack)))
  // A page must not try what its content security policy forbids.
  context.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) failures.push(message.text())
  })
  t.after(async () => {
    await context.close()
    assert.deepEqual(failures, [], 'no script of the page throws, and the policy blocks nothing')
  })
  const page = await context.newPage()
  const token = async () => {
    const path = variant === 'secret' ? '/api/token' : '/api/auth/token'
    return ((await (await context.request.get(path, { maxRetries: 3 })).json()) as { token: string }).token
  }
  const api = createCaller(stage.serviceUrl, token)
  return { page, context, origin, name, email: `${randomUUID()}@example.com`, api, token, failures }
}

/** Calls the service with a token that is kept until the service refuses it. */
function createCaller(serviceUrl: string, token: () => Promise<string>): Visitor['api'] {
  let current: string | undefined
  const send = async (method: string, path: string, data?: object) =>
    fetch(serviceUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${(current ??= await token())}`,
        ...(data && { 'content-type': 'application/json' }),
      },
      ...(data && { body: JSON.stringify(data) }),
    })
  return async <Body>(method: string, path: string, data?: object) => {
    let response = await send(method, path, data)
    if (response.status === 401) {
      current = undefined
      response = await send(method, path, data)
    }
    const text = await response.text()
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Body }
  }
}

export interface World {
  stage: Stage
  browser: Browser
}

export const PASSWORD = 'correct horse battery'

/** Signs up over HTTP, creates tasks, and opens the page that shows them. */
export async function arrive(
  t: TestContext,
  world: World,
  { tasks = [], ...options }: VisitOptions & { tasks?: (Partial<Task> & { title: string })[] } = {},
): Promise<Visitor> {
  const visitor = await visit(t, world, options)
  const { page, context, origin, name, email, api } = visitor
  const response = await context.request.post('/api/auth/sign-up/email', {
    data: { name, email, password: PASSWORD },
    headers: { origin },
  })
  assert.equal(response.status(), 200)
  for (const task of tasks) assert.equal((await api('POST', '/api/tasks', task)).status, 201)
  await page.goto('/')
  await result(page, tasks.length)
  return visitor
}

/** Waits until the page says how many tasks there are. */
export const result = (page: Page, count: number) =>
  page
    .getByRole('status', { name: 'Result' })
    .filter({ hasText: new RegExp(`^${count} tasks?$`) })
    .waitFor()

/** Opens the fields of the composer below the title. */
export const openDetails = (page: Page) =>
  page.getByRole('button', { name: 'Due date, priority, tags and notes' }).click()

/** The suggestion of a field for tags that begins with these words. */
export const option = (page: Page, words: string) =>
  page.getByRole('listbox', { name: 'Tags in use' }).getByRole('option', { name: new RegExp(`^${words}`) })

/** Nothing lies beyond the edge of the screen. */
export async function fits(page: Page, what: string) {
  const wide = await page.evaluate(() => {
    const parts = [document.documentElement, document.querySelector('[data-scroller]')!]
    if (parts.every(({ scrollWidth }) => scrollWidth <= innerWidth)) return []
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth)
      .map((element) => `${element.outerHTML.slice(0, 80)}: ${element.getBoundingClientRect().right}`)
  })
  assert.deepEqual(wide, [], `${what} in ${page.viewportSize()?.width} pixels`)
}

export const checkbox = (page: Page, title: string) =>
  page.getByRole('checkbox', { name: title, exact: true })
export const row = (page: Page, title: string) =>
  page.getByRole('listitem').filter({ has: checkbox(page, title) })
/** What the service does not take, and conflicts. */
export const decisions = (page: Page) => page.getByRole('region', { name: 'Waiting for your decision' })
/** The line that says whether everything is saved. */
export const connection = (page: Page, text: string | RegExp) =>
  page.getByRole('group', { name: 'Connection' }).getByText(text)
export const saved = (page: Page) => connection(page, 'All changes are saved.').waitFor()
export const notice = (page: Page, text: string) =>
  page.getByRole('status', { name: 'Notices' }).getByText(text)

/** The requests for tasks, with the id of the user in the path or without it. */
const TASKS = /\/api\/([^/]+\/)?tasks/

/** Keeps all requests with this method from the service, as a slow network does, until the result is called. */
export async function holdAll(page: Page, method: string): Promise<() => void> {
  let release = () => {}
  const promise = new Promise<void>((resolve) => (release = resolve))
  await page.route(TASKS, async (route) => {
    if (route.request().method() === method) await promise
    await route.continue().catch(() => {})
  })
  return release
}

/** Answers the next request with this method when the test says so. */
export function hold(page: Page, method: string): Promise<Route> {
  let isTaken = false
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`The page sends no ${method}.`)), PATIENCE_MS).unref()
    void page.route(TASKS, async (route) => {
      if (isTaken || route.request().method() !== method) return route.fallback()
      isTaken = true
      resolve(route)
    })
  })
}

/** The answer of the service to a write that it does not take. */
export const REFUSAL = {
  status: 403,
  contentType: 'application/problem+json',
  body: JSON.stringify({ status: 403, code: 'forbidden', detail: 'Not on a Sunday.', errors: [] }),
}

/** The writes that the page sends to the service from now on. */
export function countWrites(page: Page, { stage }: World): string[] {
  const requests: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith(stage.serviceUrl) && !['OPTIONS', 'GET'].includes(request.method()))
      requests.push(`${request.method()} ${new URL(request.url()).pathname.replace(TASKS, '/api/tasks')}`)
  })
  return requests
}

/**
 * Compares the numbers of writes by kind. It waits for them, because Chromium may report a request after the test has
 * seen its effect in the service.
 */
export const sends = (requests: string[], expected: Record<string, number>) =>
  eventually(async () => {
    const counts: Record<string, number> = {}
    for (const request of requests) {
      const kind = request.replace(/\d+/, 'id')
      counts[kind] = (counts[kind] ?? 0) + 1
    }
    assert.deepEqual(counts, expected)
  })

export const composer = (page: Page) => page.getByRole('textbox', { name: 'New task' })

/** Signs in on the page that is open. */
export async function signIn({ page, email }: Visitor) {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { exp: number }

/** Waits until the page's tokens, which are older than this one, have expired. */
export const untilExpired = (token: string) => sleep(claimsOf(token).exp * 1000 - Date.now() + 1100)

/** Clicks the box of a task, and waits until it shows what it should. */
export async function tick(page: Page, title: string, checked = true) {
  await checkbox(page, title).click()
  await page.getByRole('checkbox', { name: title, exact: true, checked }).waitFor()
}

/** The titles on screen, from top to bottom. */
export const titles = (page: Page) =>
  page
    .getByRole('region', { name: 'Tasks' })
    .getByRole('checkbox')
    .evaluateAll((boxes) =>
      boxes.map((box) => document.getElementById(box.getAttribute('aria-labelledby')!)!.textContent),
    )

/** Repeats the attempt until it does not throw, for at most PATIENCE_MS. */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(50)) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > end) throw error
    }
  }
}

export const shows = (page: Page, ...expected: string[]) =>
  eventually(async () => assert.deepEqual(await titles(page), expected))

/** Saves a screenshot, and checks with axe that the page has no serious problem. */
export async function look(page: Page, name: string) {
  mkdirSync(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] } as axe.RunOptions),
  )
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  assert.deepEqual(grave, [], `accessibility of ${name}`)
}
