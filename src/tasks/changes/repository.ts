import type { Client } from '../../database/client.ts'
import { NOBODY, type Owner } from '../../database/owner.ts'
import { parseSnapshot, type Snapshot, type Walk } from './cursor.ts'
import { purgeDeletedIds, readChanges, repairChanges } from './statements.ts'

/** Maximum number of tasks that one statement repairs, so that each statement is short. */
const REPAIR_AT_ONCE = 5000
/** After a long transaction, a walk may have to skip many changes that it has returned before. */
const WIDE = 10_000n

export type ChangeFeed = ReturnType<typeof createChangeFeed>

/** The first line of a page (statements.ts). */
interface PageState {
  identity: string
  snapshot: string
  at: number
  needs_repair: boolean
}

export interface Change {
  xid: bigint
  id: bigint
  /** JSON; undefined if the task was deleted. */
  task: string | undefined
}

export interface ChangePage {
  /** Names the database and the account. */
  identity: string
  /** The moment at which the page was read. */
  now: Snapshot
  changes: Change[]
}

/** The queries of the change feed. The owner is the first argument and part of every statement. */
export function createChangeFeed(prisma: Client) {
  return {
    /** The first `limit` changes of a walk after its position. */
    async read(owner: Owner, walk: Walk, limit: number): Promise<ChangePage> {
      const isHeavy = walk.from !== undefined && walk.from.xmax - walk.from.xmin > WIDE
      const read = async () =>
        pageOf(
          await prisma.$queryJson(owner, readChanges(owner.id, walk, limit), { isHeavy, isPrepared: true }),
        )
      for (let page = await read(); ; page = await read()) {
        if (!page.needsRepair) return page
        await repair(owner)
      }
    },

    /** Deletes at most `most` ids, of all users, that are older than any valid cursor. Returns their number. */
    purge: async (most: number): Promise<number> =>
      Number((await prisma.$queryJson(NOBODY, purgeDeletedIds(most), { isHeavy: true }))[0]),
  }

  async function repair(owner: Owner) {
    const send = () => prisma.$queryJson(owner, repairChanges(owner.id, REPAIR_AT_ONCE), { isHeavy: true })
    while (Number((await send())[0]) === REPAIR_AT_ONCE);
  }
}

function pageOf([state, ...lines]: string[]): ChangePage & { needsRepair: boolean } {
  const { identity, snapshot, at, needs_repair: needsRepair } = JSON.parse(state!) as PageState
  return { identity, now: parseSnapshot(snapshot, at), changes: lines.map(changeOf), needsRepair }
}

function changeOf(line: string): Change {
  const [, xid, id, task] = /^(\d+) (\d+)(?: (.*))?$/s.exec(line)!
  return { xid: BigInt(xid!), id: BigInt(id!), task }
}
