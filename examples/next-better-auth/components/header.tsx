'use client'
import { useState } from 'react'
import { authClient } from '../lib/auth-client'
import { useNotices } from '../lib/notices'
import { TRASH_ADDRESS } from '../lib/paths'
import type { SignedInUser } from '../lib/session'
import { announceSession } from '../lib/session-events'
import { useTaskApi } from '../lib/task-api'
import { goTo } from '../lib/use-view'
import styles from './header.module.css'
import { DeleteIcon, Mark } from './icons'

export function Header({ user }: { user: SignedInUser }) {
  const { trashDays } = useTaskApi()
  return (
    <header className={styles.header}>
      <span className={styles.brand}>
        <Mark size={28} /> <span>Daybook</span>
      </span>
      <span dir="auto" className={styles.user} title={`${user.name}, ${user.email}`}>
        {user.name}
      </span>
      {trashDays > 0 && <TrashLink />}
      <SignOutButton />
    </header>
  )
}

function TrashLink() {
  return (
    <a
      href={TRASH_ADDRESS}
      className="icon-button"
      aria-label="Trash"
      title="Trash"
      onClick={(event) => {
        event.preventDefault()
        goTo(TRASH_ADDRESS)
      }}
    >
      <DeleteIcon />
    </a>
  )
}

function SignOutButton() {
  const [busy, setBusy] = useState(false)
  const { notify } = useNotices()
  const signOut = async () => {
    if (busy) return
    setBusy(true)
    const { error } = await authClient.signOut().catch((error: unknown) => ({ error }))
    if (!error) {
      announceSession(null)
      // Loads a new page: its memory holds nothing of this user.
      return window.location.assign('/sign-in')
    }
    setBusy(false)
    notify({ tone: 'error', text: 'Signing out did not work: the server cannot be reached right now.' })
  }
  return (
    <button type="button" className="button quiet" onClick={() => void signOut()} aria-disabled={busy}>
      Sign out
    </button>
  )
}
