/** The only file that imports the client package: a package with another name is changed here. */
export { createTaskClient, TaskApiError } from 'TaskApiClient'
export type { ListQuery, NewTask, Page, Summary, Task, TaskChanges, TaskClient } from 'TaskApiClient'
