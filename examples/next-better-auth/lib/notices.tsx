'use client'
import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from 'react'

export interface Notice {
  text: string
  tone: 'info' | 'error'
  /** Why it happened. Several notices with the same reason are shown as one. */
  reason?: string
  action?: { label: 'Undo' | 'Try again'; run: () => void }
}
export type ShownNotice = Notice & { key: number; times: number }

interface Notices {
  /** Shows a notice for some seconds. Screen readers read it out. Returns its key. */
  notify: (notice: Notice) => number
  /** Tells screen readers something that is visible to other users. */
  announce: (text: string) => void
  close: (key: number) => void
}
interface NoticesState {
  shown: readonly ShownNotice[]
  announcement: string
}

const NoticesContext = createContext<Notices | null>(null)
const StateContext = createContext<NoticesState>({ shown: [], announcement: '' })

export function useNotices(): Notices {
  const notices = use(NoticesContext)
  if (notices === null) throw new Error('useNotices needs a NoticesProvider around it.')
  return notices
}

export const useNoticesState = () => use(StateContext)

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly ShownNotice[]>([])
  const [announcement, setAnnouncement] = useState('')
  const count = useRef(0)
  const close = useCallback(
    (key: number) => setShown((notices) => notices.filter((one) => one.key !== key)),
    [],
  )
  const notices = useMemo<Notices>(
    () => ({
      close,
      notify: (notice) => {
        const key = ++count.current
        setShown((others) => withNotice(others, notice, key))
        return key
      },
      // With an added no-break space, the same words are announced twice.
      announce: (text) => setAnnouncement((before) => (before === text ? `${text}\u00a0` : text)),
    }),
    [close],
  )
  const state = useMemo(() => ({ shown, announcement }), [shown, announcement])
  return (
    <NoticesContext value={notices}>
      <StateContext value={state}>{children}</StateContext>
    </NoticesContext>
  )
}

/** One outage is one notice, however many changes it affects. A notice with an action is always shown on its own. */
function withNotice(others: readonly ShownNotice[], notice: Notice, key: number): ShownNotice[] {
  const isSame = (other: ShownNotice) =>
    notice.reason !== undefined && other.reason === notice.reason && !notice.action && !other.action
  const before = others.find(isSame)
  const times = before ? before.times + 1 : 1
  return [...others.filter((other) => !isSame(other)), { ...notice, key, times }]
}
