import pg from 'pg'

/** The columns of a task, read as an array, which is the cheapest format of rows in pg. */
export type TaskRow = [
  id: number,
  title: string,
  description: string | null,
  completed: boolean,
  priority: string,
  tags: string[],
  dueAt: string | null,
  dueAllDay: boolean,
  recurrence: object | null,
  nextTaskId: number | null,
  createdAt: string,
  updatedAt: string,
]
const columns =
  'id, title, description, completed, priority, tags, due_at, due_all_day, recurrence, next_task_id, created_at, updated_at'
const nextUpdate = `GREATEST(now(), updated_at + interval '1 millisecond')`
const newestFirst = 'ORDER BY created_at DESC, id DESC'

/** The statements of the hand-written baseline by name. Each is prepared once per connection. */
const statements = {
  provision: `INSERT INTO users (id, email, name) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name
    WHERE (users.email, users.name) IS DISTINCT FROM (excluded.email, excluded.name)`,
  list: `SELECT ${columns} FROM tasks WHERE user_id = $1 ${newestFirst}`,
  page: `SELECT ${columns} FROM tasks WHERE user_id = $1 ${newestFirst} LIMIT $2`,
  pageAfter: `SELECT ${columns} FROM tasks WHERE user_id = $1 AND (created_at, id) < ($3, $4) ${newestFirst} LIMIT $2`,
  pageByTag: `SELECT ${columns} FROM tasks WHERE user_id = $1 AND tag_keys @> ARRAY[$3] ${newestFirst} LIMIT $2`,
  get: `SELECT ${columns} FROM tasks WHERE user_id = $1 AND id = $2`,
  create: `INSERT INTO tasks (user_id, title, description, completed, due_at, due_all_day)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${columns}`,
  setTitle: `UPDATE tasks SET title = $3,
      updated_at = CASE WHEN title IS DISTINCT FROM $3 THEN ${nextUpdate} ELSE updated_at END
    WHERE user_id = $1 AND id = $2 RETURNING ${columns}`,
  toggle: `UPDATE tasks SET completed = NOT completed, updated_at = ${nextUpdate}
    WHERE user_id = $1 AND id = $2 RETURNING ${columns}`,
  delete: 'DELETE FROM tasks WHERE user_id = $1 AND id = $2',
  summary: `SELECT count(*), count(*) FILTER (WHERE NOT completed), count(*) FILTER (WHERE completed),
      count(*) FILTER (WHERE NOT completed AND due_at < CASE WHEN due_all_day THEN $2::timestamptz ELSE $3::timestamptz END)
    FROM tasks WHERE user_id = $1`,
}
export type StatementName = keyof typeof statements

const BIGINT = 20
const TIMESTAMPTZ = 1184

/** In a session in UTC PostgreSQL writes `2026-01-02 10:00:00.1+00`. Converting this to RFC 3339 needs no Date. */
const instant = (text: string) =>
  `${text.slice(0, 10)}T${text.slice(11, 19)}.${text[19] === '.' ? text.slice(20, -3).padEnd(3, '0') : '000'}Z`

export function createHandwrittenDatabase(connectionString: string, max: number) {
  const types = new pg.TypeOverrides()
  types.setTypeParser(BIGINT, Number)
  types.setTypeParser(TIMESTAMPTZ, instant)
  const pool = new pg.Pool({ connectionString, max, types, options: '-c timezone=UTC', keepAlive: true })
  return async function run<Row extends unknown[] = TaskRow>(name: StatementName, values: unknown[]) {
    return pool.query<Row>({ name, text: statements[name], values, rowMode: 'array' })
  }
}
