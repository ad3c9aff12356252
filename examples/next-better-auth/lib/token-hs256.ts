import { SignJWT } from 'jose'

/** The shared-secret way: a token that the service accepts because it knows the same BETTER_AUTH_SECRET. */
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
