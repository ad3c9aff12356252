import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'

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

/** While the issuer is down its last keys keep working this long beyond their age. */
const MAX_STALE_MS = 3_600_000
const FETCH_TIMEOUT_MS = 5000
const MAX_KEYS = 100

/** Algorithms by `kty`, and by curve where there is one (RFC 7518, RFC 8037). */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'OKP Ed25519': ['EdDSA'],
  'EC P-256': ['ES256'],
  'EC P-384': ['ES384'],
  'EC P-521': ['ES512'],
  RSA: ['RS256', 'PS256'],
}

export const JWKS_ALGORITHMS = Object.values(ALGORITHMS).flat()

/**
 * The issuer's keys: fetched when first needed, again when half their age is over (in the background),
 * when it is all over, and when a token names a key that is not among them.
 */
export function createKeyStore({ url, maxAgeMs, cooldownMs }: JwksSettings, onError: (error: unknown) => void) {
  let keys: Key[] | undefined
  let fetchedAt = -Infinity
  let attemptedAt = -Infinity
  let fetching: Promise<void> | undefined

  const refresh = () =>
    (fetching ??= fetchKeys(url)
      .then((found) => {
        keys = found
        fetchedAt = Date.now()
      }, onError)
      .finally(() => {
        fetching = undefined
        attemptedAt = Date.now()
      }))
  const mayFetch = () => fetching !== undefined || Date.now() - attemptedAt >= cooldownMs
  const age = () => Date.now() - fetchedAt

  const current = async () => {
    if (age() >= maxAgeMs && mayFetch()) await refresh()
    else if (age() >= maxAgeMs / 2 && mayFetch()) void refresh()
    if (keys === undefined || age() >= maxAgeMs + MAX_STALE_MS) throw new KeysUnavailableError()
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
  const fitting = keys.filter((key) => key.algorithms.includes(alg as string) && (kid === undefined || key.kid === kid))
  return fitting.length === 1 ? fitting[0]!.pem : undefined
}

async function fetchKeys(url: string): Promise<Key[]> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
  if (!response.ok) throw new Error(`${response.status} from the JWKS URL`)
  const { keys } = (await response.json()) as { keys?: PublishedKey[] }
  if (!Array.isArray(keys)) throw new Error('no list of keys behind the JWKS URL')
  return keys.slice(0, MAX_KEYS).flatMap(readKey)
}

/** Keys of other kinds, or for encryption, are none of ours: they are passed over, not an error. */
function readKey(published: PublishedKey): Key[] {
  const { kid, alg, use = 'sig', kty, crv } = published
  const fitting = ALGORITHMS[crv === undefined ? `${kty}` : `${kty} ${crv}`] ?? []
  const algorithms = fitting.filter((name) => alg === undefined || name === alg)
  if (algorithms.length === 0 || use !== 'sig') return []
  try {
    const key: KeyObject = createPublicKey({ key: published, format: 'jwk' })
    return [{ kid, algorithms, pem: key.export({ type: 'spki', format: 'pem' }) as string }]
  } catch {
    return []
  }
}
