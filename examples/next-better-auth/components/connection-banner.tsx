import { onlineManager, useMutationState } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { explain } from '../lib/errors'
import { useNoticesState } from '../lib/notices'
import { useSummary } from '../lib/use-tasks'
import styles from './connection-banner.module.css'
import { CloudOffIcon } from './icons'

/** Says that the page may be out of date, and what happens to changes meanwhile. */
export function ConnectionBanner() {
  const online = useOnline()
  const unsent = useMutationState({ filters: { predicate: ({ state }) => state.isPaused } }).length
  const trouble = useTrouble()
  useWarningBeforeLoss(unsent > 0)
  const text = online ? trouble : offlineText(unsent)
  return (
    <div role="status" aria-label="Connection" className={styles.region}>
      {text && (
        <p className={styles.banner}>
          <CloudOffIcon />
          <span>{text}</span>
        </p>
      )}
    </div>
  )
}

/** What is wrong with the service, unless a notice is saying so at the moment: one outage is one message. */
function useTrouble(): string | undefined {
  const { isError, data, error } = useSummary()
  const { shown } = useNoticesState()
  // Without any data the list itself says what is wrong.
  if (!isError || data === undefined || shown.some(({ reason }) => reason === explain(error)))
    return undefined
  return `${explain(error)} What you see may be old. Trying again…`
}

function offlineText(unsent: number): string {
  if (unsent === 0) return 'You are offline. Changes are sent as soon as the connection is back.'
  const changes = unsent === 1 ? 'One change waits' : `${unsent} changes wait`
  return `You are offline. ${changes} for the connection: keep this page open.`
}

const subscribe = (onChange: () => void) => onlineManager.subscribe(onChange)
const useOnline = () =>
  useSyncExternalStore(
    subscribe,
    () => onlineManager.isOnline(),
    () => true,
  )

function useWarningBeforeLoss(wouldLose: boolean) {
  useEffect(() => {
    if (!wouldLose) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [wouldLose])
}
