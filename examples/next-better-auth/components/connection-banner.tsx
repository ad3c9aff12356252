import { onlineManager, useMutationState } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { explain } from '../lib/errors'
import { useSummary } from '../lib/use-tasks'
import styles from './connection-banner.module.css'
import { CloudOffIcon } from './icons'

/** Says that what is on screen may be old, and what happens to changes meanwhile. */
export function ConnectionBanner() {
  const online = useOnline()
  const summary = useSummary()
  const unsent = useMutationState({ filters: { predicate: ({ state }) => state.isPaused } }).length
  useWarningBeforeLoss(unsent > 0)

  const text = online ? summary.isError && summary.data && explain(summary.error) : offlineText(unsent)
  return (
    <div role="status" aria-label="Connection" className={styles.region}>
      {text && (
        <p className={styles.banner}>
          <CloudOffIcon />
          <span>
            {text} {online && 'What you see may be old. Trying again…'}
          </span>
        </p>
      )}
    </div>
  )
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
