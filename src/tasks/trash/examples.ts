import type { Examples } from '../../openapi/responses.ts'
import { aTask } from '../examples.ts'
import type { Task } from '../schemas.ts'
import type { DeletedCount, DeletedTask } from './schemas.ts'

/* The examples of the trash in the OpenAPI document. */

const plants = aTask.day!.value
const dentist = aTask.instant!.value

export const trash: Examples<DeletedTask[]> = {
  some: {
    summary: 'Two tasks, the newest deletion first',
    value: [
      { ...dentist, deleted_at: '2026-12-02T09:15:00.000Z' },
      { ...plants, deleted_at: '2026-12-01T08:00:00.000Z' },
    ],
  },
  none: { summary: 'The trash is empty', value: [] },
}
export const aRestoredTask: Examples<Task> = {
  task: { summary: 'The restored task', value: { ...plants, updated_at: '2026-12-02T09:20:00.000Z' } },
}
export const counts: Examples<DeletedCount> = {
  some: { summary: 'Three tasks were deleted', value: { deleted: 3 } },
}
