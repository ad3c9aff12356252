import type { FastifyReply, FastifyRequest } from 'fastify'
import { problem } from '../http/problem.ts'

/** Maximum number of long lists and exports of one user at once. Each keeps the ids of its tasks in memory. */
const MAX_LONG_LISTS = 4

interface User {
  running: number
  /** Each of these functions starts one list that waits. */
  waiting: Set<() => void>
}

/** Limits how many long lists of one user are read at once. The others wait for their turn. */
export class Turns {
  private readonly users = new Map<string, User>()

  /** Takes a turn, which ends with the answer. Returns false if none is free. */
  take({ user: { id } }: FastifyRequest, reply: FastifyReply): boolean {
    // If the client has disconnected, `close` was emitted already. Nothing is read then.
    if (reply.raw.destroyed) return true
    const user = this.users.get(id) ?? { running: 0, waiting: new Set() }
    if (user.running === MAX_LONG_LISTS) return false
    this.users.set(id, user)
    user.running += 1
    reply.raw.once('close', () => {
      user.running -= 1
      user.waiting.values().next().value?.()
      if (user.running === 0) this.users.delete(id)
    })
    return true
  }

  /**
   * Waits until a turn is free, and takes it.
   *
   * @throws problem 429 `too_many_lists` at the deadline of the request, or when its client has disconnected
   */
  async wait(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.take(request, reply)) return
    const { waiting } = this.users.get(request.user.id)!
    await new Promise<void>((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        reply.raw.removeListener('close', giveUp)
        waiting.delete(start)
      }
      const start = () => {
        end()
        this.take(request, reply)
        resolve()
      }
      const giveUp = () => {
        end()
        reject(problem('too_many_lists', { values: [MAX_LONG_LISTS], headers: { 'retry-after': '2' } }))
      }
      const timer = setTimeout(giveUp, request.user.endsAt! - performance.now())
      reply.raw.once('close', giveUp)
      waiting.add(start)
    })
  }
}
