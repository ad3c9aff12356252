import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { AuthForm } from '../../components/auth-form'
import { currentUser } from '../../lib/session'

export const metadata: Metadata = { title: 'Create an account' }

export default async function SignUp() {
  if (await currentUser(await headers()).catch(() => null)) redirect('/')
  return <AuthForm kind="sign-up" />
}
