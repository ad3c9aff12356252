import type { FastifyReply, FastifyRequest } from 'fastify'
import { EventEmitter } from 'node:events'
import t from 'tap'
import { Turns } from '../src/tasks/turns.ts'

/** A request of one user, and the answer to it. */
function exchange(patienceMs = 60_000) {
  const raw = Object.assign(new EventEmitter(), { destroyed: false })
  const request = { user: { id: 'ada', endsAt: performance.now() + patienceMs } } as FastifyRequest
  return { raw, request, reply: { raw } as unknown as FastifyReply }
}

t.test('an answer whose client has just left does not keep the next one waiting', async (t) => {
  const turns = new Turns(1)
  const [running, left, next] = [exchange(), exchange(), exchange(500)]
  t.ok(turns.take(running.request, running.reply))
  const waits = [turns.wait(left.request, left.reply), turns.wait(next.request, next.reply)]
  // Node sets `destroyed` before it emits `close`.
  left.raw.destroyed = true
  running.raw.emit('close')
  t.strictSame(await Promise.all(waits), [true, true])
  t.equal(turns.running, 1, 'only the last one is being made')
})
