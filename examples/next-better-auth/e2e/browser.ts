import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
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
} from 'playwright-core'
import type { Stage, Variant } from './stage.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
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

/** Chromium on this machine; undefined where there is none. */
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
  due_date: string | null
}

/** Somebody at a browser of their own. */
export interface Visitor {
  page: Page
  context: BrowserContext
  origin: string
  name: string
  email: string
  /** A call to the service with this visitor's token, past the page. */
  api<Body = unknown>(method: string, path: string, body?: object): Promise<{ status: number; body: Body }>
  token(): Promise<string>
}

interface VisitOptions extends BrowserContextOptions {
  variant?: Variant
  name?: string
}

/** Opens a browser window of somebody who has not signed in. What goes wrong in its scripts fails the test. */
export async function visit(
  t: TestContext,
  { stage, browser }: World,
  { variant = 'app', name = 'Ada Byron', ...options }: VisitOptions = {},
): Promise<Visitor> {
  const origin = await stage.origin(variant)
  const context = await browser.newContext({
    baseURL: origin,
    // Nothing moves: what is on screen is what is meant.
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1100, height: 800 },
    ...options,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  // tsx gives functions their names with a helper, which functions that travel to the page would miss.
  await context.addInitScript('globalThis.__name = (f) => f')
  const failures: string[] = []
  context.on('weberror', (error) => failures.push(String(error.error().stack)))
  t.after(async () => {
    await context.close()
    assert.deepEqual(failures, [], 'no script of the page throws')
  })
  const page = await context.newPage()
  const token = async () => {
    const path = variant === 'secret' ? '/api/token' : '/api/auth/token'
    return ((await (await context.request.get(path)).json()) as { token: string }).token
  }
  const api = createCaller(stage.serviceUrl, token)
  return { page, context, origin, name, email: `${randomUUID()}@example.com`, api, token }
}

/** Calls the service with a token that is kept until it is refused. */
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

/** Signs up behind the scenes, makes tasks, and opens the page that shows them. */
export async function arrive(
  t: TestContext,
  world: World,
  { tasks = [], ...options }: VisitOptions & { tasks?: (object & { title: string })[] } = {},
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

export const checkbox = (page: Page, title: string) =>
  page.getByRole('checkbox', { name: title, exact: true })
export const row = (page: Page, title: string) =>
  page.getByRole('listitem').filter({ has: checkbox(page, title) })
export const notice = (page: Page, text: string) =>
  page.getByRole('status', { name: 'Notices' }).getByText(text)

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

/** Tries until it no longer throws. */
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

/** Keeps a picture of what is on screen, in which axe must find nothing serious. */
export async function look(page: Page, name: string) {
  mkdirSync(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.addScriptTag({ path: AXE })
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] } as axe.RunOptions),
  )
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  assert.deepEqual(grave, [], `accessibility of ${name}`)
}
