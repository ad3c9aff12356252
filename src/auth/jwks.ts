import { setTimeout as sleep } from 'node:timers/promises'
import { fetchKeys, type Key } from './published-keys.ts'

/** Where the issuer publishes its keys (RFC 7517), and how long they are trusted. */
export interface JwksSettings {
  url: string
  /** Maximum age of cached keys, in milliseconds: a key that the issuer removed stops working within it. */
  maxAgeMs: number
  /** Minimum interval between fetches, in milliseconds, so that unknown key ids cannot cause many fetches. */
  cooldownMs: number
}

/** The token cannot be verified: the issuer does not answer, or too many requests wait for its answer. */
export class KeysUnavailableError extends Error {}

/** Set by tests: a monotonic clock, the timeout of a fetch, and how long a request waits for it. All in milliseconds. */
interface Timing {
  now?: () => number
  fetchTimeoutMs?: number
  patienceMs?: number
}

/** While the issuer is down, its last keys may be used for this much longer than their maximum age. */
const MAX_STALE_MS = 3_600_000
/** Requests that may wait for a fetch: a quarter of those that the service has in flight by default. */
export const MAX_WAITING = 500

interface Fetch {
  done: Promise<void>
  /** Resolves when no request should wait for the fetch any longer. */
  late: Promise<'late'>
}

/**
 * The issuer's keys: fetched when first needed, again at half their age (in the background), at their full age, and
 * when a token names an unknown key. A request whose key is known waits for a fetch only if the keys are older than
 * their maximum age. Other requests wait at most `patienceMs`, and the very first ones for the whole fetch.
 */
export function createKeyStore(
  { url, maxAgeMs, cooldownMs }: JwksSettings,
  onError: (error: unknown) => void,
  { now = () => performance.now(), fetchTimeoutMs = 5000, patienceMs = 1000 }: Timing = {},
) {
  let keys: Key[] = []
  let fetchedAt = -Infinity
  let failedAt = -Infinity
  let fetching: Fetch | undefined
  let waiting = 0

  const succeed = (found: Key[]) => {
    keys = found
    fetchedAt = now()
  }
  const fail = (error: unknown) => {
    failedAt = now()
    onError(error)
  }
  const startFetch = (): Fetch => ({
    done: fetchKeys(url, fetchTimeoutMs)
      .catch((cause: unknown) => {
        throw new Error(`The keys cannot be fetched from ${url.split('?')[0]}`, { cause })
      })
      .then(succeed, fail)
      .finally(() => (fetching = undefined)),
    late: sleep(fetchedAt === -Infinity ? fetchTimeoutMs : patienceMs, 'late', { ref: false }),
  })
  const refresh = () => (fetching ??= startFetch())

  /** @throws KeysUnavailableError if the fetch takes too long, or too many wait for it */
  const waitFor = async ({ done, late }: Fetch) => {
    if (waiting >= MAX_WAITING) throw new KeysUnavailableError()
    waiting += 1
    const outcome = await Promise.race([done, late]).finally(() => (waiting -= 1))
    if (outcome === 'late') throw new KeysUnavailableError()
  }

  const age = () => now() - fetchedAt
  const mayFetch = () => fetching !== undefined || now() - Math.max(fetchedAt, failedAt) >= cooldownMs
  // While the issuer hangs, old keys are used without waiting for each new fetch.
  const isDown = () => failedAt > fetchedAt && now() - failedAt < cooldownMs + 2 * fetchTimeoutMs
  const usableMs = () => (isDown() ? maxAgeMs + MAX_STALE_MS : maxAgeMs)

  const current = async () => {
    if (age() >= maxAgeMs / 2 && mayFetch()) {
      const fetch = refresh()
      // An issuer that does not answer in time counts as down: its last keys stay valid for a while.
      if (age() >= usableMs()) await waitFor(fetch).catch(() => {})
    }
    if (age() >= maxAgeMs + MAX_STALE_MS) throw new KeysUnavailableError()
    return keys
  }

  return {
    /**
     * The PEM of the key that a token's header names; undefined if the issuer has no such key.
     *
     * @throws KeysUnavailableError if the issuer cannot be reached, or does not answer in time
     */
    async find(header: { kid?: unknown; alg?: unknown }): Promise<string | undefined> {
      const known = select(await current(), header)
      if (known !== undefined || !mayFetch()) return known
      await waitFor(refresh())
      return select(await current(), header)
    },
  }
}

/** The PEM of the only key that fits. For a token without `kid`, it is the only key for the token's algorithm. */
function select(keys: Key[], { kid, alg }: { kid?: unknown; alg?: unknown }): string | undefined {
  const fitting = keys.filter(
    (key) => key.algorithms.some((name) => name === alg) && (kid === undefined || key.kid === kid),
  )
  return fitting.length === 1 ? fitting[0]!.pem : undefined
}
