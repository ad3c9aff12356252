import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { eventually } from './eventually.ts'

/**
 * A balancer as simple as they come: every 100 ms it asks each copy's /ready, sends new requests to those that
 * said yes, in turn, over connections that it keeps alive, and tries nothing twice.
 */
export async function startBalancer(t: Test) {
  const agent = new Agent({ keepAlive: true })
  const copies = new Map<string, { isReady: boolean; served: number }>()
  let turn = 0
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const ready = [...copies].filter(([, { isReady }]) => isReady)
    const [url, copy] = ready[turn++ % ready.length]!
    const { method, headers } = incoming
    const upstream = request(url + incoming.url, { method: method!, headers, agent }, (answer) => {
      copy.served += 1
      // Connections end at the balancer, on both sides.
      const { connection: _, ...others } = answer.headers
      outgoing.writeHead(answer.statusCode!, others)
      answer.on('error', () => outgoing.destroy()).pipe(outgoing)
    })
    upstream.on('error', () => outgoing.destroy())
    incoming.pipe(upstream)
  }
  const server = createServer(pass)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  let isOver = false
  const ask = async (url: string) => (await fetch(`${url}/ready`).catch(() => undefined))?.status === 200
  const asking = (async () => {
    while (!isOver) {
      await Promise.all([...copies].map(async ([url, copy]) => (copy.isReady = await ask(url))))
      await sleep(100)
    }
  })()
  t.teardown(async () => {
    isOver = true
    await asking
    agent.destroy()
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    /** Resolves when the copy is sent requests. */
    async add(url: string) {
      copies.set(url, { isReady: false, served: 0 })
      await eventually(() => copies.get(url)!.isReady)
    },
    /** How many requests each copy has answered. */
    served: () => [...copies.values()].map(({ served }) => served),
  }
}
