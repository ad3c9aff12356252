/** `npm run e2e`: the app in a real browser, with the real service. */
import { after, before, describe, test } from 'node:test'
import { access } from './access.ts'
import { account } from './account.ts'
import { findChromium, openBrowser, type World } from './browser.ts'
import { faults } from './faults.ts'
import { headers } from './headers.ts'
import { isolation } from './isolation.ts'
import { labels } from './labels.ts'
import { looks } from './looks.ts'
import { offline } from './offline.ts'
import { repeat } from './repeat.ts'
import { selection } from './selection.ts'
import { session } from './session.ts'
import { startStage } from './stage.ts'
import { tasks } from './tasks.ts'
import { text } from './text.ts'
import { trash } from './trash.ts'

const chromium = findChromium()
if (chromium === undefined && process.env.E2E_REQUIRED) throw new Error('There is no Chromium on the PATH.')

if (chromium === undefined) {
  test('the app in a browser', {
    skip: 'skipped, because there is no Chromium: install it, or set CHROMIUM_PATH',
  })
} else {
  const world = {} as World
  before(async () => {
    Object.assign(world, { stage: await startStage(), browser: await openBrowser(chromium) })
    await world.stage.origin()
  })
  after(async () => {
    await world.browser?.close()
    await world.stage?.stop()
  })
  // Each test has its own users, so these may run at the same time.
  describe('in use', { concurrency: 3 }, () => {
    const suites = [
      account,
      tasks,
      offline,
      labels,
      trash,
      selection,
      repeat,
      text,
      session,
      looks,
      headers,
      isolation,
      access,
    ]
    for (const suite of suites) suite(world)
  })
  // These stop what all tests share.
  describe('when something fails', () => faults(world))
}
