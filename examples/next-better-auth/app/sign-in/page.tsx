import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { AuthForm } from '../../components/auth-form'
import { currentUser } from '../../lib/session'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignIn({ searchParams }: PageProps<'/sign-in'>) {
  const { ended } = await searchParams
  if (await currentUser(await headers()).catch(() => null)) redirect('/')
  return (
    <AuthForm
      kind="sign-in"
      note={ended === undefined ? undefined : 'Your session has ended. Please sign in again.'}
    />
  )
}
