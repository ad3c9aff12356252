import type { Client } from 'openapi-fetch'
import type { components, operations, paths } from './schema.js'

export type { components, operations, paths } from './schema.js'
export type Task = components['schemas']['Task']
export type NewTask = components['schemas']['NewTask']
export type TaskChanges = components['schemas']['TaskChanges']
export type Summary = components['schemas']['Summary']
export type User = components['schemas']['User']
export type Problem = components['schemas']['Problem']

/** A value that is undefined is not sent. */
type OrUndefined<Fields> = { [Name in keyof Fields]?: Fields[Name] | undefined }
type Query = OrUndefined<NonNullable<operations['listTasks']['parameters']['query']>>

/** Which tasks, and in which order. Other names for the same are left out. */
export type ListQuery = Omit<PageQuery, 'limit' | 'offset' | 'cursor' | 'count'>
/** A part of a list: `limit` tasks (50 where it is not given), from `cursor` or `offset` on. */
export type PageQuery = Omit<Query, 'q' | 'completed' | 'sort_by'>
export type SummaryQuery = OrUndefined<NonNullable<operations['summarizeTasks']['parameters']['query']>>

export interface Page {
  tasks: Task[]
  /** Of the next page, for the same query; undefined on the last. */
  cursor: string | undefined
  /** With `count: true`: how many tasks the filters let through. */
  total: number | undefined
}

export interface RetryOptions {
  /** Most attempts of one call, the first included; 4 where it is not given. */
  attempts?: number | undefined
  /** Before the second attempt, in milliseconds; it doubles with each more, and a random part of it is left out. 300. */
  delayMs?: number | undefined
  /** Most that one call waits between its attempts, in milliseconds, a Retry-After included; 30 000. */
  maxWaitMs?: number | undefined
}

/** `credentials`, `cache`, `mode` and what else fetch takes go with every request. */
export interface TaskClientOptions extends Omit<
  RequestInit,
  'body' | 'headers' | 'method' | 'signal' | 'window'
> {
  /** Where the service is, without `/api`: `https://tasks.example.com`; behind a proxy it may have a path. */
  baseUrl: string
  /**
   * The token of the user, or null where nobody is signed in. It is kept until the service refuses it with a 401:
   * then it is asked for again, with the token that was `refused`, and the call is repeated once.
   * What it throws, the call throws.
   */
  token: (ask: { refused: string | undefined }) => TokenAnswer | Promise<TokenAnswer>
  headers?: Record<string, string> | undefined
  /** Instead of the global fetch. */
  fetch?: ((request: Request) => Promise<Response>) | undefined
  /** false: never try again. */
  retry?: RetryOptions | false | undefined
}
type TokenAnswer = string | null | undefined

export interface CallOptions {
  /** Ends the request, and the waiting before another. The call then throws the signal's reason. */
  signal?: AbortSignal | undefined
}

/** Every call throws a `TaskApiError` where it fails, and the signal's reason where it is aborted. */
export interface TaskClient {
  /** All tasks that fit, however many. */
  list(query?: ListQuery, options?: CallOptions): Promise<Task[]>
  /** One page, and the cursor of the next. */
  page(query?: PageQuery, options?: CallOptions): Promise<Page>
  /** Page after page, as they are asked for. */
  pages(query?: PageQuery, options?: CallOptions): AsyncGenerator<Page, void, undefined>
  get(id: number, options?: CallOptions): Promise<Task>
  create(task: NewTask, options?: CallOptions): Promise<Task>
  /** What is not given stays, null clears. */
  update(id: number, changes: TaskChanges, options?: CallOptions): Promise<Task>
  /** Sets the state and never flips it: the one change that is tried again by itself. */
  complete(id: number, completed: boolean, options?: CallOptions): Promise<Task>
  delete(id: number, options?: CallOptions): Promise<void>
  summary(query?: SummaryQuery, options?: CallOptions): Promise<Summary>
  me(options?: CallOptions): Promise<User>
  /** Call it where a user signs out or in: the next request asks for a token again. */
  forgetToken(): void
  /** Every operation of the service, with the same tokens and retries: https://openapi-ts.dev/openapi-fetch/ */
  api: Client<paths>
}

export function createTaskClient(options: TaskClientOptions): TaskClient

export interface TaskApiErrorFields {
  status: number
  code: string
  detail: string
  errors?: Problem['errors'] | undefined
  requestId?: string | undefined
  retryAfter?: number | undefined
}

/** A call that failed: what the service said (RFC 9457), or that it said nothing that can be understood. */
export class TaskApiError extends Error {
  constructor(fields: TaskApiErrorFields, options?: ErrorOptions)
  readonly name: 'TaskApiError'
  /** Of HTTP; 0 where there is no answer, or one that is not JSON. */
  readonly status: number
  /** Word for programs, such as `validation_failed`; `network_error` and `unexpected_answer` are this client's own. */
  readonly code: string
  /** Sentence for people, the same as `message`. */
  readonly detail: string
  /** Each mistake in the input; `path` is a JSON Pointer, such as `/title`. */
  readonly errors: NonNullable<Problem['errors']>
  /** By which the service's log finds the request. */
  readonly requestId: string | undefined
  /** Seconds after which another try makes sense. */
  readonly retryAfter: number | undefined
}
