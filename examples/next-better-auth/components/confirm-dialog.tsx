import { useId } from 'react'
import { useModal } from '../lib/use-modal'
import styles from './confirm-dialog.module.css'

interface Props {
  question: string
  /** A sentence about what cannot be undone. */
  text?: string
  confirm: string
  cancel: string
  onConfirm: () => void
  onCancel: () => void
}

/** Asks before something is lost. The first button and Escape cancel. */
export function ConfirmDialog({ question, text, confirm, cancel, onConfirm, onCancel }: Props) {
  const dialog = useModal()
  const [questionId, textId] = [useId(), useId()]
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      className={`dialog ${styles.dialog}`}
      aria-labelledby={questionId}
      aria-describedby={text && textId}
      onCancel={(event) => {
        event.preventDefault()
        onCancel()
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <p id={questionId} className={styles.question}>
        {question}
      </p>
      {text && <p id={textId}>{text}</p>}
      <div className={styles.buttons}>
        <button type="button" className="button primary" onClick={onCancel}>
          {cancel}
        </button>
        <button type="button" className="button" onClick={onConfirm}>
          {confirm}
        </button>
      </div>
    </dialog>
  )
}
