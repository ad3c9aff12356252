/** The only file that imports the client package: a package with another name is changed here. */
export { createTaskClient, TaskApiError } from 'TaskApiClient'
export type {
  BatchOperation,
  ListQuery,
  NewTask,
  Page,
  Priority,
  Summary,
  Tag,
  Task,
  TaskChanges,
  TaskClient,
  DeletedTask,
  TrashPage,
} from 'TaskApiClient'
