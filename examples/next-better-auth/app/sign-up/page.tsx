import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { AuthForm } from '../../components/auth-form'
import { safePath } from '../../lib/paths'
import { currentUser } from '../../lib/session'

export const metadata: Metadata = { title: 'Create an account' }

export default async function SignUp({ searchParams }: PageProps<'/sign-up'>) {
  const path = safePath((await searchParams).next)
  if (await currentUser(await headers()).catch(() => null)) redirect(path)
  return <AuthForm kind="sign-up" next={path} />
}
