import { Prisma } from '../generated/prisma/client.ts'
import type { ListQuery } from './schemas.ts'

const { sql, join } = Prisma

/** The words of a search, each once. `q` is another name for it. */
export const wordsOf = ({ search, q }: ListQuery): string[] => [
  ...new Set((search || q || '').split(/\s+/).filter((word) => word !== '')),
]

/**
 * Every word is somewhere in the title or the description. PostgreSQL folds case and accents of both sides
 * with the same function; strpos knows no wildcards, and lets the planner expect that matches are common,
 * so that a page is read along its index until it is full.
 */
export const containsAll = (words: string[]): Prisma.Sql =>
  join(
    words.map((word) => sql`strpos(search_text, fold_text(${word})) > 0`),
    ' AND ',
  )
