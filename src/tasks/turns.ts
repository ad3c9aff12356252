import type { FastifyReply, FastifyRequest } from 'fastify'

interface User {
  running: number
  /** Each of these functions starts one answer that waits. */
  waiting: Set<() => void>
}

/** Limits how many answers of one user are made at once. */
export class Turns {
  /** Number of answers that are being made, of all users. */
  running = 0
  private readonly perUser: number
  private readonly users = new Map<string, User>()

  constructor(perUser: number) {
    this.perUser = perUser
  }

  /** Takes a turn, which ends with the answer. Returns false if none is free. */
  take({ user: { id } }: FastifyRequest, reply: FastifyReply): boolean {
    // If the client has disconnected, `close` was emitted already. Nothing is read then.
    if (reply.raw.destroyed) return true
    const user = this.users.get(id) ?? { running: 0, waiting: new Set() }
    if (user.running === this.perUser) return false
    this.users.set(id, user)
    this.count(user, 1)
    reply.raw.once('close', () => {
      this.count(user, -1)
      for (const start of user.waiting) {
        if (user.running === this.perUser) break
        start()
      }
      if (user.running === 0) this.users.delete(id)
    })
    return true
  }

  /** Waits until a turn is free, and takes it. Returns false at the request's deadline, or if its client disconnects. */
  async wait(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    if (this.take(request, reply)) return true
    const { waiting } = this.users.get(request.user.id)!
    return new Promise<boolean>((resolve) => {
      const end = (isStarted: boolean) => {
        clearTimeout(timer)
        reply.raw.removeListener('close', giveUp)
        waiting.delete(start)
        resolve(isStarted)
      }
      const start = () => end(this.take(request, reply))
      const giveUp = () => end(false)
      const timer = setTimeout(giveUp, request.user.endsAt! - performance.now())
      reply.raw.once('close', giveUp)
      waiting.add(start)
    })
  }

  private count(user: User, difference: 1 | -1) {
    user.running += difference
    this.running += difference
  }
}
