import { unavailable } from '../../../../lib/answers'
import { getAuth } from '../../../../lib/auth'

/** All of Better Auth: /api/auth/sign-in/email, /api/auth/token, /api/auth/jwks … */
async function handle(request: Request): Promise<Response> {
  try {
    return await (await getAuth()).handler(request)
  } catch (error) {
    return unavailable(error)
  }
}

export { handle as GET, handle as POST }
