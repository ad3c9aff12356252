import { type DragEvent, useEffect, useRef, useState } from 'react'
import type { ImportResult } from '../lib/task-client'
import { type ImportState, useImport } from '../lib/use-import'
import styles from './transfer.module.css'

/** Accepts a file that is chosen or dropped, and shows what the import would do before it does it. */
export function ImportPanel({ onDone }: { onDone: () => void }) {
  const { state, check, confirm } = useImport(onDone)
  const [isOver, setOver] = useState(false)
  const report = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (state.step !== 'empty') report.current?.parentElement?.scrollIntoView({ block: 'end' })
  }, [state.step])
  const isBusy = state.step === 'importing'
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file && !isBusy) void check(file)
  }
  return (
    <section className={styles.panel} aria-label="Import">
      <h3>Import</h3>
      <label
        className={styles.drop}
        data-over={isOver || undefined}
        onDragOver={over}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <span>Choose a file, or drop it here</span>
        <small>JSON, CSV or ICS, at most 5 MiB and 5000 tasks. First you see what it would do.</small>
        <input
          type="file"
          accept=".json,.csv,.ics,application/json,text/csv,text/calendar"
          disabled={isBusy}
          onChange={({ target }) => {
            const [file] = target.files ?? []
            if (file) void check(file)
            // Choosing the same file again, after it was corrected, must cause a change event, too.
            target.value = ''
          }}
        />
      </label>
      <div ref={report} role="status" aria-label="Import report" className={styles.report}>
        <Report state={state} />
      </div>
      {(state.step === 'checked' || state.step === 'importing') && (
        <button
          type="button"
          className="button primary"
          aria-disabled={isBusy}
          hidden={state.step === 'checked' && state.result.created === 0}
          onClick={() => !isBusy && void confirm(state.file)}
        >
          {state.step === 'checked' ? `Import ${tasks(state.result.created)}` : 'Importing…'}
        </button>
      )}
    </section>
  )
}

const tasks = (count: number) => (count === 1 ? '1 task' : `${count} tasks`)

function Report({ state }: { state: ImportState }) {
  if (state.step === 'empty') return null
  const name = <strong dir="auto">{state.file.name}</strong>
  if (state.step === 'checking') return <p>Checking {name}…</p>
  if (state.step === 'importing') return <p>Importing {name}…</p>
  if (state.step === 'checked')
    return (
      <>
        <p>
          {name} has {tasks(state.result.created)} to import.
        </p>
        <Rest result={state.result} />
      </>
    )
  return (
    <>
      <p className="form-error">
        {name}: {state.problem}
      </p>
      {state.mistakes.length > 0 && (
        <ul className={styles.mistakes} tabIndex={0} aria-label="Mistakes in the file">
          {state.mistakes.map(({ path, message, line }, index) => (
            <li key={index}>
              <strong>{line === undefined ? placeOf(path) : `Line ${line}`}</strong>: {fieldOf(path)}{' '}
              {message}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** Tells what a file contains besides new tasks. */
function Rest({ result: { skipped, ignored, ignored_columns: columns } }: { result: ImportResult }) {
  return (
    <ul>
      {skipped > 0 && <li>{tasks(skipped)} skipped, because they are here already.</li>}
      {ignored > 0 && <li>{ignored === 1 ? '1 entry' : `${ignored} entries`} left out that are no tasks.</li>}
      {columns.length > 0 && <li>Columns that no task has: {columns.join(', ')}.</li>}
    </ul>
  )
}

/** The name of the field, as it is in the file. */
const fieldOf = (path: string) => /^\/tasks\/\d+\/(.+)/.exec(path)?.[1]?.replaceAll('/', ' ')

/** The service counts tasks from 0: /tasks/3/title is in the fourth task. */
function placeOf(path: string): string {
  const [, number] = /^\/tasks\/(\d+)/.exec(path) ?? []
  return number === undefined ? 'File' : `Task ${Number(number) + 1}`
}
