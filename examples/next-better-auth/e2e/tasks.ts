import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  arrive,
  checkbox,
  decisions,
  eventually,
  hold,
  look,
  openDetails,
  REFUSAL,
  result,
  row,
  shows,
  type Task,
  tick,
  titles,
  type World,
} from './browser.ts'

/** The calendar day `fromNow` days from now in the users' time zone. */
const day = (fromNow: number) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(Date.now() + fromNow * 86_400_000)

const MIXED = [
  { title: 'Pay the rent', due_date: day(-2), priority: 'urgent', tags: ['money'] },
  {
    title: 'Call the plumber',
    description: 'The kitchen tap drips.',
    due_date: day(0),
    priority: 'high',
    tags: ['home', 'phone'],
  },
  { title: 'Book the train', due_date: day(3), priority: 'medium', tags: ['travel'] },
  { title: 'Read a novel', completed: true },
  { title: 'Frame the café poster', priority: 'low', tags: ['home', 'weekend'] },
  { title: 'Renew the passport', due_date: day(-9), completed: true },
]

/** Everything that users do with tasks. */
export function tasks(world: World) {
  test('a first visit shows an empty page, and then the first task', async (t) => {
    const { page, api } = await arrive(t, world)
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor()
    await look(page, 'empty')
    await page.getByRole('textbox', { name: 'New task' }).fill('  Water the plants  ')
    await openDetails(page)
    await page.getByLabel('Due date', { exact: true }).fill(day(1))
    await page.getByLabel('Due time', { exact: true }).fill('15:00')
    await page.getByLabel('Notes', { exact: true }).fill('The fern needs little.')
    await look(page, 'composer')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await row(page, 'Water the plants').getByText('The fern needs little.').waitFor()
    await row(page, 'Water the plants')
      .getByText(/^Tomorrow at 3:00/)
      .waitFor()
    await page.getByRole('heading', { name: 'One thing to do.' }).waitFor()
    assert.equal(await page.getByRole('textbox', { name: 'New task' }).inputValue(), '')
    const { body } = await api<Task[]>('GET', '/api/tasks')
    assert.equal(body[0]!.title, 'Water the plants')
    assert.match(body[0]!.due_date!, /^\d{4}-\d\d-\d\dT1[34]:00:00\.000Z$/)
  })

  test('a task is edited in its place, or left as it was', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: MIXED })
    await page.getByRole('button', { name: 'Edit Pay the rent' }).click()
    const form = page.getByRole('form', { name: 'Edit Pay the rent' })
    await look(page, 'editing')
    await form.getByLabel('Title').fill('Pay nobody')
    await page.keyboard.press('Escape')
    const question = page.getByRole('alertdialog', { name: 'Discard your changes?' })
    await question.waitFor()
    await look(page, 'discard')
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    assert.equal(await form.getByLabel('Title').inputValue(), 'Pay nobody', 'Escape keeps the edit')
    await page.keyboard.press('Escape')
    await question.getByRole('button', { name: 'Discard' }).click()
    await checkbox(page, 'Pay the rent').waitFor()
    await page.getByRole('button', { name: 'Edit Pay the rent' }).click()
    await page.keyboard.press('Escape')
    await checkbox(page, 'Pay the rent').waitFor()
    await page.getByRole('button', { name: 'Edit Pay the rent' }).click()
    await form.getByLabel('Title').fill('Pay the rent and the power')
    await form.getByLabel('Due date', { exact: true }).fill(day(5))
    await form.getByLabel('Notes', { exact: true }).fill('From the joint account')
    await form.getByRole('button', { name: 'Save' }).click()
    await row(page, 'Pay the rent and the power').getByText('From the joint account').waitFor()
    await eventually(async () => {
      const { body } = await api<Task[]>('GET', '/api/tasks?search=power')
      assert.equal(body[0]?.due_date, day(5))
    })
  })

  test('an edit that the service refuses keeps what was written, and says why', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Pay the rent' }] })
    const request = hold(page, 'PATCH')
    await page.getByRole('button', { name: 'Edit Pay the rent' }).click()
    const form = page.getByRole('form', { name: 'Edit Pay the rent' })
    await form.getByLabel('Title').fill('Pay the rent today')
    await form.getByRole('button', { name: 'Save' }).click()
    await (await request).fulfill(REFUSAL)
    await decisions(page).getByText('“Pay the rent today” was not saved').waitFor()
    await decisions(page).getByText('Not on a Sunday.').waitFor()
    await checkbox(page, 'Pay the rent today').waitFor()
    await look(page, 'editing-refused')
    await page.getByRole('button', { name: 'Edit Pay the rent today' }).click()
    await page.getByRole('form').getByLabel('Title').fill('Pay the rent tomorrow')
    await page.keyboard.press('Enter')
    await decisions(page).waitFor({ state: 'detached' })
    await eventually(async () =>
      assert.equal((await api<Task[]>('GET', '/api/tasks')).body[0]!.title, 'Pay the rent tomorrow'),
    )
  })

  test('filters, search and order change the list, are in the URL and survive a reload', async (t) => {
    const { page } = await arrive(t, world, { tasks: MIXED })
    await look(page, 'list')
    await page.getByRole('radio', { name: 'Open' }).check()
    await shows(page, 'Frame the café poster', 'Book the train', 'Call the plumber', 'Pay the rent')
    await page.getByRole('radio', { name: 'Overdue' }).check()
    await shows(page, 'Pay the rent')
    await look(page, 'overdue')
    await page.getByRole('radio', { name: 'Done' }).check()
    await shows(page, 'Renew the passport', 'Read a novel')
    await page.getByRole('radio', { name: 'All' }).check()
    await page.getByRole('combobox', { name: 'Due' }).selectOption('Next 7 days')
    await shows(page, 'Book the train', 'Call the plumber')
    await page.getByRole('combobox', { name: 'Due' }).selectOption('Due today')
    await shows(page, 'Call the plumber')
    await page.getByRole('combobox', { name: 'Due' }).selectOption('Any time')
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Title A to Z')
    await shows(page, ...MIXED.map(({ title }) => title).toSorted())
    await page.getByRole('searchbox', { name: 'Search tasks' }).fill('CAFE poster')
    await shows(page, 'Frame the café poster')
    assert.equal(new URL(page.url()).search, '?sort=title&search=CAFE+poster')
    await page.reload()
    await shows(page, 'Frame the café poster')
    await page.getByRole('searchbox', { name: 'Search tasks' }).fill('no such thing')
    await page.getByRole('heading', { name: 'No match' }).waitFor()
    await look(page, 'no-match')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await result(page, MIXED.length)
  })

  test('the summary follows every change, also of overdue tasks', async (t) => {
    const { page } = await arrive(t, world, { tasks: MIXED })
    const summary = page.getByRole('region', { name: 'Summary' })
    const counts = (expected: string[]) =>
      eventually(async () =>
        assert.deepEqual(await summary.getByRole('definition').allTextContents(), expected),
      )
    await counts(['4', '1', '2'])
    await summary.getByRole('heading', { name: 'One thing is late.' }).waitFor()
    await tick(page, 'Pay the rent')
    await counts(['3', '0', '3'])
    await summary.getByRole('heading', { name: '3 things to do.' }).waitFor()
    await summary.getByRole('img', { name: '50 percent done' }).waitFor()
    await tick(page, 'Read a novel', false)
    await counts(['4', '0', '2'])
  })

  test('a tick is visible at once, survives a failure of the service, and can be discarded if it is refused', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Buy milk' }] })
    const first = hold(page, 'PATCH')
    await checkbox(page, 'Buy milk').click()
    const request = await first
    assert.ok(await checkbox(page, 'Buy milk').isChecked(), 'before there is an answer')
    await row(page, 'Buy milk').getByText('Waiting to be sent').waitFor()
    const second = hold(page, 'PATCH')
    await request.fulfill({ status: 500, body: '' })
    await (await second).fulfill(REFUSAL)
    await decisions(page).getByText('“Buy milk” was not saved').waitFor()
    await decisions(page).getByRole('button', { name: 'Undo my change' }).click()
    await page.getByRole('checkbox', { name: 'Buy milk', checked: false }).waitFor()
    await decisions(page).waitFor({ state: 'detached' })
    assert.equal((await api<Task[]>('GET', '/api/tasks')).body[0]!.completed, false)
    await tick(page, 'Buy milk')
    await eventually(async () =>
      assert.equal((await api<Task[]>('GET', '/api/tasks')).body[0]!.completed, true),
    )
  })

  test('a long list grows while it is scrolled, with every task once', async (t) => {
    const many = Array.from({ length: 75 }, (_, number) => ({ title: `Task ${number + 1}` }))
    const { page } = await arrive(t, world, { tasks: many })
    assert.ok((await titles(page)).length < 75)
    await eventually(async () => {
      await page.mouse.move(500, 400)
      await page.mouse.wheel(0, 2000)
      assert.equal((await titles(page)).length, 75)
    })
    assert.deepEqual(await titles(page), many.map(({ title }) => title).toReversed())
    assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0)
    await look(page, 'end-of-long-list')
  })
}
