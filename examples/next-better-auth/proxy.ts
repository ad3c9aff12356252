import { type NextRequest, NextResponse } from 'next/server'
import { contentSecurityPolicy } from './lib/security-headers'
import { browserSettings, publicUrl } from './lib/settings'

/** Gives every page a content security policy with a nonce of its own, which Next.js puts on its scripts. */
export function proxy(request: NextRequest) {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
  const isHttps = request.headers.get('x-forwarded-proto') === 'https' || publicUrl().startsWith('https:')
  const policy = contentSecurityPolicy({
    nonce,
    isHttps,
    apiOrigin: new URL(browserSettings().apiUrl).origin,
    isDevelopment: process.env.NODE_ENV === 'development',
  })
  const headers = new Headers(request.headers)
  // Next.js reads the nonce from here.
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  // RFC 6797, 7.2: never over plain http.
  if (isHttps) response.headers.set('strict-transport-security', 'max-age=31536000')
  return response
}

// Files that never change, and the API, whose answers are not pages, run no scripts.
export const config = { matcher: ['/((?!_next/static|_next/image).*)'] }
