'use client'
import { useState } from 'react'
import { authClient } from '../lib/auth-client'
import { lastUser } from '../lib/last-user'
import { useNotices } from '../lib/notices'
import { TRASH_ADDRESS } from '../lib/paths'
import type { SignedInUser } from '../lib/session'
import { announceSession } from '../lib/session-events'
import { useTaskApi } from '../lib/task-api'
import type { SyncStatus } from '../lib/task-client'
import { useHydrated } from '../lib/use-hydrated'
import { useSyncStatus } from '../lib/use-tasks'
import { goTo } from '../lib/use-view'
import { ConfirmDialog } from './confirm-dialog'
import styles from './header.module.css'
import { DeleteIcon, Mark, TransferIcon } from './icons'
import { TransferDialog } from './transfer-dialog'

export function Header({ user }: { user: SignedInUser }) {
  const { trashDays } = useTaskApi()
  return (
    <header className={styles.header}>
      <span className={styles.brand}>
        <Mark size={28} /> <span>Daybook</span>
      </span>
      <span dir="auto" className={styles.user} title={[user.name, user.email].filter(Boolean).join(', ')}>
        {user.name}
      </span>
      <TransferButton />
      {trashDays > 0 && <TrashLink />}
      <SignOutButton />
    </header>
  )
}

function TransferButton() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label="Export and import"
        title="Export and import"
        aria-haspopup="dialog"
        disabled={!useHydrated()}
        onClick={() => setOpen(true)}
      >
        <TransferIcon />
      </button>
      {isOpen && <TransferDialog onClose={() => setOpen(false)} />}
    </>
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

const FLUSH_MS = 3000

/** How many tasks have changes that are only on this device. */
const waitingOf = ({ pending, conflicts, refused }: SyncStatus) => Math.max(pending, conflicts + refused)

/** Deletes everything of the user on this device. Asks first if changes that were not sent would be lost. */
function SignOutButton() {
  const { sync } = useTaskApi()
  const [state, setState] = useState<'idle' | 'asking' | 'busy'>('idle')
  const { notify } = useNotices()
  const signOut = async () => {
    setState('busy')
    const { error } = await authClient.signOut().catch((error: unknown) => ({ error }))
    if (!error) {
      lastUser.change(() => null)
      announceSession(null)
      await sync.clear().catch(() => {})
      // Loads a new page: its memory holds nothing of this user.
      return window.location.assign('/sign-in')
    }
    setState('idle')
    notify({ tone: 'error', text: 'Signing out did not work: the server cannot be reached right now.' })
  }
  const waiting = waitingOf(useSyncStatus())
  const begin = async () => {
    if (state !== 'idle') return
    setState('busy')
    // Sends waiting changes first, if that is possible.
    if (waiting > 0) await Promise.race([sync.flush(), new Promise((end) => setTimeout(end, FLUSH_MS))])
    if (waitingOf(sync.status()) > 0) setState('asking')
    else await signOut()
  }
  return (
    <>
      <button
        type="button"
        className="button quiet"
        onClick={() => void begin()}
        aria-disabled={state === 'busy'}
      >
        Sign out
      </button>
      {state === 'asking' && (
        <ConfirmDialog
          question="Sign out and lose what was not sent?"
          text={`${waiting === 1 ? 'Changes of one task are' : `Changes of ${waiting} tasks are`} only on this device.`}
          confirm="Sign out"
          cancel="Stay"
          onConfirm={() => void signOut()}
          onCancel={() => setState('idle')}
        />
      )}
    </>
  )
}
