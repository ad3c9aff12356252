import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

/** Called with the status of an answer, or undefined if the connection broke before the answer. */
export type OnAnswer = (status: number | undefined, hasRetryAfter: boolean) => void

/** A kept-alive connection that carries one request at a time. */
export interface Connection {
  send(onAnswer: OnAnswer): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const AT_ONCE = 100

/** Opens connections, a few at a time, because a listen queue is short. */
export async function connectAll(port: number, count: number, calls: string[][]): Promise<Connection[]> {
  const connections: Connection[] = []
  for (let first = 0; first < count; first += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, index) =>
      openConnection(port, calls[first + index]!),
    )
    connections.push(...(await Promise.all(batch)))
    await turn()
  }
  return connections
}

/** Resolves when it is connected or has failed to connect. After a failure, each request tries again. */
async function openConnection(port: number, calls: string[]): Promise<Connection> {
  let waiting: OnAnswer | undefined
  let next = 0
  const finish: OnAnswer = (status, hasRetryAfter) => {
    const answer = waiting
    waiting = undefined
    answer?.(status, hasRetryAfter)
  }
  const open = () => {
    const made = connect({ port, host: '127.0.0.1', noDelay: true })
    made.on('data', createReader(made, finish))
    made.on('error', () => made.destroy())
    made.on('close', () => finish(undefined, false))
    return made
  }
  let socket = open()
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
  return {
    send(onAnswer) {
      if (socket.destroyed) socket = open()
      waiting = onAnswer
      socket.write(calls[next++ % calls.length]!)
    },
  }
}

/** Reads answers with a Content-Length. All answers to short requests have one. */
function createReader(socket: Socket, finish: OnAnswer) {
  let head: Buffer = Buffer.alloc(0)
  let missing = 0
  let status = 0
  let hasRetryAfter = false
  return (chunk: Buffer) => {
    if (missing === 0) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      const end = head.indexOf(HEAD_END)
      if (end === -1) return
      const text = head.toString('latin1', 0, end).toLowerCase()
      status = Number(text.slice(9, 12))
      hasRetryAfter = text.includes('\r\nretry-after:')
      missing =
        Number(/\r\ncontent-length: (\d+)/.exec(text)?.[1] ?? 0) - (head.length - end - HEAD_END.length)
      head = Buffer.alloc(0)
      if (text.includes('\r\nconnection: close')) socket.destroySoon()
    } else missing -= chunk.length
    if (missing === 0) finish(status, hasRetryAfter)
  }
}
