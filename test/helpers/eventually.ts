import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits until something holds.
 *
 * @throws if it does not hold within a minute
 */
export async function eventually(holds: () => boolean | Promise<boolean>) {
  for (const end = Date.now() + 60_000; !(await holds());) {
    if (Date.now() > end) throw new Error(`not within a minute: ${holds.toString()}`)
    await sleep(5)
  }
}
