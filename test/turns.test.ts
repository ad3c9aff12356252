import type { FastifyReply, FastifyRequest } from 'fastify'
import { EventEmitter } from 'node:events'
import t from 'tap'
import { createImportLimit } from '../src/tasks/transfer/import-limit.ts'
import { Turns } from '../src/tasks/turns.ts'

/** A request of a user, and the answer to it. */
function exchange(id = 'ada', patienceMs = 60_000) {
  const raw = Object.assign(new EventEmitter(), { destroyed: false })
  const request = { user: { id, endsAt: performance.now() + patienceMs } } as FastifyRequest
  return { raw, request, reply: { raw } as unknown as FastifyReply }
}

t.test('an answer whose client has just left does not keep the next one waiting', async (t) => {
  const turns = new Turns(1)
  const [running, left, next] = [exchange(), exchange(), exchange('ada', 500)]
  t.ok(turns.take(running.request, running.reply))
  const waits = [turns.wait(left.request, left.reply), turns.wait(next.request, next.reply)]
  // Node sets `destroyed` before it emits `close`.
  left.raw.destroyed = true
  running.raw.emit('close')
  t.strictSame(await Promise.all(waits), [true, true])
  t.equal(turns.running, 1, 'only the last one is being made')
})

t.test('a user with two imports gets a 429, everybody else a 503 while sixteen imports run', async (t) => {
  const limit = createImportLimit()
  const refusal = (id: string) => {
    const { request, reply, raw } = exchange(id)
    let code: string | undefined
    limit.take(request, reply, (error) => (code = (error as { code?: string } | undefined)?.code))
    return { code, raw }
  }
  const running = Array.from({ length: 16 }, (_, index) => refusal(`user ${index % 8}`))
  t.ok(running.every(({ code }) => code === undefined))
  t.equal(refusal('user 0').code, 'too_many_imports')
  const refused = refusal('another user')
  t.equal(refused.code, 'overloaded')
  // Answers close when they have been sent.
  refused.raw.emit('close')
  running[0]!.raw.emit('close')
  t.equal(refusal('another user').code, undefined)
})
