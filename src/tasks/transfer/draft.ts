/** A mistake in a file, as errors list it. */
export interface Mistake {
  /** JSON Pointer (RFC 6901): `/tasks/3/title`. The tasks of every file are counted from 0. */
  path: string
  /** Line of a CSV or iCalendar file, counted from 1. */
  line?: number
  message: string
}

/** A task as a file has it, before it is checked. */
export interface Draft {
  /** The fields of a task. */
  task: Record<string, unknown>
  /** Where the task is in the file. */
  path: string
  line?: number
  /** Names the task across files, if the file has such a name besides id and created_at (UID of iCalendar). */
  uid?: string
  /** What the reader could not understand. */
  mistakes?: Mistake[]
}

/** What a file has besides tasks. Readers count it while they read. */
export interface Ignored {
  /** Parts of the file that are no tasks, such as events of a calendar. */
  parts: number
  /** Columns that no field has. */
  columns: string[]
}

/** Bytes that one task may take: as many as the body of a request that creates one. */
export const MAX_TASK_SIZE = 64 * 1024

/** A file that cannot be read any further. */
export class BrokenFile extends Error {
  readonly line: number | undefined

  /** @param reason the end of a sentence that begins with "The file" */
  constructor(reason: string, line?: number) {
    super(reason)
    this.line = line
  }
}
