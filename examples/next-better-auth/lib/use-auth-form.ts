'use client'
import { type FormEvent, useCallback, useState } from 'react'
import { authClient } from './auth-client'
import { type AuthError, explainAuthError } from './auth-errors'
import { nameProblem } from './names'
import { announceSession, useSessionEvents } from './session-events'

/** Signs in or up and then goes on to `next`. */
export function useAuthForm(kind: 'sign-in' | 'sign-up', next: string) {
  const [busy, setBusy] = useState(false)
  // An object, so that the same problem is announced again.
  const [problem, setProblem] = useState<{ text: string } | null>(null)
  // If another tab has signed in, this tab has a session, too.
  useSessionEvents(useCallback((userId) => userId !== null && window.location.assign(next), [next]))
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (busy) return
    const fields = new FormData(event.currentTarget)
    const wrongName = kind === 'sign-up' && nameProblem(textOf(fields, 'name'))
    if (wrongName) return setProblem({ text: wrongName })
    setBusy(true)
    setProblem(null)
    const { data, error } = await send(kind, fields)
    if (!error && data) {
      announceSession(data.user.id)
      return window.location.assign(next)
    }
    setBusy(false)
    setProblem({ text: explainAuthError(error ?? { status: 0 }) })
  }
  return { busy, problem, submit, clear: () => setProblem(null) }
}

const textOf = (fields: FormData, name: string) => (fields.get(name) as string).trim()

interface Answer {
  data: { user: { id: string } } | null
  error: AuthError | null
}

/** The password is sent unchanged, because spaces around it are part of it. */
async function send(kind: 'sign-in' | 'sign-up', fields: FormData): Promise<Answer> {
  const credentials = { email: textOf(fields, 'email'), password: fields.get('password') as string }
  const call =
    kind === 'sign-up'
      ? authClient.signUp.email({ ...credentials, name: textOf(fields, 'name') })
      : authClient.signIn.email(credentials)
  return call.catch((): Answer => ({ data: null, error: { status: 0 } }))
}
