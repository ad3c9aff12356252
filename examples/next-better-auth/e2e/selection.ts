import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  arrive,
  checkbox,
  decisions,
  countWrites,
  eventually,
  fits,
  hold,
  look,
  notice,
  option,
  row,
  saved,
  sends,
  shows,
  type Task,
  type Visitor,
  type World,
} from './browser.ts'

const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
const TASKS = ['E', 'D', 'C', 'B', 'A'].map((letter) => ({ title: `Task ${letter}` }))

const begin = (page: Page) => page.getByRole('button', { name: 'Select', exact: true }).click()
const box = (page: Page, letter: string) =>
  page.getByRole('checkbox', { name: `Select Task ${letter}`, exact: true })
const bar = (page: Page) => page.getByRole('group', { name: 'Selected tasks' })
const selected = (page: Page, count: number) =>
  page
    .getByRole('status', { name: 'Selection' })
    .filter({ hasText: new RegExp(`^${count} selected`) })
    .waitFor()
const act = (page: Page, name: string) => bar(page).getByRole('button', { name, exact: true }).click()

/** Selecting several tasks and changing them at once. */
export function selection(world: World) {
  const stored = async ({ api }: Visitor) =>
    (await api<Task[]>('GET', '/api/tasks?sort=title')).body.map(
      ({ title, completed, priority, tags }) =>
        `${title.at(-1)}${completed ? '✓' : ''} ${[priority, ...tags].join(' ')}`,
    )
  const holds = (visitor: Visitor, ...expected: string[]) =>
    eventually(async () => assert.deepEqual(await stored(visitor), expected))

  test('clicks, Shift and the keyboard select tasks', async (t) => {
    const { page } = await arrive(t, world, { tasks: TASKS })
    await begin(page)
    await selected(page, 0)
    await box(page, 'A').click()
    await box(page, 'D').click({ modifiers: ['Shift'] })
    await selected(page, 4)
    await box(page, 'B').click()
    await selected(page, 3)
    await look(page, 'selecting')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    assert.ok(await box(page, 'E').evaluate((element) => element === document.activeElement))
    await page.keyboard.press('Space')
    await selected(page, 4)
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Shift+Space')
    await selected(page, 5)
    await page.keyboard.press('Escape')
    await checkbox(page, 'Task A').waitFor()
    await begin(page)
    await selected(page, 0)
    await act(page, 'Select all')
    await selected(page, 5)
    await act(page, 'Finish')
    await bar(page).waitFor({ state: 'detached' })
    const focused = await page.evaluate(() => document.activeElement!.tagName)
    assert.notEqual(focused, 'BODY')
  })

  test('each action has an undo, and sends each task once', async (t) => {
    const visitor = await arrive(t, world, {
      tasks: [
        { title: 'Task C', completed: true },
        { title: 'Task B', priority: 'low', tags: ['home'] },
        { title: 'Task A', tags: ['Garden'] },
      ],
    })
    const { page } = visitor
    const requests = countWrites(page, world)
    const undo = async () => {
      await page.getByRole('button', { name: 'Undo' }).last().click()
      await holds(visitor, 'A none Garden', 'B low home', 'C✓ none')
    }
    await begin(page)
    await act(page, 'Select all')
    await act(page, 'Mark done')
    await notice(page, '2 tasks are done.').waitFor()
    await page.getByRole('heading', { name: 'All done. Enjoy it.' }).waitFor()
    await holds(visitor, 'A✓ none Garden', 'B✓ low home', 'C✓ none')
    await undo()
    await page.getByRole('heading', { name: '2 things to do.' }).waitFor()

    await act(page, 'Reopen')
    await holds(visitor, 'A none Garden', 'B low home', 'C none')
    await undo()
    await bar(page).getByRole('combobox', { name: 'Set priority' }).selectOption('Urgent')
    await row(page, 'Select Task B').getByText('Urgent').waitFor()
    await holds(visitor, 'A urgent Garden', 'B urgent home', 'C✓ urgent')
    await undo()

    await bar(page).getByRole('combobox', { name: 'Add a tag' }).fill('gar')
    await option(page, 'Garden').click()
    await holds(visitor, 'A none Garden', 'B low home Garden', 'C✓ none Garden')
    await undo()
    await bar(page).getByRole('combobox', { name: 'Add a tag' }).fill('new')
    await act(page, 'Add tag')
    await holds(visitor, 'A none Garden new', 'B low home new', 'C✓ none new')
    await look(page, 'tagged')
    await undo()

    await act(page, 'Delete')
    await holds(visitor)
    await page.getByRole('heading', { name: 'A fresh page.' }).waitFor()
    await undo()
    await act(page, 'Finish')
    await shows(page, 'Task A', 'Task B', 'Task C')
    await saved(page)
    // Two ticks, one reopened, three priorities, two tags and three tags, and the undo of each.
    await sends(requests, {
      'PATCH /api/tasks/id': 22,
      'DELETE /api/tasks/id': 3,
      'POST /api/tasks/id/restore': 3,
    })
  })

  test('a task that was deleted elsewhere does not prevent changes of the others', async (t) => {
    const visitor = await arrive(t, world, { tasks: TASKS })
    const { page, api, context } = visitor
    await context.setOffline(true)
    await begin(page)
    await act(page, 'Select all')
    const [{ id }] = (await api<[Task]>('GET', '/api/tasks?search=Task C')).body
    await api('DELETE', `/api/tasks/${id}`)
    await act(page, 'Mark done')
    await context.setOffline(false)
    await decisions(page).getByText('“Task C” was deleted elsewhere, and you changed it').waitFor()
    await holds(visitor, 'A✓ none', 'B✓ none', 'D✓ none', 'E✓ none')
    await selected(page, 5)
    await look(page, 'deleted-and-changed')
    await decisions(page).getByRole('button', { name: 'Let it go' }).click()
    await selected(page, 4)
    await page.getByRole('heading', { name: 'All done. Enjoy it.' }).waitFor()
    await saved(page)
  })

  test('changes of a task are sent in order, and waiting ones are merged', async (t) => {
    const visitor = await arrive(t, world, { tasks: TASKS.slice(3) })
    const { page } = visitor
    const first = hold(page, 'PATCH')
    await checkbox(page, 'Task A').click()
    const held = await first
    const requests = countWrites(page, world)
    const id = new URL(held.request().url()).pathname.split('/').at(-1)!
    await begin(page)
    await act(page, 'Select all')
    await act(page, 'Reopen')
    await bar(page).getByRole('combobox', { name: 'Set priority' }).selectOption('High')
    await row(page, 'Select Task A').getByText('High').waitFor()
    assert.deepEqual(
      requests.filter((request) => request.endsWith(`/${id}`)),
      [],
      'no later change is sent before the tick',
    )
    await held.continue()
    await holds(visitor, 'A high', 'B high')
    await eventually(async () =>
      assert.equal(requests.filter((request) => request.endsWith(`/${id}`)).length, 1),
    )
  })

  test('a phone has room for selecting, also with large text', async (t) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await arrive(t, world, {
        ...PHONE,
        colorScheme,
        tasks: [
          ...TASKS,
          { title: 'Water the plants', priority: 'urgent', tags: ['garden', 'every morning'] },
        ],
      })
      await fits(page, 'list')
      await page.getByRole('button', { name: 'Select', exact: true }).tap()
      await box(page, 'A').tap()
      await selected(page, 1)
      await fits(page, 'selecting')
      await look(page, `narrow-selecting-${colorScheme}`)
      await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
      await fits(page, 'selecting with large text')
      await act(page, 'Finish')
      await fits(page, 'list with large text')
      await look(page, `narrow-large-${colorScheme}`)
      await page.getByRole('button', { name: 'Due date, priority, tags and notes' }).tap()
      await fits(page, 'composer with large text')
      await look(page, `narrow-composer-large-${colorScheme}`)
    }
  })
}
