/** The user on whose behalf a statement runs, and its deadline. `request.user` is an owner. */
export interface Owner {
  /** The user's id: row-level security hides the rows of all other users. */
  id: string
  /** The deadline, by performance.now(). All statements of a request share it. */
  endsAt?: number
  /** The connection of the client. Once it is closed, reads that still wait for their turn are not sent. */
  client?: { readonly destroyed: boolean }
}

/** The owner of statements that belong to no user: row-level security shows them no row. */
export const NOBODY: Owner = { id: '' }

export interface OwnerInTime extends Owner {
  endsAt: number
}

/** An owner with a deadline: that of the request if it has one, else `timeoutMs` from now. */
export function withDeadline(owner: Owner | string, timeoutMs: number): OwnerInTime {
  const endsAt = performance.now() + timeoutMs
  if (typeof owner === 'string') return { id: owner, endsAt }
  return owner.endsAt === undefined ? { ...owner, endsAt } : (owner as OwnerInTime)
}
