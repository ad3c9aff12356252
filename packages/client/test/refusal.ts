/** An error as the service sends it. */
export const refusal = (status: number, headers: Record<string, string> = {}, code = 'overloaded') =>
  new Response(JSON.stringify({ status, code, detail: 'Not now.' }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
