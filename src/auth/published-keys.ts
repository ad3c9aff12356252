import { createPublicKey, type JsonWebKey } from 'node:crypto'

type Algorithm = 'EdDSA' | 'ES256' | 'ES384' | 'ES512' | 'RS256' | 'PS256'
type PublishedKey = JsonWebKey & { kid?: string; alg?: string; use?: string }
/** A key that verifies signatures. */
export interface Key {
  kid: string | undefined
  algorithms: readonly Algorithm[]
  /** PEM, because verifiers are cached for keys in that form only. */
  pem: string
}

const MAX_KEYS = 100
const MAX_CHARACTERS = 1_000_000

/** Algorithms by `kty`, and by `crv` for keys that have a curve (RFC 7518, RFC 8037). */
const ALGORITHMS: ReadonlyMap<string, readonly Algorithm[]> = new Map([
  ['OKP Ed25519', ['EdDSA']],
  ['EC P-256', ['ES256']],
  ['EC P-384', ['ES384']],
  ['EC P-521', ['ES512']],
  ['RSA', ['RS256', 'PS256']],
] as const)

export const JWKS_ALGORITHMS = [...ALGORITHMS.values()].flat()

/**
 * Fetches the keys behind a JWKS URL (RFC 7517).
 *
 * @throws if there is no answer in time, or if it is not a list of keys
 */
export async function fetchKeys(url: string, timeoutMs: number): Promise<Key[]> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok) throw new Error(`The JWKS URL answered ${response.status}`)
  const { keys } = JSON.parse(await readText(response)) as { keys?: unknown[] }
  if (!Array.isArray(keys)) throw new Error('The JWKS URL did not answer with a list of keys')
  return keys.slice(0, MAX_KEYS).flatMap(readKey)
}

/** Reads the body up to the size that a list of keys can have. */
async function readText(response: Response): Promise<string> {
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.length > MAX_CHARACTERS) throw new Error('The answer of the JWKS URL is too large')
  }
  return text
}

/** Skips keys that are malformed, unsupported or meant for encryption. */
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
