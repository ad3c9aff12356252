'use client'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { CloseIcon } from './icons'
import styles from './notices.module.css'

interface Notice {
  text: string
  tone: 'info' | 'error'
  action?: { label: string; run: () => void }
  /** Called where the notice goes without its action having been taken. */
  onExpire?: () => void
}
type Shown = Notice & { key: number }

interface Notices {
  /** Shows a notice for some seconds, and reads it out. */
  notify: (notice: Notice) => void
  /** For screen readers only: what others see for themselves. */
  announce: (text: string) => void
}

const LIFETIME_MS = 7000
const NoticesContext = createContext<Notices | null>(null)

export function useNotices(): Notices {
  const notices = use(NoticesContext)
  if (notices === null) throw new Error('useNotices needs a NoticesProvider around it.')
  return notices
}

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([])
  const [spoken, setSpoken] = useState('')
  const count = useRef(0)

  const close = useCallback(
    (key: number) => setShown((notices) => notices.filter((one) => one.key !== key)),
    [],
  )
  const notices = useMemo<Notices>(
    () => ({
      notify: (notice) => {
        const key = ++count.current
        // The same trouble twice is told once.
        const isNews = ({ text, tone }: Shown) => tone !== 'error' || text !== notice.text
        setShown((others) => [...others.filter(isNews), { ...notice, key }])
      },
      // A no-break space makes the same words twice two announcements.
      announce: (text) => setSpoken((before) => (before === text ? `${text}\u00a0` : text)),
    }),
    [],
  )
  const undoLast = useCallback(() => {
    const last = shown.findLast(({ action }) => action !== undefined)
    if (last === undefined) return false
    close(last.key)
    last.action!.run()
    return true
  }, [shown, close])
  useUndoKey(undoLast)

  return (
    <NoticesContext value={notices}>
      {children}
      <p role="status" aria-label="Announcements" className="visually-hidden">
        {spoken}
      </p>
      <div role="status" aria-label="Notices" aria-live="polite" className={styles.notices}>
        {shown.map((notice) => (
          <NoticeBox key={notice.key} notice={notice} onClose={() => close(notice.key)} />
        ))}
      </div>
    </NoticesContext>
  )
}

/** Waits while somebody points at it or is in it: nobody has to hurry. */
function NoticeBox({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  const [held, setHeld] = useState(false)
  const expire = useRef(() => {})
  useEffect(() => {
    expire.current = () => {
      onClose()
      notice.onExpire?.()
    }
  })
  useEffect(() => {
    if (held) return
    const timer = setTimeout(() => expire.current(), LIFETIME_MS)
    return () => clearTimeout(timer)
  }, [held])

  const hold = { onMouseEnter: () => setHeld(true), onMouseLeave: () => setHeld(false) }
  const dismiss = () => {
    expire.current()
    // The button that has the focus goes: on with the tasks.
    document.getElementById('tasks')?.focus()
  }
  const act = () => {
    onClose()
    notice.action?.run()
  }
  return (
    <div
      className={`${styles.notice} ${notice.tone === 'error' ? styles.error : ''}`}
      {...hold}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{notice.text}</span>
      {notice.action && (
        <button type="button" className={styles.action} onClick={act}>
          {notice.action.label}
        </button>
      )}
      <button type="button" className={styles.close} aria-label="Dismiss" onClick={dismiss}>
        <CloseIcon />
      </button>
    </div>
  )
}

/** Ctrl+Z or ⌘Z outside of text fields, which have an undo of their own. */
function useUndoKey(undo: () => boolean) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const writing =
        event.target instanceof HTMLElement && event.target.matches('input:not([type=checkbox]), textarea')
      if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey || writing) return
      if (undo()) event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [undo])
}
