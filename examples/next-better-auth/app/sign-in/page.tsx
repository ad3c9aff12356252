import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { AuthForm } from '../../components/auth-form'
import { safePath, SIGN_IN_REASONS } from '../../lib/paths'
import { currentUser } from '../../lib/session'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignIn({ searchParams }: PageProps<'/sign-in'>) {
  const { reason, next } = await searchParams
  const path = safePath(next)
  if (await currentUser(await headers()).catch(() => null)) redirect(path)
  const note = Object.entries(SIGN_IN_REASONS).find(([name]) => name === reason)?.[1]
  return <AuthForm kind="sign-in" next={path} note={note} />
}
