'use client'
import Link from 'next/link'
import { useEffect, useId, useRef } from 'react'
import { useAuthForm } from '../lib/use-auth-form'
import { useHydrated } from '../lib/use-hydrated'
import styles from './auth-form.module.css'
import { Mark } from './icons'

const WORDS = {
  'sign-in': {
    title: 'Welcome back',
    lead: 'Sign in to see what today holds.',
    submit: 'Sign in',
    other: { text: 'New here?', link: 'Create an account', path: '/sign-up' },
  },
  'sign-up': {
    title: 'Begin your daybook',
    lead: 'One calm place for everything you have to do.',
    submit: 'Create account',
    other: { text: 'Already have an account?', link: 'Sign in', path: '/sign-in' },
  },
} as const

interface Props {
  kind: keyof typeof WORDS
  note?: string | undefined
  /** Where to go afterwards: a path of this app. */
  next: string
}

/** Signs in or up with Better Auth, which answers with the session cookie. */
export function AuthForm({ kind, note, next }: Props) {
  const { title, lead, submit: submitLabel, other } = WORDS[kind]
  const { busy, problem, submit, clear } = useAuthForm(kind, next)
  const errorId = useId()
  const error = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    error.current?.focus()
  }, [problem])
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
          onChange={clear}
          aria-label={submitLabel}
          aria-describedby={problem ? errorId : undefined}
        >
          <fieldset disabled={!useHydrated()}>
            {kind === 'sign-up' && <Field name="name" label="Name" autoComplete="name" maxLength={100} />}
            <Field name="email" label="Email" type="email" autoComplete="email" />
            <Field
              name="password"
              label="Password"
              type="password"
              autoComplete={kind === 'sign-up' ? 'new-password' : 'current-password'}
              minLength={8}
              maxLength={128}
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
          {other.text}{' '}
          <Link href={next === '/' ? other.path : `${other.path}?${new URLSearchParams({ next })}`}>
            {other.link}
          </Link>
        </p>
      </div>
    </main>
  )
}

interface FieldProps {
  name: string
  label: string
  type?: string
  autoComplete: string
  minLength?: number
  maxLength?: number
  hint?: string | undefined
}

function Field({ label, hint, ...input }: FieldProps) {
  const hintId = useId()
  return (
    <label className="field">
      <span>{label}</span>
      <input required dir="auto" aria-describedby={hint && hintId} {...input} />
      {hint && (
        <small id={hintId} aria-hidden="true">
          {hint}
        </small>
      )}
    </label>
  )
}
