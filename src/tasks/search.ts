import { Prisma } from '../generated/prisma/client.ts'
import type { ListQuery } from './query-schemas.ts'

const { sql, join } = Prisma

/** What separates words: Unicode's White_Space, which is all that `fold_text` keeps as or turns into white space. */
const SEPARATOR = /\p{White_Space}+/u

/** The words of a search, without duplicates. `q` is another name for `search`. */
export const wordsOf = ({ search, q }: ListQuery): string[] => [
  ...new Set((search || q || '').split(SEPARATOR).filter((word) => word !== '')),
]

/**
 * Every word occurs in the title or the description. PostgreSQL folds both sides with the same function.
 * A word that folds to nothing, such as a lone accent, is in every text: it narrows nothing.
 * strpos knows no wildcards. Unlike LIKE it lets the planner expect many matches, so a page is read along its
 * index until it is full.
 */
export const containsAll = (words: string[]): Prisma.Sql =>
  join(
    words.map((word) => sql`strpos(search_text, fold_text(${word})) > 0`),
    ' AND ',
  )
