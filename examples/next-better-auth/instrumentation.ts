/** Next.js calls this once, before the first request: the tables of Better Auth are made here. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { getAuth } = await import('./lib/auth')
  // Whatever is missing now may be there for the first request, which then tries again.
  await getAuth().catch((error: unknown) => console.error(error instanceof Error ? error.message : error))
}
