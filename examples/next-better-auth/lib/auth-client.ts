import { createAuthClient } from 'better-auth/react'

/** Better Auth for the browser, at the origin of the page. */
export const authClient = createAuthClient()
