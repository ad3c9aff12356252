import { type Client, instantSql } from '../database.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { type DueBound, parseDueDate } from './due-date.ts'
import type { NewTask, Summary, Task, TaskChanges } from './schemas.ts'
import { conditions, isDueBefore, orderBy, type Selection } from './selection.ts'

const { sql, raw, join } = Prisma
type Sql = Prisma.Sql

/** How each field of the wire is read from its columns. PostgreSQL writes the JSON: it is never taken apart here. */
const fields: Record<keyof Task, string> = {
  id: 'id',
  user_id: 'user_id',
  title: 'title',
  description: 'description',
  completed: 'completed',
  due_date: `CASE WHEN due_all_day THEN to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') ELSE ${instantSql('due_at')} END`,
  created_at: instantSql('created_at'),
  updated_at: instantSql('updated_at'),
}
const columns = raw(
  Object.entries(fields)
    .map(([name, expression]) => `${expression} AS ${name}`)
    .join(),
)
const pairs = Object.entries(fields).map(([name, expression]) => `'${name}', ${expression}`)
/** One task; for many, row_to_json over `columns` is cheaper. */
const taskJson = raw(`json_build_object(${pairs.join()})::text AS json`)

/** Grows with every change, even within a millisecond or under a clock that was set back. */
const nextUpdate = raw(`GREATEST(now(), updated_at + interval '1 millisecond')`)

export type TaskRepository = ReturnType<typeof createTaskRepository>

/**
 * Every query on tasks. The owner comes first, always, and stands in every statement: what belongs to
 * somebody else is as absent as what does not exist. Tasks are returned as their JSON text.
 */
export function createTaskRepository(prisma: Client) {
  const one = async (statement: Sql) => (await prisma.$rows<{ json: string }>(statement))[0]?.json

  const find = (owner: string, id: bigint) =>
    one(sql`SELECT ${taskJson} FROM tasks WHERE user_id = ${owner} AND id = ${id}`)

  return {
    find,

    /** @throws a foreign key violation (23503) where the owner is unknown */
    async create(owner: string, task: NewTask): Promise<string> {
      const due = dueColumns(task.due_date)
      const json =
        await one(sql`INSERT INTO tasks (user_id, title, description, completed, due_at, due_all_day)
        VALUES (${owner}, ${task.title}, ${task.description ?? null}, ${task.completed ?? false}, ${due.at}, ${due.allDay})
        RETURNING ${taskJson}`)
      return json!
    },

    /** Changes what is given; where nothing changes, neither does updated_at. */
    async update(owner: string, id: bigint, changes: TaskChanges): Promise<string | undefined> {
      const assignments = assignmentsOf(changes)
      if (assignments.length === 0) return find(owner, id)
      const names = raw(assignments.map(({ column }) => column).join(', '))
      const values = join(assignments.map(({ value }) => value))
      return one(sql`UPDATE tasks SET (${names}, updated_at) = ROW(${values},
          CASE WHEN ROW(${names}) IS DISTINCT FROM ROW(${values}) THEN ${nextUpdate} ELSE updated_at END)
        WHERE user_id = ${owner} AND id = ${id} RETURNING ${taskJson}`)
    },

    /** Flips the state in one statement: two flips at once are two flips. */
    toggle: (owner: string, id: bigint) =>
      one(sql`UPDATE tasks SET completed = NOT completed, updated_at = ${nextUpdate}
        WHERE user_id = ${owner} AND id = ${id} RETURNING ${taskJson}`),

    /** Returns whether there was such a task. */
    async delete(owner: string, id: bigint): Promise<boolean> {
      const rows = await prisma.$rows(
        sql`DELETE FROM tasks WHERE user_id = ${owner} AND id = ${id} RETURNING id`,
      )
      return rows.length === 1
    },

    /** The first `limit` tasks of a selection, as JSON texts. */
    async list(owner: string, selection: Selection, limit: number, offset = 0): Promise<string[]> {
      const rows = await prisma.$rows<{ page: string | null }>(sql`
        SELECT string_agg(row_to_json(task)::text, E'\n') AS page FROM (
          SELECT ${columns} FROM tasks WHERE ${conditions(owner, selection)}
          ORDER BY ${orderBy(selection)} LIMIT ${limit} OFFSET ${offset}) AS task`)
      return rows[0]?.page?.split('\n') ?? []
    },

    async count(owner: string, selection: Selection): Promise<number> {
      const rows = await prisma.$rows<{ count: number }>(
        sql`SELECT count(*)::float8 AS count FROM tasks WHERE ${conditions(owner, { ...selection, after: undefined })}`,
      )
      return rows[0]!.count
    },

    async summarize(owner: string, now: DueBound): Promise<Omit<Summary, 'message'>> {
      const rows = await prisma.$rows<Omit<Summary, 'message'>>(sql`
        SELECT count(*)::float8 AS total, (count(*) FILTER (WHERE NOT completed))::float8 AS pending,
          (count(*) FILTER (WHERE completed))::float8 AS completed,
          (count(*) FILTER (WHERE NOT completed AND ${isDueBefore(now)}))::float8 AS overdue
        FROM tasks WHERE user_id = ${owner}`)
      return rows[0]!
    },
  }
}

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
