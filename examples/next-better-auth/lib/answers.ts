/** The answer of this app's routes while its database cannot be reached. The browser may try again. */
export function unavailable(error: unknown): Response {
  console.error(error instanceof Error ? error.message : error)
  const body = { message: 'Signing in is not possible right now.', code: 'auth_unavailable' }
  return Response.json(body, { status: 503, headers: { 'retry-after': '2', 'cache-control': 'no-store' } })
}
