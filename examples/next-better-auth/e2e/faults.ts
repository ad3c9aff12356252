import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  arrive,
  checkbox,
  composer,
  connection,
  eventually,
  look,
  PASSWORD,
  result,
  saved,
  shows,
  type Task,
  tick,
  visit,
  type World,
} from './browser.ts'

const TASKS = [{ title: 'Buy milk' }, { title: 'Water the plants' }]

/** The service and the database go away and come back. */
export function faults(world: World) {
  const stored = async ({ api }: Awaited<ReturnType<typeof arrive>>) =>
    (await api<Task[]>('GET', '/api/tasks?sort=title')).body.map(
      ({ title, completed }) => title + (completed ? ' ✓' : ''),
    )
  const holds = (visitor: Awaited<ReturnType<typeof arrive>>, ...expected: string[]) =>
    eventually(async () => assert.deepEqual(await stored(visitor), expected))

  test('a restart of the service between two clicks is not noticeable', async (t) => {
    const visitor = await arrive(t, world, { tasks: TASKS })
    const { page } = visitor
    await world.stage.service.stop()
    await world.stage.service.start()
    await tick(page, 'Buy milk')
    await holds(visitor, 'Buy milk ✓', 'Water the plants')
    assert.equal(await page.getByRole('status', { name: 'Notices' }).textContent(), '')
  })

  test('while the service is unavailable, everything continues, and is sent when it is available again', async (t) => {
    const visitor = await arrive(t, world, { tasks: TASKS })
    const { page } = visitor
    await world.stage.service.stop()
    try {
      await tick(page, 'Buy milk')
      await composer(page).fill('Written meanwhile')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Delete Water the plants' }).click()
      await connection(page, /^The service cannot be reached since .+ 3 tasks wait to be sent\.$/).waitFor()
      await look(page, 'service-away')
      await page.reload()
      await shows(page, 'Written meanwhile', 'Buy milk')
      assert.deepEqual(await page.getByRole('definition').allTextContents(), ['1', '0', '1'])
    } finally {
      await world.stage.service.start()
    }
    await saved(page)
    await holds(visitor, 'Buy milk ✓', 'Written meanwhile')
  })

  test('a device that opens the page while the service is unavailable gets its tasks when it is available again', async (t) => {
    const { email } = await arrive(t, world, { tasks: TASKS })
    const { page, context, origin } = await visit(t, world)
    const session = { data: { email, password: PASSWORD }, headers: { origin } }
    await world.stage.service.stop()
    try {
      await context.request.post('/api/auth/sign-in/email', session)
      await page.goto('/')
      await page.getByRole('heading', { name: 'Your tasks are out of reach' }).waitFor()
      await composer(page).fill('Added to the unknown')
      await page.keyboard.press('Enter')
      await checkbox(page, 'Added to the unknown').waitFor()
      await look(page, 'out-of-reach')
    } finally {
      await world.stage.service.start()
    }
    await result(page, 3)
  })

  test('the page survives an outage of the database of the service and of Better Auth', async (t) => {
    const visitor = await arrive(t, world, { tasks: TASKS })
    const { page, context } = visitor
    // A device that has a session and has never opened the page.
    const empty = await visit(t, world)
    const session = { data: { email: visitor.email, password: PASSWORD }, headers: { origin: empty.origin } }
    await empty.context.request.post('/api/auth/sign-in/email', session)
    const other = await context.newPage()
    await world.stage.postgres.end('SIGINT')
    try {
      await tick(page, 'Buy milk')
      await connection(page, 'One task waits to be sent.').waitFor()
      await look(page, 'database-away')
      // Nobody can say who is signed in. The tasks of the last user are on this device.
      await other.goto('/')
      await shows(other, 'Water the plants', 'Buy milk')
      await tick(other, 'Water the plants')
      await empty.page.goto('/')
      await empty.page.getByText('Daybook is taking a break').waitFor()
      await look(empty.page, 'taking-a-break')
    } finally {
      world.stage.postgres.start()
    }
    for (const each of [page, other]) await saved(each)
    await holds(visitor, 'Buy milk ✓', 'Water the plants ✓')
    await result(empty.page, 2)
  })
}
