/** A mistake in a file, as the `errors` of an answer list it. */
export interface Mistake {
  /** JSON Pointer (RFC 6901): `/tasks/3/title`. The tasks of every file are counted from 0. */
  path: string
  /** Line of a CSV or iCalendar file, counted from 1. */
  line?: number
  message: string
}

/** A task as it is in a file, before it is checked. */
export interface Draft {
  /** The fields of a task. */
  task: Record<string, unknown>
  /** Where the task is in the file. */
  path: string
  line?: number
  /** UID of iCalendar, which identifies the task in every file. Not set if id and created_at identify it. */
  uid?: string
  /** What the reader could not understand. */
  mistakes?: Mistake[]
}

/** What a file contains besides tasks. Readers fill it in while they read. */
export interface Ignored {
  /** Number of parts of the file that are not tasks, such as events of a calendar. */
  parts: number
  /** Names of the columns that are not fields of a task. */
  columns: string[]
}

/** Maximum size of one task in bytes: as large as the body of a request that creates one. */
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
