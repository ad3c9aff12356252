import type { FastifyReply } from 'fastify'
import { hash } from 'node:crypto'
import type { Client } from '../database/client.ts'
import { NOBODY, type Owner } from '../database/owner.ts'
import { problem } from '../http/problem.ts'
import { failedOperation } from './batch/repository.ts'
import { findKey, isUsedKey, type KnownKey, type Once, purgeKeys } from './idempotency-statements.ts'

export type IdempotencyKeys = ReturnType<typeof createIdempotencyKeys>

/** The request, if the client sent an Idempotency-Key. `call` names the route; it is the same under both paths. */
export function onceOf(key: string | undefined, call: string, body: unknown): Once | undefined {
  if (key === undefined) return undefined
  return { key, fingerprint: hash('sha256', `${call} ${flatten(body)}`, 'base64url') }
}

/**
 * One text for one JSON value. Unlike JSON.stringify it does not call itself, which ends in an error if a client nests
 * thousands of arrays. Each array and object says which values follow, so no two values have the same text.
 */
function flatten(value: unknown): string {
  const parts: string[] = []
  const left = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null) {
      parts.push(JSON.stringify(next))
      continue
    }
    parts.push(JSON.stringify(Array.isArray(next) ? [next.length] : Object.keys(next)))
    for (const item of Object.values(next)) left.push(item)
  }
  return parts.join(' ')
}

/** Answers requests with a key that was used before. */
export function createIdempotencyKeys(prisma: Client) {
  return {
    /**
     * Runs a request, or finds the answer to the first request with the same key.
     *
     * @throws problem 422 `idempotency_key_reused` if that was another request
     * @throws problem 409 `idempotency_key_in_use` if that one has no answer yet
     */
    async run<Answer>(
      owner: Owner,
      once: Once | undefined,
      reply: FastifyReply,
      { request, replay }: { request: () => Promise<Answer>; replay: (answer: string) => Answer },
    ): Promise<Answer> {
      if (once === undefined) return request()
      try {
        return await request()
      } catch (error) {
        // This request may fail because of the first one, or because of later changes: a deleted task is not found.
        const isUsed = isUsedKey(error)
        if (!isUsed && failedOperation(error) === undefined && !isRefusal(error)) throw error
        const [json] = await prisma.$queryJson(owner, findKey(owner.id, once.key))
        if (json === undefined) throw isUsed ? inUse() : error
        const { fingerprint, answer } = JSON.parse(json) as KnownKey
        if (fingerprint !== once.fingerprint) throw problem('idempotency_key_reused')
        reply.header('idempotency-replayed', 'true')
        return replay(answer)
      }
    },

    /** Deletes at most `most` keys, of all users, that are not remembered any more. Returns their number. */
    purge: async (most: number): Promise<number> =>
      Number((await prisma.$queryJson(NOBODY, purgeKeys(most), { isHeavy: true }))[0]),
  }
}

/** Whether the error is a 4xx answer. */
const isRefusal = (error: unknown) => {
  const { status } = error as { status?: number }
  return status !== undefined && status < 500
}

const inUse = () => problem('idempotency_key_in_use', { headers: { 'retry-after': '1' } })
