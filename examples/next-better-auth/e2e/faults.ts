import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrive, checkbox, eventually, look, notice, result, type Task, tick, type World } from './browser.ts'

const TASKS = [{ title: 'Buy milk' }, { title: 'Water the plants' }]

/** The service, the database and the network go away and come back. */
export function faults(world: World) {
  const isDone = async ({ api }: Awaited<ReturnType<typeof arrive>>, title: string) =>
    (await api<Task[]>('GET', '/api/tasks')).body.some((task) => task.title === title && task.completed)

  test('a service that restarts between two clicks is not noticed', async (t) => {
    const visitor = await arrive(t, world, { tasks: TASKS })
    const { page } = visitor
    await world.stage.service.stop()
    await world.stage.service.start()
    await tick(page, 'Buy milk')
    await eventually(async () => assert.ok(await isDone(visitor, 'Buy milk')))
    assert.equal(await page.getByRole('status', { name: 'Notices' }).textContent(), '')
  })

  test('while the service is away changes are taken back, and all is well when it returns', async (t) => {
    const visitor = await arrive(t, world, { tasks: TASKS })
    const { page } = visitor
    const banner = page.getByRole('status', { name: 'Connection' })
    await world.stage.service.stop()
    try {
      await checkbox(page, 'Buy milk').click()
      await notice(page, '“Buy milk” is still open.').waitFor()
      assert.equal(await checkbox(page, 'Buy milk').isChecked(), false)
      await banner.getByText('Trying again…').waitFor()
      await look(page, 'service-away')
      for (const title of ['Buy milk', 'Water the plants']) await checkbox(page, title).click()
      await notice(page, '2 changes were taken back.').waitFor()
      const messages = page.locator('[aria-label=Notices] > *, [aria-label=Connection] > *')
      assert.equal(await messages.count(), 1, 'one outage is one message')
      await look(page, 'service-away-twice')
      await page.getByRole('textbox', { name: 'New task' }).fill('Written meanwhile')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').getByText('Your text is still here.').waitFor()
      await look(page, 'service-away-adding')
    } finally {
      await world.stage.service.start()
    }
    await banner.getByText('Trying again…').waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await checkbox(page, 'Written meanwhile').waitFor()
    await tick(page, 'Buy milk')
    await eventually(async () => assert.ok(await isDone(visitor, 'Buy milk')))
  })

  test('a page that is opened while the service is away fills as soon as it is back', async (t) => {
    const { page } = await arrive(t, world, { tasks: TASKS })
    await world.stage.service.stop()
    try {
      await page.reload()
      await page.getByRole('heading', { name: 'Your tasks are out of reach' }).waitFor()
      await look(page, 'out-of-reach')
    } finally {
      await world.stage.service.start()
    }
    await result(page, 2)
  })

  test('the database goes away, from the service and from Better Auth, and comes back', async (t) => {
    const visitor = await arrive(t, world, { tasks: TASKS })
    const { page, context } = visitor
    const other = await context.newPage()
    await world.stage.postgres.end('SIGINT')
    try {
      await checkbox(page, 'Buy milk').click()
      await notice(page, '“Buy milk” is still open.').waitFor()
      await look(page, 'database-away')
      await other.goto('/')
      await other.getByText('Daybook is taking a break').waitFor()
      await look(other, 'taking-a-break')
    } finally {
      world.stage.postgres.start()
    }
    await result(other, 2)
    await page
      .getByRole('status', { name: 'Connection' })
      .getByText('Trying again…')
      .waitFor({ state: 'hidden' })
    await tick(page, 'Buy milk')
    await eventually(async () => assert.ok(await isDone(visitor, 'Buy milk')))
  })

  test('what is done offline is sent once the connection is back', async (t) => {
    const visitor = await arrive(t, world, { tasks: TASKS })
    const { page, context } = visitor
    const banner = page.getByRole('status', { name: 'Connection' })
    await context.setOffline(true)
    await banner.getByText('You are offline. Changes are sent').waitFor()
    await tick(page, 'Buy milk')
    await banner.getByText('One change waits').waitFor()
    await page.getByRole('textbox', { name: 'New task' }).fill('Written on the train')
    await page.keyboard.press('Enter')
    await banner.getByText('2 changes wait').waitFor()
    await look(page, 'offline')
    await context.setOffline(false)
    await checkbox(page, 'Written on the train').waitFor()
    await banner.getByText('offline').waitFor({ state: 'hidden' })
    await eventually(async () => assert.ok(await isDone(visitor, 'Buy milk')))
  })
}
