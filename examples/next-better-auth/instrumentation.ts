/** Next.js calls this once, before the first request. It creates the tables of Better Auth. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { getAuth } = await import('./lib/auth')
  // The first request tries again.
  await getAuth().catch((error: unknown) => console.error(error instanceof Error ? error.message : error))
}
