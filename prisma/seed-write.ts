import type pg from 'pg'
import type { SeedTask, SeedUser } from './seed-demo.ts'

/** Every list becomes a column: few parameters, whatever the number of rows. */
const STATEMENT = `
WITH person AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS p (id, email, name, created_at)
), empty AS (
  SELECT id FROM person WHERE NOT EXISTS (SELECT FROM tasks WHERE user_id = person.id)
    AND NOT EXISTS (SELECT FROM deleted_tasks WHERE user_id = person.id)
), added AS (
  INSERT INTO users (id, email, name, created_at)
  SELECT id, CASE WHEN EXISTS (SELECT FROM users WHERE users.email = person.email) THEN NULL ELSE email END, name, created_at
  FROM person
  ON CONFLICT (id) DO NOTHING
), task AS (
  SELECT user_id, title, description, completed, due_at, due_all_day, priority, string_to_array(tags, ',') AS tags,
    recurrence, created_at, updated_at, deleted_at
  FROM unnest($5::text[], $6::text[], $7::text[], $8::boolean[], $9::timestamptz[], $10::boolean[],
      $11::task_priority[], $12::text[], $13::jsonb[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[])
    AS t (user_id, title, description, completed, due_at, due_all_day, priority, tags, recurrence, created_at, updated_at, deleted_at)
  WHERE user_id IN (SELECT id FROM empty)
), trash AS (
  INSERT INTO deleted_tasks (id, user_id, title, description, completed, due_at, due_all_day, priority, tags, recurrence,
    created_at, updated_at, deleted_at)
  SELECT nextval(pg_get_serial_sequence('tasks', 'id')), task.* FROM task WHERE deleted_at IS NOT NULL
)
INSERT INTO tasks (user_id, title, description, completed, due_at, due_all_day, priority, tags, recurrence, created_at,
  updated_at)
SELECT user_id, title, description, completed, due_at, due_all_day, priority, tags, recurrence, created_at, updated_at
FROM task WHERE deleted_at IS NULL`

/**
 * Adds users, and tasks for those who have none: in one statement, so that nobody is left with half of them.
 * An e-mail address that somebody else has is left out.
 *
 * @returns how many tasks were added, those in the trash not counted
 */
export async function writeUsers(client: pg.Client, users: SeedUser[]): Promise<number> {
  const tasks = users.flatMap((user) => user.tasks)
  const column = <Name extends keyof SeedTask>(name: Name) => tasks.map((task) => task[name])
  const { rowCount } = await client.query({
    name: 'seed',
    text: STATEMENT,
    values: [
      users.map(({ id }) => id),
      users.map(({ email }) => email),
      users.map(({ name }) => name),
      users.map((user) => instant(user.tasks[0]?.createdAt ?? new Date())),
      users.flatMap((user) => user.tasks.map(() => user.id)),
      column('title'),
      column('description'),
      column('completed'),
      column('dueAt').map(instant),
      column('dueAllDay'),
      column('priority'),
      // No tag contains a comma, and unnest would take an array of arrays apart.
      column('tags').map(String),
      column('recurrence').map((recurrence) => recurrence && JSON.stringify(recurrence)),
      column('createdAt').map(instant),
      column('updatedAt').map(instant),
      column('deletedAt').map(instant),
    ],
  })
  return rowCount ?? 0
}

const instant = (date: Date | null) => date?.toISOString() ?? null

/** Shows how far a long job is: a bar on a terminal, a line for every tenth elsewhere. */
export function createProgress(total: number, output: NodeJS.WriteStream) {
  const started = performance.now()
  let shown = 0
  return function advance(done: number) {
    const share = done / total
    const step = Math.floor(share * (output.isTTY ? 1000 : 10))
    if (step === shown) return
    shown = step
    const seconds = (performance.now() - started) / 1000
    const left =
      share === 1 ? `in ${seconds.toFixed(1)} s` : `${Math.ceil((seconds / share) * (1 - share))} s left`
    const bar = '█'.repeat(Math.floor(share * 30)).padEnd(30, '░')
    const text = `${output.isTTY ? `${bar} ` : ''}${Math.floor(share * 100)} % of ${total} users, ${left}`
    output.write(output.isTTY ? `\r\u001b[K${text}${share === 1 ? '\n' : ''}` : `${text}\n`)
  }
}
