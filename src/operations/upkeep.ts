import fp from 'fastify-plugin'
import { reasonOf } from '../database/errors.ts'

/** A query that deletes old rows of all users. Copies of the service may purge at the same time. */
export interface Purge {
  /** What it deletes, for the log. */
  what: string
  /** Deletes at most `most` rows and returns their number. */
  purge: (most: number) => Promise<number>
}

export interface UpkeepOptions {
  purges: readonly Purge[]
  /** Time from the start to the first round, and between two rounds. */
  firstMs?: number
  everyMs?: number
  /** Maximum number of rows that one statement deletes. A larger one makes heavy statements of users wait longer. */
  most?: number
}

/** 0.5 to 1.5 times as long, so that copies that start together do not purge together. */
const jitter = (ms: number) => ms * (0.5 + Math.random())

/**
 * Runs every purge soon after the service listens, and then about hourly. A purge that fails is one warning, and is
 * tried again in the next round.
 */
export const upkeep = fp<UpkeepOptions>(
  async (app, { purges, firstMs = 5000, everyMs = 3_600_000, most = 1000 }) => {
    let timer: NodeJS.Timeout | undefined
    let isStopped = false

    async function runAll({ what, purge }: Purge) {
      let deleted = 0
      try {
        for (let count = most; count === most && !isStopped; deleted += count) count = await purge(most)
      } catch (error) {
        if (!isStopped) app.log.warn(`the purge of ${what} failed: ${reasonOf(error as Error)}`)
      }
      if (deleted > 0) app.log.info({ deleted }, `purged ${what}`)
    }

    const schedule = (ms: number) => {
      if (!isStopped) timer = setTimeout(() => void runRound(), jitter(ms)).unref()
    }
    async function runRound() {
      for (const purge of purges) await runAll(purge)
      schedule(everyMs)
    }

    app.addHook('onListen', async () => schedule(firstMs))
    app.addHook('preClose', async () => {
      isStopped = true
      clearTimeout(timer)
    })
  },
)
