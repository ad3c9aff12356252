/** The only file that imports the client package: a package with another name is changed here. */
export { createTaskClient, TaskApiError } from 'TaskApiClient'
export { createSync, indexedDbStorage } from 'TaskApiClient/sync'
export type {
  DeletedTask,
  ImportResult,
  ListQuery,
  NewTask,
  Priority,
  Summary,
  Tag,
  Task,
  TaskChanges,
  TaskClient,
  TransferFormat,
  TrashPage,
} from 'TaskApiClient'
export type {
  Conflict,
  LocalTask,
  RefusedWrite,
  SyncProblem,
  SyncStatus,
  TaskField,
  TaskSync,
} from 'TaskApiClient/sync'
