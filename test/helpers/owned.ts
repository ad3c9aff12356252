import type { Test } from 'tap'

/**
 * Every statement on tasks, deleted or not, names its owner, first in its condition or as the first column of what it
 * inserts, or reads no row at all.
 */
export const isOwned = (sql: string) =>
  !/\b(deleted_)?tasks\b/i.test(sql) ||
  /\bWHERE \(?("public"\."(deleted_)?tasks"\.)?"?user_id"? = \$\d/i.test(sql) ||
  /\bWHERE 1=0\b/.test(sql) ||
  /^\s*(WITH +\w+ ?\(\w+\) AS \()?INSERT INTO tasks \(user_id,/i.test(sql)

/** Listens to what Prisma sends, and fails the test on a statement that forgets the owner. */
export function watchStatements(t: Test) {
  const statements: string[] = []
  const values: (unknown[] | undefined)[] = []
  const onQuery = (event: { query: string; values?: unknown[] }) => {
    const { query } = event
    statements.push(query)
    values.push(event.values)
    if (!isOwned(query)) t.fail('a statement on tasks carries no owner', { query })
  }
  return { statements, values, onQuery }
}
