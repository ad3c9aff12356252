import type { Client, SendOptions } from '../database/client.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { type DueBound, parseDueDate } from './due-date.ts'
import { columns, summaryJson, taskJson } from './fields.ts'
import type { NewTask, TaskChanges } from './schemas.ts'
import { conditions, isDueBefore, pageOf, type Selection } from './selection.ts'

const { sql, raw, join } = Prisma
type Sql = Prisma.Sql

/** Grows with every change, even within a millisecond or under a clock that was set back. */
const nextUpdate = raw(`GREATEST(now(), updated_at + interval '1 millisecond')`)

export type TaskRepository = ReturnType<typeof createTaskRepository>

/**
 * Every query on tasks. The owner comes first, always, and stands in every statement: what belongs to
 * somebody else is as absent as what does not exist. Tasks are returned as their JSON text.
 */
export function createTaskRepository(prisma: Client) {
  const one = async (owner: string, statement: Sql, options?: SendOptions) =>
    (await prisma.$queryJson(owner, statement, options))[0]

  const find = (owner: string, id: bigint) =>
    one(owner, sql`SELECT ${taskJson} FROM tasks WHERE user_id = ${owner} AND id = ${id}`)

  return {
    find,

    /** @throws a foreign key violation (23503) where the owner is unknown */
    async create(owner: string, task: NewTask): Promise<string> {
      const due = dueColumns(task.due_date)
      const json = await one(
        owner,
        sql`INSERT INTO tasks (user_id, title, description, completed, due_at, due_all_day)
        VALUES (${owner}, ${task.title}, ${task.description ?? null}, ${task.completed ?? false}, ${due.at}, ${due.allDay})
        RETURNING ${taskJson}`,
      )
      return json!
    },

    /** Changes what is given; where nothing changes, neither does updated_at. */
    async update(owner: string, id: bigint, changes: TaskChanges): Promise<string | undefined> {
      const assignments = assignmentsOf(changes)
      if (assignments.length === 0) return find(owner, id)
      const names = raw(assignments.map(({ column }) => column).join(', '))
      const values = join(assignments.map(({ value }) => value))
      return one(
        owner,
        sql`UPDATE tasks SET (${names}, updated_at) = ROW(${values},
          CASE WHEN ROW(${names}) IS DISTINCT FROM ROW(${values}) THEN ${nextUpdate} ELSE updated_at END)
        WHERE user_id = ${owner} AND id = ${id} RETURNING ${taskJson}`,
      )
    },

    /** Flips the state in one statement: two flips at once are two flips. */
    toggle: (owner: string, id: bigint) =>
      one(
        owner,
        sql`UPDATE tasks SET completed = NOT completed, updated_at = ${nextUpdate}
        WHERE user_id = ${owner} AND id = ${id} RETURNING ${taskJson}`,
      ),

    /** Returns whether there was such a task. */
    async delete(owner: string, id: bigint): Promise<boolean> {
      const deleted = await one(
        owner,
        sql`DELETE FROM tasks WHERE user_id = ${owner} AND id = ${id} RETURNING id`,
      )
      return deleted !== undefined
    },

    /** The first `limit` tasks of a selection, as JSON texts. */
    async list(owner: string, selection: Selection, limit: number, offset = 0): Promise<string[]> {
      return prisma.$queryJson(
        owner,
        sql`SELECT row_to_json(task) FROM (
          SELECT ${columns} FROM (${pageOf(owner, selection, limit, offset)}) AS tasks) AS task`,
        costOf(selection),
      )
    },

    async count(owner: string, selection: Selection): Promise<number> {
      const where = conditions(owner, { ...selection, after: undefined })
      return Number(await one(owner, sql`SELECT count(*) FROM tasks WHERE ${where}`, costOf(selection)))
    },

    /** The counts, as JSON text. */
    async summarize(owner: string, now: DueBound): Promise<string> {
      const json = await one(
        owner,
        sql`
        SELECT ${summaryJson} FROM (
          SELECT count(*) AS total, count(*) FILTER (WHERE NOT completed) AS pending,
            count(*) FILTER (WHERE completed) AS completed,
            count(*) FILTER (WHERE NOT completed AND ${isDueBefore(now)}) AS overdue
          FROM tasks WHERE user_id = ${owner}) AS counts`,
      )
      return json!
    },
  }
}

/** A search may read all tasks of its owner; its words are folded once where the planner knows them, else per task. */
const costOf = ({ words = [] }: Selection): SendOptions => ({ isHeavy: words.length > 0 })

function dueColumns(text: string | null | undefined) {
  const due = text == null ? undefined : parseDueDate(text)
  return { at: sql`${due?.at ?? null}::timestamptz`, allDay: sql`${due?.allDay ?? false}` }
}

function assignmentsOf({
  title,
  description,
  completed,
  due_date,
}: TaskChanges): { column: string; value: Sql }[] {
  const due = dueColumns(due_date)
  return [
    ...(title === undefined ? [] : [{ column: 'title', value: sql`${title}::text` }]),
    ...(description === undefined ? [] : [{ column: 'description', value: sql`${description}::text` }]),
    ...(completed === undefined ? [] : [{ column: 'completed', value: sql`${completed}::boolean` }]),
    ...(due_date === undefined
      ? []
      : [
          { column: 'due_at', value: due.at },
          { column: 'due_all_day', value: due.allDay },
        ]),
  ]
}
