/** The only file that imports the client package: a package with another name is changed here. */
export { createTaskClient, TaskApiError } from '@task-api/client'
export type { ListQuery, NewTask, Page, Summary, Task, TaskChanges, TaskClient } from '@task-api/client'
