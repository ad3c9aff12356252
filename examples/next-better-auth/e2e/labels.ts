import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  arrive,
  checkbox,
  composer,
  countWrites,
  eventually,
  hold,
  look,
  openDetails,
  option,
  row,
  saved,
  sends,
  shows,
  type Task,
  type World,
} from './browser.ts'

const tagField = (page: Page) => page.getByRole('combobox', { name: 'Tags', exact: true })
const chosen = (page: Page) => page.getByRole('list', { name: 'Tags of this task' }).getByRole('button')
const filterButton = (page: Page, title: string, tag: string) =>
  row(page, title).getByRole('button', { name: `Filter by tag ${tag}` })
const LABELLED = [
  { title: 'Sweep the yard', priority: 'low', tags: ['garden'] },
  { title: 'Call the bank', priority: 'urgent', tags: ['money', 'Phone'] },
  { title: 'Mow the lawn', tags: ['garden', 'noisy'] },
  { title: 'Pay the gardener', priority: 'high', tags: ['garden', 'money'] },
]

/** Priority and tags. */
export function labels(world: World) {
  test('a new task gets its priority and tags by keyboard, and tags in use are suggested', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: LABELLED })
    const { keyboard } = page
    await composer(page).fill('Plant a tree')
    await openDetails(page)
    await page.getByRole('radio', { name: 'None' }).focus()
    for (let steps = 0; steps < 3; steps += 1) await keyboard.press('ArrowRight')
    assert.ok(await page.getByRole('radio', { name: 'High' }).isChecked())
    await keyboard.press('Tab')
    assert.ok(await tagField(page).evaluate((field) => field === document.activeElement))

    await keyboard.type('gar')
    await option(page, 'garden').waitFor()
    assert.equal(await tagField(page).getAttribute('aria-expanded'), 'true')
    await keyboard.press('ArrowDown')
    const active = await tagField(page).getAttribute('aria-activedescendant')
    assert.match((await page.locator(`[id="${active}"]`).textContent())!, /^garden/)
    await look(page, 'tags-suggested')
    await keyboard.press('Enter')
    await keyboard.type('GARDEN')
    await keyboard.press('Enter')
    await keyboard.type('trees,phone,wrong')
    await keyboard.press('Enter')
    await keyboard.press('Backspace')
    assert.deepEqual(await chosen(page).allTextContents(), [
      'Remove tag garden×',
      'Remove tag trees×',
      'Remove tag Phone×',
    ])
    await keyboard.type('half')
    await look(page, 'tags-chosen')
    await composer(page).focus()
    await keyboard.press('Enter')

    await row(page, 'Plant a tree').getByText('High priority').waitFor()
    await filterButton(page, 'Plant a tree', 'trees').waitFor()
    await eventually(async () => {
      const [task] = (await api<Task[]>('GET', '/api/tasks?search=Plant')).body
      assert.equal(task?.priority, 'high')
      assert.deepEqual(task?.tags, ['garden', 'trees', 'Phone', 'half'])
    })
    await openDetails(page)
    await tagField(page).fill('tre')
    await option(page, 'trees 1 task').waitFor()
    await option(page, 'trees 1 task').click()
    assert.deepEqual(await chosen(page).allTextContents(), ['Remove tag trees×'])
    await page.getByRole('button', { name: 'Remove tag trees' }).click()
    assert.equal(await chosen(page).count(), 0)
  })

  test('an invalid tag is explained in words and not sent', async (t) => {
    const { page, api } = await arrive(t, world)
    await composer(page).fill('Plant a tree')
    await openDetails(page)
    await page.getByText('At most 20 tags, each with at most 50 characters.').waitFor()
    await tagField(page).fill('x'.repeat(51))
    await page.getByRole('alert').getByText('A tag has at most 50 characters.').waitFor()
    assert.equal(await tagField(page).getAttribute('aria-invalid'), 'true')
    await composer(page).press('Enter')
    assert.equal(await composer(page).inputValue(), 'Plant a tree')
    await eventually(async () =>
      assert.ok(await tagField(page).evaluate((field) => field === document.activeElement)),
    )
    await look(page, 'tag-too-long')
    await tagField(page).fill('🌳'.repeat(50))
    await page.getByRole('alert').getByText('A tag has').waitFor({ state: 'detached' })
    await tagField(page).press('Enter')
    await tagField(page).fill(Array.from({ length: 19 }, (_, number) => `t${number},`).join(''))
    assert.equal(await chosen(page).count(), 20)
    await tagField(page).fill('one more')
    await page.getByRole('alert').getByText('A task has at most 20 tags.').waitFor()
    await tagField(page).fill('')
    await composer(page).press('Enter')
    await checkbox(page, 'Plant a tree').waitFor()
    await eventually(async () =>
      assert.equal((await api<Task[]>('GET', '/api/tasks')).body[0]?.tags.length, 20),
    )
  })

  test('an edit sends only what it changes, and Escape closes the suggestions before the form', async (t) => {
    const { page } = await arrive(t, world, { tasks: LABELLED })
    await page.getByRole('button', { name: 'Edit Mow the lawn' }).click()
    const form = page.getByRole('form', { name: 'Edit Mow the lawn' })
    await form.getByRole('radio', { name: 'Urgent' }).check()
    await form.getByRole('combobox', { name: 'Tags' }).pressSequentially('mon')
    await option(page, 'money').waitFor()
    await page.keyboard.press('Escape')
    await option(page, 'money').waitFor({ state: 'detached' })
    await form.getByRole('button', { name: 'Remove tag noisy' }).click()
    await form.getByRole('combobox', { name: 'Tags' }).fill('money')
    await look(page, 'editing-labels')
    const request = hold(page, 'PATCH')
    await form.getByRole('button', { name: 'Save' }).click()
    await row(page, 'Mow the lawn').getByText('Urgent priority').waitFor()
    const held = await request
    assert.deepEqual(held.request().postDataJSON(), { priority: 'urgent', tags: ['garden', 'mon', 'money'] })
    await held.continue()
  })

  test('a half-typed tag survives a reload', async (t) => {
    const { page } = await arrive(t, world)
    await openDetails(page)
    await tagField(page).fill('home,gard')
    await page.reload()
    await tagField(page).waitFor()
    assert.equal(await tagField(page).inputValue(), 'gard')
    assert.deepEqual(await chosen(page).allTextContents(), ['Remove tag home×'])
  })

  test('filters for priority and tags narrow the list, are in the URL and survive a reload', async (t) => {
    const { page } = await arrive(t, world, { tasks: LABELLED })
    await look(page, 'labels')
    await filterButton(page, 'Mow the lawn', 'garden').click()
    await shows(page, 'Pay the gardener', 'Mow the lawn', 'Sweep the yard')
    assert.equal(await filterButton(page, 'Mow the lawn', 'garden').getAttribute('aria-pressed'), 'true')
    await page.getByRole('combobox', { name: 'Tag', exact: true }).selectOption('money (2)')
    await shows(page, 'Pay the gardener')
    assert.equal(new URL(page.url()).searchParams.get('tags'), 'garden,money')
    await page.reload()
    await shows(page, 'Pay the gardener')
    await look(page, 'filtered-by-tags')
    const filters = page.getByRole('list', { name: 'Only tasks with these tags' })
    await filters.getByRole('button', { name: 'Remove tag garden' }).click()
    await shows(page, 'Pay the gardener', 'Call the bank')
    await filterButton(page, 'Call the bank', 'money').click()
    await shows(page, 'Pay the gardener', 'Mow the lawn', 'Call the bank', 'Sweep the yard')
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Priority')
    await shows(page, 'Call the bank', 'Pay the gardener', 'Sweep the yard', 'Mow the lawn')
    await page.getByRole('combobox', { name: 'Priority', exact: true }).selectOption('High or urgent')
    await shows(page, 'Call the bank', 'Pay the gardener')
    assert.equal(new URL(page.url()).search, '?priority=important&sort=priority')
    await page.getByRole('combobox', { name: 'Priority', exact: true }).selectOption('Medium')
    await page.getByRole('heading', { name: 'No match' }).waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await shows(page, 'Call the bank', 'Pay the gardener', 'Sweep the yard', 'Mow the lawn')
    await page.getByRole('searchbox', { name: 'Search tasks' }).fill('phone')
    await shows(page, 'Call the bank')
  })

  test('a changed priority or tag moves its task to the right place with one request', async (t) => {
    const { page } = await arrive(t, world, { tasks: LABELLED })
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Priority')
    await shows(page, 'Call the bank', 'Pay the gardener', 'Sweep the yard', 'Mow the lawn')
    // Among equals the newest comes first.
    const requests = countWrites(page, world)
    await page.getByRole('button', { name: 'Edit Sweep the yard' }).click()
    await page.getByRole('form').getByRole('radio', { name: 'Urgent' }).check()
    await page.keyboard.press('Enter')
    await shows(page, 'Call the bank', 'Sweep the yard', 'Pay the gardener', 'Mow the lawn')
    await sends(requests, { 'PATCH /api/tasks/id': 1 })
    await saved(page)
    await page.reload()
    await shows(page, 'Call the bank', 'Sweep the yard', 'Pay the gardener', 'Mow the lawn')
  })

  test('a tag has the same colour on every device, and every colour is readable, also in dark mode', async (t) => {
    const names = Array.from({ length: 20 }, (_, number) => `word ${number}`)
    const tasks = [
      { title: 'Colours', tags: names },
      { title: 'Again', tags: names.map((name) => name.toUpperCase()) },
    ]
    const light = await arrive(t, world, { tasks })
    const dark = await arrive(t, world, { tasks, colorScheme: 'dark' })
    const coloursOf = (page: Page, title: string) =>
      row(page, title)
        .getByRole('button', { name: /^Filter/ })
        .evaluateAll((buttons) =>
          buttons.map((button) => {
            const { color, backgroundColor } = getComputedStyle(button.lastElementChild!)
            return { color, backgroundColor }
          }),
        )
    for (const { page } of [light, dark]) {
      const colours = await coloursOf(page, 'Colours')
      assert.equal(new Set(colours.map(({ color }) => color)).size, 10)
      for (const { color, backgroundColor } of colours)
        assert.ok(contrast(color, backgroundColor) >= 4.5, color)
      assert.deepEqual(await coloursOf(page, 'Again'), colours)
    }
    await look(dark.page, 'colours-dark')
    await look(light.page, 'colours')
    const other = await arrive(t, world, { tasks })
    assert.deepEqual(await coloursOf(other.page, 'Colours'), await coloursOf(light.page, 'Colours'))
  })
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(...colours: [string, string]): number {
  const [light, dark] = colours.map(luminance).toSorted((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red, green, blue] = colour.match(/[\d.]+/g)!.map((channel) => {
    const share = Number(channel) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
