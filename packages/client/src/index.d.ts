import type { Client } from 'openapi-fetch'
import type { components, operations, paths } from './schema.js'

export type { components, operations, paths } from './schema.js'
export type Task = components['schemas']['Task']
export type NewTask = OrUndefined<Omit<components['schemas']['NewTask'], Alias>>
export type TaskChanges = OrUndefined<Omit<components['schemas']['TaskChanges'], Alias>>
export type Priority = Task['priority']
/** A tag in use, with the number of its tasks. */
export type Tag = components['schemas']['Tag']
/** A task in the trash. */
export type DeletedTask = components['schemas']['DeletedTask']
/** One change of a batch: `op` says which, the other fields are those of the single call. */
export type BatchOperation = EachOrUndefined<components['schemas']['Batch']['operations'][number]>
/** What one operation of a batch did: `status` is that of the single call. */
export type BatchResult = components['schemas']['BatchResult']['results'][number]
/** How a task repeats. docs/recurrence.md describes the rules. */
export type Recurrence = NonNullable<Task['recurrence']>
export type TransferFormat = NonNullable<ImportQuery['format']>
/** What an import did; with `dry_run`, what it would do. */
export type ImportResult = components['schemas']['ImportResult']
export type Summary = components['schemas']['Summary']
export type User = components['schemas']['User']
export type Problem = components['schemas']['Problem']

/** Other names of fields, for front ends that cannot be changed. */
type Alias = 'is_completed'
/** An optional field may also be undefined. It is not sent then. */
type OrUndefined<Fields> = {
  [Name in keyof Fields]: Record<never, never> extends Pick<Fields, Name>
    ? Fields[Name] | undefined
    : Fields[Name]
}
type EachOrUndefined<Union> = Union extends unknown ? OrUndefined<Omit<Union, Alias>> : never
type Query = OrUndefined<NonNullable<operations['listTasks']['parameters']['query']>>

/** Filters and order of a list. Aliases of parameters are left out. */
export type ListQuery = Omit<PageQuery, 'limit' | 'offset' | 'cursor' | 'count'>
/** A part of a list: `limit` tasks (default 50), starting at `cursor` or `offset`. */
export type PageQuery = Omit<Query, 'q' | 'completed' | 'sort_by' | 'sort_order'>
export type TrashQuery = OrUndefined<NonNullable<operations['listTrash']['parameters']['query']>>
export type ImportQuery = OrUndefined<NonNullable<operations['importTasks']['parameters']['query']>>
export type SummaryQuery = OrUndefined<NonNullable<operations['summarizeTasks']['parameters']['query']>>

/**
 * The id of a task: the number in `task.id`, or the same number as text, as routers give it. Other text makes the call
 * fail with the code `invalid_call`, before anything is sent.
 */
export type TaskId = number | string

export interface Page {
  tasks: Task[]
  /** Cursor of the next page for the same query; undefined on the last page. */
  cursor: string | undefined
  /** With `count: true`: the number of tasks that match the filters. */
  total: number | undefined
}

export interface TrashPage {
  tasks: DeletedTask[]
  /** Cursor of the next page; undefined on the last page. */
  cursor: string | undefined
}

export interface RetryOptions {
  /** Maximum number of attempts of one call, including the first. Default 4. */
  attempts?: number | undefined
  /** Wait before the second attempt, in milliseconds. It doubles with each attempt, minus a random part. Default 300. */
  delayMs?: number | undefined
  /** No attempt begins later than this after the call, in milliseconds. Default 30 000. */
  maxWaitMs?: number | undefined
  /** Called before each wait. What it throws ends the call. */
  onRetry?: ((retry: Retry) => void) | undefined
}

export interface Retry {
  /** The attempt that failed; the first is 1. */
  attempt: number
  /** HTTP status of that attempt; 0 if there was no answer. */
  status: number
  /** Wait before the next attempt, in milliseconds. */
  waitMs: number
  method: string
  url: string
}

/** Options of fetch, such as `credentials`, `cache` and `mode`, apply to every request. */
export interface TaskClientOptions extends Omit<
  RequestInit,
  'body' | 'headers' | 'method' | 'signal' | 'window'
> {
  /** Address of the service, without `/api`: `https://tasks.example.com`. It may have a path. */
  baseUrl: string
  /**
   * Returns the token of the user, or null if nobody is signed in. The client keeps the token until the service refuses
   * it with a 401. Then it asks again, with the `refused` token, and repeats the call once. `signal` is aborted after
   * `timeoutMs`, after `forgetToken()`, and when every call that waits for the token has been aborted.
   * What this function throws, the call throws; a TypeError or SyntaxError becomes a TaskApiError (`token_failed`).
   */
  token: (ask: { refused: string | undefined; signal: AbortSignal }) => TokenAnswer | Promise<TokenAnswer>
  headers?: Record<string, string> | undefined
  /** Used instead of the global fetch. */
  fetch?: ((request: Request) => Promise<Response>) | undefined
  /** Maximum duration of each attempt, in milliseconds; 0: no limit. Default 20 000. */
  timeoutMs?: number | undefined
  /** false: never try again. */
  retry?: RetryOptions | false | undefined
}
type TokenAnswer = string | null | undefined

export interface CallOptions {
  /** Ends the call, including any wait for another attempt or for a token. The call throws the signal's reason. */
  signal?: AbortSignal | undefined
  /** Sent with this call, in addition to the headers of the client. */
  headers?: Record<string, string> | undefined
  /** Maximum duration of each attempt of this call, in milliseconds; 0: no limit. */
  timeoutMs?: number | undefined
}

/** A call that fails throws a `TaskApiError`; a call that is aborted throws the signal's reason. */
export interface TaskClient {
  /** All tasks that match the filters. There is no limit. */
  list(query?: ListQuery, options?: CallOptions): Promise<Task[]>
  /** One page, with the cursor of the next page. */
  page(query?: PageQuery, options?: CallOptions): Promise<Page>
  /** The pages of a list, in order. Each page is fetched when it is needed. */
  pages(query?: PageQuery, options?: CallOptions): AsyncGenerator<Page, void, undefined>
  get(id: TaskId, options?: CallOptions): Promise<Task>
  create(task: NewTask, options?: CallOptions): Promise<Task>
  /** Changes only the given fields. null clears a field. */
  update(id: TaskId, changes: TaskChanges, options?: CallOptions): Promise<Task>
  /** Sets the state; it never toggles. This is the only change that is repeated automatically. */
  complete(id: TaskId, completed: boolean, options?: CallOptions): Promise<Task>
  /** Moves a recurring task to its next date, without completing it. */
  skip(id: TaskId, options?: CallOptions): Promise<Task>
  /** The next dates of a recurring task, in the form of `due_date`; `count`: 1 to 50, default 5. */
  occurrences(id: TaskId, count?: number, options?: CallOptions): Promise<string[]>
  /** Moves a task into the trash. */
  delete(id: TaskId, options?: CallOptions): Promise<void>
  /** Moves all completed tasks into the trash. Returns their number. */
  clearCompleted(options?: CallOptions): Promise<number>
  /** One page of the trash, newest deletion first, with the cursor of the next page. */
  trash(query?: TrashQuery, options?: CallOptions): Promise<TrashPage>
  /** The pages of the trash, in order. Each page is fetched when it is needed. */
  trashPages(query?: TrashQuery, options?: CallOptions): AsyncGenerator<TrashPage, void, undefined>
  /** Takes a task out of the trash. It keeps its id. */
  restore(id: TaskId, options?: CallOptions): Promise<Task>
  /** Permanently deletes a task that is in the trash. */
  deleteForGood(id: TaskId, options?: CallOptions): Promise<void>
  /** Permanently deletes all tasks in the trash. Returns their number. */
  emptyTrash(options?: CallOptions): Promise<number>
  /** Makes 1 to 100 changes in one request: all of them or none. Returns a result for each, in the same order. */
  batch(operations: readonly BatchOperation[], options?: CallOptions): Promise<BatchResult[]>
  /** All tasks as a file, with the name and the type that the service gives it. */
  exportTasks(format: TransferFormat, options?: CallOptions): Promise<File>
  /**
   * Creates the tasks of a file: all of them or none. Tasks that exist already are skipped. With `dry_run: true` it only
   * checks the file. The format is `format`, else the ending of the file's name, else its type; text needs `format`.
   */
  importTasks(file: Blob | string, query?: ImportQuery, options?: CallOptions): Promise<ImportResult>
  /** The tags in use, by name. */
  tags(options?: CallOptions): Promise<Tag[]>
  /** Renames a tag on all tasks. If the new name is in use, the two tags become one. Returns the number of tasks. */
  renameTag(name: string, newName: string, options?: CallOptions): Promise<number>
  /** Removes a tag from all tasks. Returns the number of tasks. */
  deleteTag(name: string, options?: CallOptions): Promise<number>
  summary(query?: SummaryQuery, options?: CallOptions): Promise<Summary>
  me(options?: CallOptions): Promise<User>
  /** Call this when a user signs in or out. The next call asks for a token again. */
  forgetToken(): void
  /** Every operation of the service, with the same tokens and retries: https://openapi-ts.dev/openapi-fetch/ */
  api: Client<paths>
}

export function createTaskClient(options: TaskClientOptions): TaskClient

/**
 * Codes of the client itself, with the status 0:
 *
 * - `network_error`: the service cannot be reached, or its answer breaks off
 * - `timeout`: an attempt took longer than `timeoutMs`
 * - `unexpected_answer`: not an answer of this service (also with the status of an error that a proxy made)
 * - `invalid_call`: the arguments do not make a valid request; `cause` has the reason
 * - `token_failed`: `token()` threw a TypeError or SyntaxError, which is its `cause`
 */
export type ClientErrorCode =
  'network_error' | 'timeout' | 'unexpected_answer' | 'invalid_call' | 'token_failed'

/** The codes of this version of the service, and those of the client. A newer service may send other codes. */
export type TaskApiErrorCode = OrOwn<Problem['code']>
type OrOwn<Code> = Code | ClientErrorCode

export interface TaskApiErrorFields {
  status: number
  code: TaskApiErrorCode
  detail: string
  errors?: Problem['errors'] | undefined
  requestId?: string | undefined
  retryAfter?: number | undefined
}

/** A call that failed: the service's problem (RFC 9457), or one of the client's own codes. */
export class TaskApiError extends Error {
  constructor(fields: TaskApiErrorFields, options?: ErrorOptions)
  readonly name: 'TaskApiError'
  /** HTTP status; 0 if there was no answer of the service. */
  readonly status: number
  /** Stable word for programs, such as `validation_failed`. */
  readonly code: TaskApiErrorCode
  /** Sentence for people, the same as `message`. */
  readonly detail: string
  /** One entry for each invalid field; `path` is a JSON Pointer, such as `/title`. */
  readonly errors: NonNullable<Problem['errors']>
  /** Identifies the request in the service's log. */
  readonly requestId: string | undefined
  /** Seconds to wait before another attempt. */
  readonly retryAfter: number | undefined
}
