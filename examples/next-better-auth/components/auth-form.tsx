'use client'
import Link from 'next/link'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { authClient } from '../lib/auth-client'
import { useHydrated } from '../lib/use-hydrated'
import styles from './auth-form.module.css'
import { Mark } from './icons'

const WORDS = {
  'sign-in': {
    title: 'Welcome back',
    lead: 'Sign in to see what today holds.',
    submit: 'Sign in',
    other: { text: 'New here?', link: 'Create an account', href: '/sign-up' },
  },
  'sign-up': {
    title: 'Begin your daybook',
    lead: 'One calm place for everything you have to do.',
    submit: 'Create account',
    other: { text: 'Already have an account?', link: 'Sign in', href: '/sign-in' },
  },
} as const

/** Signs in or up with Better Auth, which answers with the cookie of the session. */
export function AuthForm({ kind, note }: { kind: keyof typeof WORDS; note?: string | undefined }) {
  const { title, lead, submit: submitLabel, other } = WORDS[kind]
  const { busy, problem, submit } = useSubmit(kind)
  const errorId = useId()
  const error = useRef<HTMLParagraphElement>(null)
  useEffect(() => error.current?.focus(), [problem])
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Mark size={44} />
        <h1>{title}</h1>
        <p className={styles.lead}>{lead}</p>
        {note && (
          <p role="status" className={styles.note}>
            {note}
          </p>
        )}
        <form
          method="post"
          onSubmit={(event) => void submit(event)}
          aria-label={submitLabel}
          aria-describedby={problem ? errorId : undefined}
        >
          <fieldset disabled={!useHydrated()}>
            {kind === 'sign-up' && <Field name="name" label="Name" autoComplete="name" />}
            <Field name="email" label="Email" type="email" autoComplete="email" />
            <Field
              name="password"
              label="Password"
              type="password"
              autoComplete={kind === 'sign-up' ? 'new-password' : 'current-password'}
              minLength={8}
              hint={kind === 'sign-up' ? 'At least 8 characters.' : undefined}
            />
            {problem && (
              <p id={errorId} ref={error} tabIndex={-1} role="alert" className="form-error">
                {problem.text}
              </p>
            )}
            <button type="submit" className="button primary wide" aria-disabled={busy}>
              {busy ? 'One moment…' : submitLabel}
            </button>
          </fieldset>
        </form>
        <p className={styles.other}>
          {other.text} <Link href={other.href}>{other.link}</Link>
        </p>
      </div>
    </main>
  )
}

function useSubmit(kind: keyof typeof WORDS) {
  const [busy, setBusy] = useState(false)
  // An object, so that the same problem twice is news twice.
  const [problem, setProblem] = useState<{ text: string } | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setProblem(null)
    const fields = new FormData(event.currentTarget)
    const text = (name: string) => fields.get(name) as string
    const credentials = { email: text('email'), password: text('password') }
    const { error } = await (
      kind === 'sign-up'
        ? authClient.signUp.email({ ...credentials, name: text('name') })
        : authClient.signIn.email(credentials)
    ).catch(() => ({ error: { status: 0 } }))
    if (!error) return window.location.assign('/')
    setBusy(false)
    setProblem({ text: explain(error) })
  }
  return { busy, problem, submit }
}

/** Better Auth says in a sentence what it refuses; what it cannot say is said here. */
function explain({ status, message }: { status: number; message?: string | undefined }): string {
  if (status === 429) return 'Too many attempts. Please wait a few seconds and try again.'
  if (status === 0 || status >= 500)
    return 'The server cannot be reached right now. Please try again in a moment.'
  return message ?? 'That did not work.'
}

interface FieldProps {
  name: string
  label: string
  type?: string
  autoComplete: string
  minLength?: number
  hint?: string | undefined
}

function Field({ label, hint, ...input }: FieldProps) {
  const hintId = useId()
  return (
    <label className="field">
      <span>{label}</span>
      <input required aria-describedby={hint && hintId} {...input} />
      {hint && (
        <small id={hintId} aria-hidden="true">
          {hint}
        </small>
      )}
    </label>
  )
}
