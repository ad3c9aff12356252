import type { DeletedTask, NewTask, Task, TaskApiErrorCode, TaskChanges, TaskClient } from './index.js'

/** A task as this device shows it: the copy of the service's task with the user's own changes on top. */
export interface LocalTask extends Readonly<Omit<Task, 'id' | 'user_id'>> {
  /** Identifies the task on this device, from the moment that the user creates it. It never changes. */
  readonly key: string
  /** Undefined until the service has created the task. */
  readonly id: number | undefined
  /** Whether the service has not confirmed all changes of the task. */
  readonly pending: boolean
  /** Whether the task has a conflict: see `conflicts()`. The fields are the user's own until it is resolved. */
  readonly conflict: boolean
  /** Whether the service refused a change permanently: see `refused()`. */
  readonly refused: boolean
}

/**
 * The user's change and a change from elsewhere do not fit together:
 *
 * - `changed`: both changed the same fields
 * - `deleted`: the user changed a task that was deleted elsewhere
 * - `removed`: the user deleted a task that was changed elsewhere
 */
export interface Conflict {
  /** Identifies the conflict. */
  readonly id: string
  /** The key of the task. */
  readonly key: string
  readonly kind: 'changed' | 'deleted' | 'removed'
  /** The names of the fields in conflict. Empty for `deleted`. */
  readonly fields: readonly TaskField[]
  /** These fields before both changes. */
  readonly base: FieldValues
  /** The user's version; undefined for `removed`. */
  readonly mine: LocalTask | undefined
  /** The service's version; undefined for `deleted`. */
  readonly theirs: Task | undefined
}
export type TaskField = keyof TaskChanges & keyof Task
export type FieldValues = Readonly<Partial<Pick<Task, TaskField>>>

/**
 * - `mine`: the user's values are sent. A task that was deleted elsewhere is restored (or created anew if it is not in
 *   the trash any more). A task that the user deleted is deleted.
 * - `theirs`: the user's changes in conflict are given up.
 * - an object: these values are sent for the fields in conflict. The values that it does not name are the user's own.
 *   Only for `changed`.
 */
export type Choice = 'mine' | 'theirs' | TaskChanges

/** A write that the service refuses permanently, with the reason. It is not sent again until it is changed or retried. */
export interface RefusedWrite {
  /** Identifies the write. */
  readonly id: string
  /** The key of the task. `update` with valid values corrects the write and sends it again. */
  readonly key: string
  readonly kind: 'create' | 'update' | 'remove' | 'restore'
  /** The fields that were sent. */
  readonly fields: TaskChanges
  readonly reason: SyncProblem
}

export interface SyncProblem {
  /** HTTP status; 0 if there was no answer of the service. */
  readonly status: number
  /**
   * The codes of TaskApiError, and:
   *
   * - `storage_failed`: the storage of this device does not work, for example because it is full, or it belongs to another
   *   user. Until that changes, everything is in memory only: a reload loses what was not sent.
   * - `sync_failed`: something else was thrown, for example by the `token` function of the client
   */
  readonly code: TaskApiErrorCode | 'storage_failed' | 'sync_failed'
  /** A sentence for people. */
  readonly detail: string
  /** One entry for each invalid field; `path` is a JSON Pointer, such as `/title`. */
  readonly errors: readonly { readonly path: string; readonly message: string }[]
}

export interface SyncStatus {
  /** Whether the service can be reached, as far as this device knows. */
  readonly online: boolean
  /** Whether nobody, or another user, is signed in. Nothing is sent until `flush()` or `start()` is called. */
  readonly signedOut: boolean
  /** Whether the copy has been complete once. Until then tasks may be missing. */
  readonly complete: boolean
  /** Whether changes are being read from the service. */
  readonly walking: boolean
  /** How many tasks have writes that wait to be sent. Conflicts and refused writes do not count. */
  readonly pending: number
  readonly conflicts: number
  readonly refused: number
  /** When all changes had been read for the last time: milliseconds since 1970. */
  readonly lastSyncedAt: number | undefined
  /** Why the last attempt failed; undefined after a success. */
  readonly problem: SyncProblem | undefined
}

/** All functions that write take effect at once, return before anything is sent, and work offline. */
export interface TaskSync {
  /** Loads the copy from the storage. It resolves then, also offline. Reading and sending go on until `stop()`. */
  start(): Promise<void>
  /** Ends all requests, and waits until the storage has everything. `start()` may be called again. */
  stop(): Promise<void>
  /** All tasks, in no particular order. The same array until something changes; the same objects for tasks that stay. */
  tasks(): readonly LocalTask[]
  get(key: string): LocalTask | undefined
  /** The task that has this id at the service. */
  byId(id: number): LocalTask | undefined
  /** Calls `listener` after each change of tasks, conflicts, refused writes or status. */
  subscribe(listener: () => void): () => void
  /** The same object until something changes. */
  status(): SyncStatus

  create(fields: NewTask): LocalTask
  /** @throws Error if there is no such task */
  update(key: string, changes: TaskChanges): LocalTask
  /** @throws Error if there is no such task */
  complete(key: string, completed: boolean): LocalTask
  /** Moves a task into the trash. Returns the task, so that `restore` can bring it back. */
  remove(key: string): LocalTask | undefined
  /** Brings back a task that `remove` returned, or one of `client.trash()`. */
  restore(task: LocalTask | DeletedTask): LocalTask

  /** The conflicts that wait for the user. The same array until something changes. */
  conflicts(): readonly Conflict[]
  resolve(conflict: Pick<Conflict, 'id' | 'key' | 'theirs'>, choice: Choice): void
  /** The writes that were refused permanently. The same array until something changes. */
  refused(): readonly RefusedWrite[]
  /** Sends a refused write again. */
  retry(write: Pick<RefusedWrite, 'id' | 'key'>): void
  /** Gives up a refused write. If it is a creation, the task disappears. */
  discard(write: Pick<RefusedWrite, 'id' | 'key'>): void

  /** Sends waiting writes and reads changes, now. Resolves when both have succeeded or failed once. Never throws. */
  flush(): Promise<void>
  /**
   * Resolves when the storage has everything that the user did. Until then a reload can lose it.
   *
   * @throws what the storage throws; `status().problem` has it, too, until a later attempt succeeds
   */
  saved(): Promise<void>
  /**
   * Stops, and empties memory and storage: for sign-out. Writes that were not sent are lost.
   *
   * @throws what the storage throws; then it may still have the tasks
   */
  clear(): Promise<void>
}

/** Where the copy and the unsent writes live. It belongs to one user. */
export interface SyncStorage {
  /** Unique for each user. Windows with the same name share the copy. */
  readonly name: string
  /** All entries. */
  read(): Promise<Map<string, unknown>>
  /**
   * Writes all entries in one transaction: all or none. undefined deletes. Values are plain data. It must reject if what
   * was written before may be gone; then everything is written again.
   */
  write(entries: ReadonlyMap<string, unknown>): Promise<void>
  clear(): Promise<void>
  close?(): void
}

/** The part of navigator.locks that is used. */
export interface SyncLock {
  request(name: string, options: { signal: AbortSignal }, run: () => Promise<void>): Promise<unknown>
}

/** The part of BroadcastChannel that is used. */
export interface SyncChannel {
  postMessage(message: unknown): void
  onmessage: ((event: { data: unknown }) => void) | null
  close(): void
}

export interface SyncOptions {
  client: TaskClient
  /** The user of the tasks. With the token of another user nothing is sent or read. */
  userId: string
  /** The storage of this user: see `indexedDbStorage`. */
  storage: SyncStorage
  /**
   * Decides about conflicts. undefined, also as the result: the conflict waits in `conflicts()`. It is called by one
   * window only.
   */
  onConflict?: ((conflict: Conflict) => Choice | undefined | Promise<Choice | undefined>) | undefined
  /** Default: navigator.locks. null: this is the only window. Without locks each window reads and sends. */
  lock?: SyncLock | null | undefined
  /** Connects the windows of one storage. Default: a BroadcastChannel. null: this is the only window. */
  channel?: ((name: string) => SyncChannel) | null | undefined
  /** Milliseconds since 1970. Default: Date.now. */
  now?: (() => number) | undefined
  /** From 0 to 1, for the jitter of waits. Default: Math.random. */
  random?: (() => number) | undefined
  /** In milliseconds. */
  timings?: Partial<SyncTimings> | undefined
}

export interface SyncTimings {
  /** Wait after the first failure. It doubles with each further failure, minus a random part. Default 1000. */
  retry: number
  /** Longest wait after a failure, unless the service asks for more. Default 60 000. */
  maxRetry: number
  /** The changes are read at least this often. Default 300 000. */
  walk: number
  /** A stream on which nothing arrives for this time is opened again. Default 60 000. */
  silence: number
}

export function createSync(options: SyncOptions): TaskSync
/**
 * For browsers. The name must contain the id of the user: `tasks-${userId}`.
 *
 * `openTimeout`: milliseconds after which a database that another window blocks counts as a storage that does not work.
 * Default 10 000.
 */
export function indexedDbStorage(options: { name: string; openTimeout?: number | undefined }): SyncStorage
/** For tests, and where nothing else exists: everything is lost with the page. */
export function memoryStorage(options?: { name?: string | undefined }): SyncStorage
