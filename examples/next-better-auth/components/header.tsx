'use client'
import { useState } from 'react'
import { authClient } from '../lib/auth-client'
import type { SignedInUser } from '../lib/session'
import styles from './header.module.css'
import { Mark } from './icons'
import { useNotices } from './notices'

export function Header({ user }: { user: SignedInUser }) {
  return (
    <header className={styles.header}>
      <span className={styles.brand}>
        <Mark size={28} /> Daybook
      </span>
      <span className={styles.user} title={user.email}>
        {user.name}
      </span>
      <SignOutButton />
    </header>
  )
}

function SignOutButton() {
  const [busy, setBusy] = useState(false)
  const { notify } = useNotices()
  const signOut = async () => {
    setBusy(true)
    const { error } = await authClient.signOut().catch((error: unknown) => ({ error }))
    // A new page begins with an empty memory: nothing of this user is left for the next one.
    if (!error) return window.location.assign('/sign-in')
    setBusy(false)
    notify({ tone: 'error', text: 'Signing out did not work: the server cannot be reached right now.' })
  }
  return (
    <button type="button" className="button quiet" onClick={() => void signOut()} disabled={busy}>
      Sign out
    </button>
  )
}
