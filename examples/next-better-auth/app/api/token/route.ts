import { unavailable } from '../../../lib/answers'
import { getAuth } from '../../../lib/auth'
import { readSettings, tokenKind } from '../../../lib/settings'
import { signToken } from '../../../lib/token-hs256'

/** With TOKEN_KIND=hs256 the browser gets its tokens here, not from /api/auth/token. */
export async function GET({ headers }: Request): Promise<Response> {
  if (tokenKind() !== 'hs256') return Response.json({ message: 'TOKEN_KIND is not hs256.' }, { status: 404 })
  try {
    const session = await (await getAuth()).api.getSession({ headers })
    if (session === null) return Response.json({ message: 'Nobody is signed in.' }, { status: 401 })
    const { secret, tokenLifetime } = readSettings()
    const token = await signToken(session.user, secret, tokenLifetime)
    return Response.json({ token }, { headers: { 'cache-control': 'no-store' } })
  } catch (error) {
    return unavailable(error)
  }
}
