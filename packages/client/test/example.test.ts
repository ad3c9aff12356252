import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler } from 'better-auth/node'
import { jwt } from 'better-auth/plugins'
import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { SECRET, startApp } from '../../../test/helpers/app.ts'

const ROOT = join(import.meta.dirname, '..')
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
const PATIENCE_MS = 60_000
const HTML = '<!doctype html><main></main><script src="/page.js"></script>'

const executablePath = findChromium()
if (executablePath === undefined) t.plan(0, 'left out: there is no Chromium on the PATH')
else
  t.test('the minimal example lists and creates tasks of the signed-in user', async (t) => {
    const origin = await startPage(t)
    const browser = await chromium.launch({ executablePath, args: FLAGS })
    t.teardown(() => browser.close())
    const alice = await signUp(await browser.newContext(), origin, 'alice@example.com')
    await add(alice, 'Milk')
    t.same(await titles(alice, 1), ['Milk'])
    await add(alice, 'Tea')
    t.same(await titles(alice, 2), ['Tea', 'Milk'])
    await alice.reload()
    t.same(await titles(alice, 2), ['Tea', 'Milk'])

    // A title that the service refuses stays in the field.
    await add(alice, 'x'.repeat(201))
    await alice.getByRole('alert').filter({ hasText: /title/ }).waitFor()
    t.equal(await alice.getByLabel('New task').inputValue(), 'x'.repeat(201))

    const bob = await signUp(await browser.newContext(), origin, 'bob@example.com')
    await add(bob, 'Bread')
    t.same(await titles(bob, 1), ['Bread'])
  })

/** The example on a page whose server is also a Better Auth, beside the service. Returns the origin of the page. */
async function startPage(t: Test) {
  const server = createServer((request, response) => {
    if (request.url!.startsWith('/api/auth/')) void handle(request, response)
    else if (request.url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script)
    else if (request.url === '/tasks') response.setHeader('content-type', 'text/html').end(HTML)
    else response.end('A page on which users sign up.')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const auth = betterAuth({
    baseURL: origin,
    secret: SECRET,
    database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [] }),
    emailAndPassword: { enabled: true },
    plugins: [jwt()],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
  const handle = toNodeHandler(auth)
  // The page listens on IPv4 only, whatever localhost is.
  const JWKS_URL = `${origin.replace('localhost', '127.0.0.1')}/api/auth/jwks`
  const { app } = await startApp(t, { BETTER_AUTH_URL: origin, JWKS_URL })
  const script = await bundle(await app.listen({ port: 0, host: '127.0.0.1' }))
  return origin
}

/** The example as a script that renders it into <main>. */
async function bundle(apiUrl: string) {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { createRoot } from 'react-dom/client'
        import { Tasks } from '../../examples/minimal/tasks.tsx'
        createRoot(document.querySelector('main')).render(<Tasks />)`,
      loader: 'tsx',
      resolveDir: ROOT,
    },
    alias: {
      TaskApiClient: join(ROOT, 'src/index.js'),
      react: join(ROOT, 'node_modules/react'),
      'react-dom': join(ROOT, 'node_modules/react-dom'),
    },
    define: {
      'process.env.NEXT_PUBLIC_TASK_API_URL': JSON.stringify(apiUrl),
      'process.env.NODE_ENV': '"production"',
    },
    jsx: 'automatic',
    bundle: true,
    write: false,
  })
  return outputFiles[0]!.text
}

/** Signs up, then opens the page with the example. */
async function signUp(context: BrowserContext, origin: string, email: string) {
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(origin)
  await page.evaluate(async (email) => {
    await fetch('/api/auth/sign-up/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'long enough', name: email }),
    })
  }, email)
  await page.goto(`${origin}/tasks`)
  return page
}

async function add(page: Page, title: string) {
  await page.getByLabel('New task').fill(title)
  await page.getByRole('button', { name: 'Add' }).click()
}

async function titles(page: Page, count: number) {
  const items = page.getByRole('listitem')
  await items.nth(count - 1).waitFor()
  return items.allTextContents()
}

function findChromium(): string | undefined {
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
