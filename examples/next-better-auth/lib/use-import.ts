'use client'
import { useRef, useState } from 'react'
import { explain } from './errors'
import { timeZone } from './repeat'
import { useNotices } from './notices'
import { useTaskApi } from './task-api'
import { type ImportResult, TaskApiError } from './task-client'

export type ImportState =
  | { step: 'empty' }
  | { step: 'checking'; file: File }
  | { step: 'importing'; file: File }
  | { step: 'checked'; file: File; result: ImportResult }
  | { step: 'failed'; file: File; problem: string; mistakes: TaskApiError['errors'] }

/** Maximum size of a file, as in the service. */
const MAX_BYTES = 5 * 1024 * 1024

/** Checks a file first, and creates its tasks when the user has seen the result. */
export function useImport(onDone: () => void) {
  const { client, sync } = useTaskApi()
  const { notify } = useNotices()
  const [state, setState] = useState<ImportState>({ step: 'empty' })
  // Tells a late answer for an earlier file from the current one. The key makes a second attempt safe.
  const attempt = useRef<{ file: File; key: string }>(undefined)
  const send = (file: File, dry_run: boolean) => {
    const headers = { 'idempotency-key': attempt.current!.key }
    return client.importTasks(file, { dry_run, time_zone: timeZone() }, dry_run ? {} : { headers })
  }
  const check = async (file: File) => {
    attempt.current = { file, key: randomKey() }
    const isCurrent = () => attempt.current?.file === file
    if (file.size > MAX_BYTES)
      return setState({ step: 'failed', file, problem: 'It is larger than 5 MiB.', mistakes: [] })
    setState({ step: 'checking', file })
    try {
      const result = await send(file, true)
      if (isCurrent()) setState({ step: 'checked', file, result })
    } catch (error) {
      if (isCurrent()) setState(failure(file, error))
    }
  }
  const confirm = async (file: File) => {
    setState({ step: 'importing', file })
    try {
      const { created } = await send(file, false)
      notify({ tone: 'info', text: `Imported ${created === 1 ? 'one task' : `${created} tasks`}.` })
      onDone()
      await sync.flush()
    } catch (error) {
      setState(failure(file, error))
    }
  }
  return { state, check, confirm }
}

function failure(file: File, error: unknown): ImportState {
  const isMistaken = error instanceof TaskApiError && error.errors.length > 0
  const problem = isMistaken
    ? 'Nothing can be imported before this is corrected in the file:'
    : explain(error)
  return { step: 'failed', file, problem, mistakes: isMistaken ? error.errors : [] }
}

const randomKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-')
