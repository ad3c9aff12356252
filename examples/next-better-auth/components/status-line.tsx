import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { explainProblem } from '../lib/errors'
import { useNotices } from '../lib/notices'
import type { SyncStatus } from '../lib/task-client'
import { useSyncStatus } from '../lib/use-tasks'
import { CloudOffIcon } from './icons'
import styles from './status-line.module.css'

type State = 'loading' | 'saved' | 'saving' | 'offline' | 'away'

/** A change that is saved within this time does not move the line. */
const CALM_MS = 700

/** One line that tells whether everything is saved, what waits, and since when nothing could be sent. */
export function StatusLine() {
  const status = useSyncStatus()
  const state = useCalm(stateOf(status, useNetwork()))
  const since = useSince(state) ?? status.lastSyncedAt
  const decisions = status.conflicts + status.refused
  useAnnouncements(state, decisions)
  const isAway = state === 'offline' || state === 'away'
  return (
    <p role="group" aria-label="Connection" className={styles.line} data-state={state}>
      {isAway && <CloudOffIcon size={16} />}
      <span>
        {isAway ? `${awayText(status, state, since)} ${waiting(status.pending)}` : hereText(state, decisions)}
      </span>
    </p>
  )
}

function stateOf({ complete, problem, pending, online }: SyncStatus, network: boolean): State {
  if (!network) return 'offline'
  if (problem || !online) return 'away'
  if (pending > 0) return 'saving'
  return complete ? 'saved' : 'loading'
}

function hereText(state: State, decisions: number): string {
  // A space keeps the height of the line.
  if (state === 'loading') return '\u00a0'
  if (state === 'saving') return 'Saving…'
  if (decisions === 0) return 'All changes are saved.'
  return decisions === 1
    ? 'One change waits for your decision.'
    : `${decisions} changes wait for your decision.`
}

function awayText({ problem }: SyncStatus, state: State, since: number | undefined): string {
  const time = since && new Date(since).toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' })
  const known = time ? ` since ${time}` : ''
  if (state === 'offline') return `Offline${known}.`
  const isOutOfReach = !problem || problem.status === 0 || problem.status >= 500
  return isOutOfReach ? `The service cannot be reached${known}.` : explainProblem(problem)
}

function waiting(pending: number): string {
  if (pending === 0) return 'You can continue working.'
  return `${pending === 1 ? 'One task waits' : `${pending} tasks wait`} to be sent.`
}

/** The state. Saving is shown only if it takes a while. */
function useCalm(state: State): State {
  const [calm, setCalm] = useState(state)
  useEffect(() => {
    const timer = setTimeout(() => setCalm(state), state === 'saving' ? CALM_MS : 0)
    return () => clearTimeout(timer)
  }, [state])
  return calm
}

const isReached = (state: State) => state === 'saved' || state === 'saving'

/** The time at which the service became unavailable while this page was open. */
function useSince(state: State): number | undefined {
  const [since, setSince] = useState<number>()
  const wasReached = useRef(false)
  const reached = isReached(state)
  useEffect(() => {
    if (reached) wasReached.current = true
    setSince(!reached && wasReached.current ? Date.now() : undefined)
  }, [reached])
  return since
}

/** Tells screen readers each change once. */
function useAnnouncements(state: State, decisions: number) {
  const { announce } = useNotices()
  const before = useRef({ lost: false, decisions: 0 })
  useEffect(() => {
    const { lost } = before.current
    if (state === 'saved' && lost) announce('The connection is back.')
    if (state === 'offline' && !lost) announce('You are offline. Changes are kept here and sent later.')
    if (state === 'away' && !lost)
      announce('The service cannot be reached. Changes are kept here and sent later.')
    if (state !== 'saving') before.current.lost = state === 'offline' || state === 'away'
  }, [state, announce])
  useEffect(() => {
    if (decisions > before.current.decisions) announce('A change waits for your decision.')
    before.current.decisions = decisions
  }, [decisions, announce])
}

function subscribe(onChange: () => void) {
  const events = ['online', 'offline']
  for (const event of events) window.addEventListener(event, onChange)
  return () => events.forEach((event) => window.removeEventListener(event, onChange))
}
const useNetwork = () =>
  useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  )
