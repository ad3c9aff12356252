import type { Client } from '../../database/client.ts'
import type { Owner } from '../../database/owner.ts'
import { type Once, writeBatchKey } from '../idempotency-statements.ts'
import { countFresh, insertRows, type Link, linkRows, lockOwner } from './statements.ts'

const HEAVY = { isHeavy: true }

export type TransferRepository = ReturnType<typeof createTransferRepository>

/** The queries of imports. The owner is the first argument and part of every statement. */
export const createTransferRepository = (prisma: Client) => ({
  /**
   * Creates the tasks of a file that do not exist yet, all of them or none. Returns the number of new tasks, as text.
   *
   * @param rows a JSON array of rows (`rowJson`)
   * @param once makes it an error (`isUsedKey`) to do it twice
   * @throws a foreign key violation (23503) if the owner does not exist
   */
  async insert(owner: Owner, rows: string, links: readonly Link[], once?: Once): Promise<string[]> {
    const statements = [
      lockOwner(owner.id),
      insertRows(owner.id, rows),
      ...(links.length > 0 ? [linkRows(owner.id, links)] : []),
      ...(once === undefined ? [] : [writeBatchKey(owner.id, once)]),
    ]
    return (await prisma.$queryJsonAll(owner, statements, HEAVY))[1]!
  },

  /** Returns how many tasks of a file do not exist yet. */
  count: async (owner: Owner, rows: string): Promise<number> =>
    Number((await prisma.$queryJson(owner, countFresh(owner.id, rows), HEAVY))[0]),
})
