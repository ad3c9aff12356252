import { createPublicKey, type JsonWebKey } from 'node:crypto'

/** Where the issuer publishes its keys (RFC 7517), and how long they are trusted. */
export interface JwksSettings {
  url: string
  /** A key that the issuer removed stops working within this time. */
  maxAgeMs: number
  /** Least time between two fetches, so that unknown key ids cannot cause a storm. */
  cooldownMs: number
}

/** The keys have never been reachable: nothing can be said about any token. */
export class KeysUnavailableError extends Error {}

type PublishedKey = JsonWebKey & { kid?: string; alg?: string; use?: string }
interface Key {
  kid: string | undefined
  algorithms: readonly string[]
  /** PEM, because that is the form for which verifiers are cached. */
  pem: string
}

/** What tests set: a clock in milliseconds that never goes back, and the patience with the issuer. */
interface Timing {
  now?: () => number
  fetchTimeoutMs?: number
}

/** While the issuer is down its last keys keep working this long beyond their age. */
const MAX_STALE_MS = 3_600_000
const MAX_KEYS = 100
const MAX_CHARACTERS = 1_000_000

/** Algorithms by `kty`, and by curve where there is one (RFC 7518, RFC 8037). */
const ALGORITHMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['OKP Ed25519', ['EdDSA']],
  ['EC P-256', ['ES256']],
  ['EC P-384', ['ES384']],
  ['EC P-521', ['ES512']],
  ['RSA', ['RS256', 'PS256']],
])

export const JWKS_ALGORITHMS = [...ALGORITHMS.values()].flat()

/**
 * The issuer's keys: fetched when first needed, again when half their age is over (in the background),
 * when it is all over, and when a token names a key that is not among them.
 */
export function createKeyStore(
  { url, maxAgeMs, cooldownMs }: JwksSettings,
  onError: (error: unknown) => void,
  { now = () => performance.now(), fetchTimeoutMs = 5000 }: Timing = {},
) {
  let keys: Key[] = []
  let fetchedAt = -Infinity
  let failedAt = -Infinity
  let fetching: Promise<void> | undefined

  const succeed = (found: Key[]) => {
    keys = found
    fetchedAt = now()
  }
  const fail = (error: unknown) => {
    failedAt = now()
    onError(error)
  }
  const refresh = () =>
    (fetching ??= fetchKeys(url, fetchTimeoutMs)
      .catch((cause: unknown) => {
        throw new Error(`The keys cannot be fetched from ${url.split('?')[0]}`, { cause })
      })
      .then(succeed, fail)
      .finally(() => (fetching = undefined)))

  const age = () => now() - fetchedAt
  const mayFetch = () => fetching !== undefined || now() - Math.max(fetchedAt, failedAt) >= cooldownMs
  // Requests in a row would each wait for an issuer that hangs: one has waited, the next ones need not.
  const isDown = () => failedAt > fetchedAt && now() - failedAt < cooldownMs + 2 * fetchTimeoutMs
  const usableMs = () => (isDown() ? maxAgeMs + MAX_STALE_MS : maxAgeMs)

  const current = async () => {
    if (age() >= maxAgeMs / 2 && mayFetch()) {
      const refreshed = refresh()
      if (age() >= usableMs()) await refreshed
    }
    if (age() >= maxAgeMs + MAX_STALE_MS) throw new KeysUnavailableError()
    return keys
  }

  return {
    /**
     * The PEM of the key that a token's header names, undefined where there is none.
     *
     * @throws KeysUnavailableError where the issuer could not be reached
     */
    async find(header: { kid?: unknown; alg?: unknown }): Promise<string | undefined> {
      const known = select(await current(), header)
      if (known !== undefined || !mayFetch()) return known
      await refresh()
      return select(await current(), header)
    },
  }
}

/** A token without `kid` can only mean the one key that fits its algorithm. */
function select(keys: Key[], { kid, alg }: { kid?: unknown; alg?: unknown }): string | undefined {
  const fitting = keys.filter(
    (key) => key.algorithms.includes(alg as string) && (kid === undefined || key.kid === kid),
  )
  return fitting.length === 1 ? fitting[0]!.pem : undefined
}

async function fetchKeys(url: string, timeoutMs: number): Promise<Key[]> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok) throw new Error(`${response.status} from the JWKS URL`)
  const { keys } = JSON.parse(await readText(response)) as { keys?: unknown[] }
  if (!Array.isArray(keys)) throw new Error('no list of keys behind the JWKS URL')
  return keys.slice(0, MAX_KEYS).flatMap(readKey)
}

/** Reads no more than a list of keys can be, whatever is behind the URL. */
async function readText(response: Response): Promise<string> {
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.length > MAX_CHARACTERS) throw new Error('too much behind the JWKS URL')
  }
  return text
}

/** What is broken, of another kind or for encryption is none of ours: it is passed over, not an error. */
function readKey(published: unknown): Key[] {
  try {
    const { kid, alg, use, kty, crv } = published as PublishedKey
    const fitting = ALGORITHMS.get([kty, crv].filter(Boolean).join(' ')) ?? []
    const algorithms = fitting.filter((name) => name === (alg ?? name))
    if (algorithms.length === 0 || (use ?? 'sig') !== 'sig') return []
    const key = createPublicKey({ key: published as JsonWebKey, format: 'jwk' })
    return [{ kid, algorithms, pem: key.export({ type: 'spki', format: 'pem' }) as string }]
  } catch {
    return []
  }
}
