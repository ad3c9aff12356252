import { getAuth } from './auth'

export interface SignedInUser {
  id: string
  name: string
  email: string
}

/**
 * Who is signed in, by the cookie of the request; null for nobody.
 *
 * @throws Error where Better Auth's database is away
 */
export async function currentUser(headers: Headers): Promise<SignedInUser | null> {
  const session = await (await getAuth()).api.getSession({ headers })
  return session && { id: session.user.id, name: session.user.name, email: session.user.email }
}
