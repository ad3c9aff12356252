import { getAuth } from './auth'
import { nameProblem } from './names'

export interface SignedInUser {
  id: string
  name: string
  /** Not known offline. */
  email?: string
}

/**
 * The user of the request's session cookie; null if there is no session.
 *
 * @throws Error if Better Auth's database cannot be reached
 */
export async function currentUser(headers: Headers): Promise<SignedInUser | null> {
  const session = await (await getAuth()).api.getSession({ headers })
  if (session === null) return null
  const { id, name, email } = session.user
  return { id, email, name: nameProblem(name) ? email : name.trim() }
}
