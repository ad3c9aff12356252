'use client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type ShownNotice, useNotices, useNoticesState } from '../lib/notices'
import { useUndoKey } from '../lib/use-undo-key'
import { CloseIcon } from './icons'
import styles from './notices.module.css'

const LIFETIME_MS = 7000

/** The notices, and the announcements for screen readers. */
export function NoticesView() {
  const { shown, announcement } = useNoticesState()
  const { close } = useNotices()
  const undoLast = useCallback(() => {
    const last = shown.findLast(({ action }) => action?.label === 'Undo')
    if (last === undefined) return false
    close(last.key)
    last.action!.run()
    return true
  }, [shown, close])
  useUndoKey(undoLast)
  return (
    <>
      <p role="status" aria-label="Announcements" className="visually-hidden">
        {announcement}
      </p>
      <div role="status" aria-label="Notices" aria-live="polite" className={styles.notices}>
        {shown.map((notice) => (
          <NoticeBox key={notice.key} notice={notice} onClose={() => close(notice.key)} />
        ))}
      </div>
    </>
  )
}

/** One notice. Its time limit is paused while the pointer or the focus is in it. */
function NoticeBox({ notice, onClose }: { notice: ShownNotice; onClose: () => void }) {
  const [held, setHeld] = useState(false)
  const expire = useRef(() => {})
  useEffect(() => {
    expire.current = onClose
  })
  useEffect(() => {
    if (held) return
    const timer = setTimeout(() => expire.current(), LIFETIME_MS)
    return () => clearTimeout(timer)
  }, [held])
  const act = () => {
    onClose()
    notice.action?.run()
  }
  return (
    <div
      className={`${styles.notice} ${notice.tone === 'error' ? styles.error : ''}`}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{textOf(notice)}</span>
      {notice.action && (
        <button type="button" className={styles.action} onClick={act}>
          {notice.action.label}
        </button>
      )}
      <button type="button" className={styles.close} aria-label="Dismiss" onClick={onClose}>
        <CloseIcon />
      </button>
    </div>
  )
}

function textOf({ reason, text, times }: ShownNotice): string {
  return [reason, times > 1 ? `${times} changes were taken back.` : text].filter(Boolean).join(' ')
}
