import { useId } from 'react'
import type { TransferFormat } from '../lib/task-client'
import { useExport } from '../lib/use-export'
import { useModal } from '../lib/use-modal'
import { CloseIcon } from './icons'
import { ImportPanel } from './import-panel'
import styles from './transfer.module.css'

/** Export and import of all tasks. */
export function TransferDialog({ onClose }: { onClose: () => void }) {
  const dialog = useModal()
  const headingId = useId()
  return (
    <dialog
      ref={dialog}
      className={`dialog ${styles.dialog}`}
      aria-labelledby={headingId}
      onCancel={(event) => {
        // A file chooser that is closed without a file sends this event, too.
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        onClose()
      }}
    >
      <div className={styles.head}>
        <h2 id={headingId}>Export and import</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <CloseIcon />
        </button>
      </div>
      <ExportPanel />
      <ImportPanel onDone={onClose} />
    </dialog>
  )
}

const FORMATS = {
  json: { label: 'JSON', purpose: 'Everything. Import takes it again.' },
  csv: { label: 'CSV', purpose: 'For spreadsheets.' },
  ics: { label: 'Calendar', purpose: 'For other task and calendar programs.' },
} as const satisfies Record<TransferFormat, unknown>

function ExportPanel() {
  const { busy, problem, start } = useExport()
  return (
    <section className={styles.panel} aria-label="Export">
      <h3>Export</h3>
      <p>All your tasks as a file. Tasks in the trash are not in it.</p>
      <ul className={styles.formats}>
        {Object.entries(FORMATS).map(([format, { label, purpose }]) => (
          <li key={format}>
            <button
              type="button"
              className="button"
              aria-label={`Export as ${label}`}
              aria-disabled={busy !== undefined}
              onClick={() => void start(format as TransferFormat)}
            >
              {label}
            </button>
            <span>{busy === format ? 'One moment…' : purpose}</span>
          </li>
        ))}
      </ul>
      {problem && (
        <p role="alert" className="form-error">
          {problem}
        </p>
      )}
    </section>
  )
}
