import { instantSql, jsonObject } from '../database/client.ts'
import { Prisma } from '../generated/prisma/client.ts'
import type { Summary, Task } from './schemas.ts'

const { raw } = Prisma

/* PostgreSQL writes the JSON, whose properties are those of the wire schemas; it is never taken apart here. */

/** How each field of the wire is read from its columns. */
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
/** What a row is read as. */
export const columns = raw(
  Object.entries(fields)
    .map(([name, expression]) => `${expression} AS ${name}`)
    .join(),
)
/** One task; for many, row_to_json over `columns` is cheaper. */
export const taskJson = jsonObject(fields)

/** How the summary is read from its counts. */
const counts: Record<keyof Summary, string> = {
  total: 'total',
  pending: 'pending',
  completed: 'completed',
  overdue: 'overdue',
  message: `format('%s %s pending, %s overdue', pending, CASE pending WHEN 1 THEN 'task' ELSE 'tasks' END, overdue)`,
}
/** The summary, of a row of counts. */
export const summaryJson = jsonObject(counts)
