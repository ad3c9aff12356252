import { once } from 'node:events'
import { createServer, request } from 'node:http'
import t, { type Test } from 'tap'
import { createUser, startApp } from './helpers/app.ts'

/** Passes `/backend/…` on as `/…`, as a gateway does, and changes nothing else. Returns its URL. */
async function startPrefixProxy(t: Test, service: string): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming
    if (!url.startsWith('/backend/')) return void outgoing.writeHead(404).end('outside of the prefix')
    const upstream = request(
      service + url.slice('/backend'.length),
      { method: method!, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(outgoing)
      },
    )
    incoming.pipe(upstream.on('error', () => outgoing.destroy()))
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const { port } = proxy.address() as { port: number }
  return `http://127.0.0.1:${port}/backend`
}

t.test(
  'Location and Link are correct behind any path prefix, under both paths of the tasks, with and without a trailing slash',
  async (t) => {
    const app = await startApp(t)
    const service = await app.app.listen({ port: 0, host: '127.0.0.1' })
    t.teardown(() => app.app.server.closeAllConnections())
    const user = await createUser('a user/ü:1')
    const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'application/json' }
    const create = (url: string) => fetch(url, { method: 'POST', headers, body: '{"title":"T"}' })
    const mounts = ['/api/tasks', `/api/${encodeURIComponent(user.id)}/tasks`]
    let count = 0
    for (const base of [service, await startPrefixProxy(t, service)]) {
      for (const mount of mounts) {
        for (const end of ['', '/', '?from=/x/', '/?from=x']) {
          const url = `${base}${mount}${end}`
          const created = await create(url)
          count += 1
          const task = (await created.json()) as { id: number }
          const location = new URL(created.headers.get('location')!, url)
          t.equal(location.href, `${base}${mount}/${task.id}`, `POST ${url}`)
          t.same(await (await fetch(location, { headers })).json(), task)
        }
        for (const end of ['?limit=3', '/?limit=3&sort=title&utm_source=%2F']) {
          const ids: number[] = []
          for (let next: string | undefined = `${base}${mount}${end}`; next !== undefined;) {
            const page = await fetch(next, { headers })
            ids.push(...((await page.json()) as { id: number }[]).map(({ id }) => id))
            const reference = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1]
            const url: URL | undefined = reference === undefined ? undefined : new URL(reference, next)
            if (url) t.equal(url.pathname, new URL(next).pathname, 'the same path as the page before')
            next = url?.href
            if (ids.length > count) break
          }
          t.equal(new Set(ids).size, count, `all pages of ${mount}${end}`)
          t.equal(ids.length, count)
        }
      }
    }
  },
)
