import { setImmediate } from 'node:timers/promises'
import type { Client } from '../../database/client.ts'
import { DatabaseError } from '../../database/errors.ts'
import type { Owner } from '../../database/owner.ts'
import { problem } from '../../http/problem.ts'
import {
  accepted,
  changedMeanwhile,
  type IfMatch,
  inOneStatement,
  type Steps,
} from '../conditional-statements.ts'
import { nextOf, occurrencesOf, type Series } from './series.ts'
import { changeSeries, changeTask, readSeries, seenIn, type SeriesRow } from './statements.ts'
import type { Task, TaskChanges } from '../schemas.ts'
import { type Change, concernsSeries, findTask } from '../statements.ts'

/** Maximum number of tries for a change, if others change the series of the task at the same time. */
export const MAX_TRIES = 50
/** The error after MAX_TRIES. The client gets a 503. */
export const tooManyConflicts = () =>
  new DatabaseError('undone', 'Others changed the series of a task during each attempt.')

/** All queries on recurring tasks. The owner is the first argument and part of every statement. */
export function createSeriesQueries(prisma: Client) {
  const send = async (owner: Owner, steps: Steps) =>
    accepted((await prisma.$queryJson(owner, inOneStatement(steps)))[0])

  /** Reads a task and sends the statement of `plan` for it. Repeats both if the series has changed in between. */
  async function changeAsSeen(owner: Owner, id: bigint, ifMatch: IfMatch, plan: (row: SeriesRow) => Steps) {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [json] = await prisma.$queryJson(owner, readSeries(owner.id, [id], ['tasks']))
      if (json === undefined) return undefined
      const row = JSON.parse(json) as SeriesRow
      requireTag(row, ifMatch)
      const answer = await send(owner, plan(row))
      if (answer !== undefined) return answer
    }
    throw tooManyConflicts()
  }

  async function change(
    owner: Owner,
    id: bigint,
    change: Change,
    ifMatch?: IfMatch,
  ): Promise<string | undefined> {
    if (change === 'toggle' || !change.recurrence) {
      const answer = await send(owner, changeTask(owner.id, id, change, { ifMatch }))
      if (answer !== undefined || !concernsSeries(change)) return answer
    }
    const plan = (row: SeriesRow) => changeTask(owner.id, id, change, { ifMatch, seen: seenIn(row) })
    return changeAsSeen(owner, id, ifMatch, plan)
  }

  return {
    /**
     * Changes the given fields. If they all have these values already, updated_at stays as it is. Completing a recurring
     * task creates its next occurrence.
     *
     * @throws problem 412 `precondition_failed` if the task has none of the tags of `ifMatch`
     * @throws problem 400 `validation_failed` if the task would have a rule that does not fit its due date
     */
    update: (owner: Owner, id: bigint, changes: TaskChanges, ifMatch?: IfMatch) =>
      change(owner, id, changes, ifMatch),

    /**
     * Toggles `completed`. Completing a recurring task creates its next occurrence.
     *
     * @throws problem 412 `precondition_failed` if the task has none of the tags of `ifMatch`
     */
    toggle: (owner: Owner, id: bigint, ifMatch?: IfMatch) => change(owner, id, 'toggle', ifMatch),

    /**
     * Moves a task to the next date of its series.
     *
     * @throws problem 412 `precondition_failed` if the task has none of the tags of `ifMatch`
     * @throws problem 409 if the task is completed, does not repeat or has no further date
     */
    skip: (owner: Owner, id: bigint, ifMatch?: IfMatch): Promise<string | undefined> =>
      changeAsSeen(owner, id, ifMatch, (row) => {
        if (row.completed) throw problem('task_completed')
        const next = nextOf(requireRecurring(row), Date.now(), true)
        if (next === undefined) throw problem('series_over')
        return changeSeries(owner.id, id, { change: next, seen: seenIn(row), ifMatch, isPending: true })
      }),

    /** The next dates of the task, at most `count`; none if the task does not repeat. */
    async occurrences(owner: Owner, id: bigint, count: number): Promise<string[] | undefined> {
      const [json] = await prisma.$queryJson(owner, findTask(owner.id, id))
      if (json === undefined) return undefined
      const { due_date, recurrence } = JSON.parse(json) as Task
      const dates: string[] = []
      if (due_date === null || recurrence === null) return dates
      for (const date of occurrencesOf({ due_date, recurrence }, Date.now(), count)) {
        dates.push(date)
        // Lets other requests run between two searches.
        await setImmediate()
      }
      return dates
    },
  }
}

/** Checked before the change is validated: a client with an old version gets a 412, and not a 400 about the new one. */
function requireTag({ next_is_deleted: _, ...current }: SeriesRow, ifMatch: IfMatch) {
  if (ifMatch?.includes(current.updated_at) === false) throw changedMeanwhile({ current })
}

function requireRecurring({ due_date, recurrence }: Task): Series {
  if (due_date === null || recurrence === null) throw problem('task_not_recurring')
  return { due_date, recurrence }
}
