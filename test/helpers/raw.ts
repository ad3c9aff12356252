import { connect } from 'node:net'
import type { Test } from 'tap'
import type { TestApp } from './app.ts'

/** One answer as it came off the wire. */
export interface RawAnswer {
  status: number
  head: string
  body: string
}

/** Sends bytes on a connection of their own, and returns all that comes back until the service ends it. */
export async function startRaw(t: Test, { app }: TestApp) {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as { port: number }
  const exchange = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      let received = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
      socket.setEncoding('latin1').on('data', (text: string) => (received += text))
      socket.on('close', () => resolve(received)).on('error', reject)
      socket.setTimeout(20_000, () => socket.destroy(new Error(`no end after: ${received.slice(0, 500)}`)))
    })
  t.teardown(() => app.server.closeAllConnections())
  return { port, exchange }
}

/** The answers in what came back; a status line anywhere counts as the beginning of one. */
export const answersIn = (received: string): RawAnswer[] =>
  received
    .split(/(?=HTTP\/1\.[01] \d{3} )/)
    .filter((part) => part !== '')
    .map((part) => {
      const [head = '', ...body] = part.split('\r\n\r\n')
      return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body: body.join('\r\n\r\n') }
    })
