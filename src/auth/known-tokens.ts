import type { Identity } from './identity.ts'

/** Bounds memory: a token takes about half a kilobyte, at most eight. */
const MAX_TOKENS = 10_000

/**
 * The users of verified tokens, by the whole text of the token. The verifier's own cache hashes a token to find it,
 * which takes longer than all other work of a request in this folder.
 */
export class KnownTokens {
  private readonly known = new Map<string, Readonly<Identity>>()

  /** The user of a token that has not expired. @param now milliseconds since the epoch */
  find(token: string, now = Date.now()): Identity | undefined {
    const identity = this.known.get(token)
    return identity !== undefined && now < identity.expiresAt ? identity : undefined
  }

  remember(token: string, identity: Identity) {
    // The oldest entry is removed.
    if (this.known.size >= MAX_TOKENS) this.known.delete(this.known.keys().next().value!)
    // Frozen, because requests share it.
    this.known.set(token, Object.freeze(identity))
  }
}
