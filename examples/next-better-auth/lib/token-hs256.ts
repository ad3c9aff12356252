import { SignJWT } from 'jose'

/** Signs a token with the shared secret: the service accepts it because it has the same BETTER_AUTH_SECRET. */
export function signToken(
  user: { id: string; email: string; name: string },
  secret: string,
  lifetime: string,
) {
  return new SignJWT({ email: user.email, name: user.name })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user.id)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(new TextEncoder().encode(secret))
}
