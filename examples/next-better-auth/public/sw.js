/*
 * Opens the page without a network. It keeps one page, which is the same for everybody, and the files that this page
 * needs. It never keeps an answer of an API, a token, or anything of a user: the tasks are in the browser's database.
 */
const CACHE = 'daybook'
const SHELL = '/offline'
const FILES = '/_next/static/'

self.addEventListener('install', (event) => event.waitUntil(keepShell().then(() => self.skipWaiting())))
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== self.location.origin) return
  if (pathname.startsWith(FILES)) event.respondWith(openFile(event.request))
  else if (mode === 'navigate' && !pathname.startsWith('/api/')) event.respondWith(openPage(event))
})

/** Returns the server's page, or the cached one if no server answers, or only a proxy in front of it. */
async function openPage(event) {
  try {
    const answer = await fetch(event.request)
    if (answer.status < 502 || answer.status > 504) {
      // A new version of the app has other files.
      event.waitUntil(keepShell().catch(() => {}))
      return answer
    }
  } catch {
    // The network is not available.
  }
  return (await caches.match(SHELL)) ?? Response.error()
}

/** A file of the build never changes under its name. */
const openFile = async (request) => (await caches.match(request)) ?? fetch(request)

/** Keeps the page and its files, and drops the files of older versions. */
async function keepShell() {
  const cache = await caches.open(CACHE)
  const shell = await fetch(SHELL, { cache: 'no-store', credentials: 'omit' })
  if (!shell.ok) throw new Error(`${SHELL}: ${shell.status}`)
  const files = await keepFiles(cache, await shell.clone().text(), self.location.origin)
  await cache.put(SHELL, shell)
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url)
    if (pathname !== SHELL && !files.has(pathname)) await cache.delete(url)
  }
}

/** Keeps the files that a text names, and those that its style sheets name: the fonts. Returns their paths. */
async function keepFiles(cache, text, base) {
  const names = text.match(/(\/_next\/static\/|\.\.\/media\/)[\w./~-]+/g) ?? []
  const paths = new Set(names.map((name) => new URL(name, base).pathname))
  for (const path of [...paths]) {
    if (!(await cache.match(path))) await cache.add(path)
    if (!path.endsWith('.css')) continue
    const sheet = await (await cache.match(path)).text()
    for (const font of await keepFiles(cache, sheet, new URL(path, base))) paths.add(font)
  }
  return paths
}
