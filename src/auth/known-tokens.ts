import type { Identity } from './identity.ts'

/** Bounds memory: a token takes about half a kilobyte, at most eight. */
const MAX_TOKENS = 10_000

/**
 * The users of verified tokens, by the whole text of the token. The verifier's own cache hashes a token to find it,
 * which takes longer than everything else that a request costs in this folder.
 */
export class KnownTokens {
  private readonly known = new Map<string, Readonly<Identity>>()

  /** The user of a token that has not expired. @param now milliseconds since the epoch */
  find(token: string, now = Date.now()): Identity | undefined {
    const identity = this.known.get(token)
    return identity !== undefined && now < identity.expiresAt ? identity : undefined
  }

  remember(token: string, identity: Identity) {
    // The one that was remembered first goes first.
    if (this.known.size >= MAX_TOKENS) this.known.delete(this.known.keys().next().value!)
    // Requests share it.
    this.known.set(token, Object.freeze(identity))
  }
}
