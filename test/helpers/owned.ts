import type { Test } from 'tap'
import type { PrismaClient } from '../../src/generated/prisma/client.ts'

/** Every statement on `tasks` names its owner: in its condition, or as the first column of what it inserts. */
export const isOwned = (sql: string) =>
  !/\btasks\b/i.test(sql) ||
  /\bWHERE user_id = \$\d/i.test(sql) ||
  /^\s*INSERT INTO tasks \(user_id,/i.test(sql)

/** Listens to what Prisma sends, and fails the test on a statement that forgets the owner. Returns what was sent. */
export function assertOwned(t: Test, prisma: PrismaClient): string[] {
  const statements: string[] = []
  const listenable = prisma as PrismaClient<'query'>
  listenable.$on('query', ({ query }) => {
    statements.push(query)
    if (!isOwned(query)) t.fail('a statement on tasks carries no owner', { query })
  })
  return statements
}
