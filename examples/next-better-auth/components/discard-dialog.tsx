import { useLayoutEffect, useRef } from 'react'
import styles from './discard-dialog.module.css'

/** Asks before an edit is dropped. Escape keeps the edit. */
export function DiscardDialog({ onDiscard, onKeep }: { onDiscard: () => void; onKeep: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      className={styles.dialog}
      aria-labelledby="discard-question"
      onCancel={(event) => {
        event.preventDefault()
        onKeep()
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <p id="discard-question">Discard your changes?</p>
      <div className={styles.buttons}>
        <button type="button" className="button primary" onClick={onKeep}>
          Keep editing
        </button>
        <button type="button" className="button" onClick={onDiscard}>
          Discard
        </button>
      </div>
    </dialog>
  )
}
