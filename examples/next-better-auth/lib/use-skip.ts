'use client'
import { describeDate } from './due'
import { explain } from './errors'
import { useNotices } from './notices'
import { useTaskApi } from './task-api'
import type { LocalTask } from './task-client'

/** Moves a recurring task to its next date. Only the service knows that date, so this needs the connection. */
export function useSkip() {
  const { client, sync } = useTaskApi()
  const { notify } = useNotices()
  return async ({ key, id, due_date, recurrence }: LocalTask) => {
    try {
      const task = await client.skip(id!)
      await sync.flush()
      const undo = () => sync.get(key) && sync.update(key, { due_date, recurrence })
      const text = `Skipped. Next: ${describeDate(task.due_date!, new Date())}.`
      notify({ tone: 'info', text, action: { label: 'Undo', run: undo } })
    } catch (error) {
      notify({ tone: 'error', reason: explain(error), text: 'The date was not skipped.' })
    }
  }
}
