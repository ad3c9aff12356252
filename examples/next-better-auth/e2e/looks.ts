import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  arrive,
  checkbox,
  eventually,
  look,
  notice,
  PASSWORD,
  result,
  row,
  visit,
  type World,
} from './browser.ts'

const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
const NOTES = Array.from({ length: 12 }, (_, line) => `Line ${line + 1} of the notes`).join('\n')
const ARABIC = 'اشترِ الحليب (٢ لتر)'

/** Layout, focus and what the system's settings change. */
export function looks(world: World) {
  test('a screen of 320 pixels has room for a long name, long texts and large touch targets', async (t) => {
    const long = 'Averylongwordwithoutanyplacetobreakthatgoesonandonandonandonandon'
    const { page } = await arrive(t, world, {
      ...PHONE,
      name: 'Alexandra Hamilton',
      tasks: [
        { title: long, description: NOTES },
        { title: ARABIC, due_date: '2020-02-02' },
      ],
    })
    const name = page.getByRole('banner').getByText('Alexandra Hamilton')
    const cut = await name.evaluate((element) => element.scrollWidth - element.clientWidth)
    assert.ok(cut <= 0, `${cut} pixels of the name are cut off`)
    await look(page, 'narrow')
    await sizesOfTargets(page)
    await page.getByRole('button', { name: 'Show all' }).tap()
    await page.getByRole('button', { name: 'Show less' }).waitFor()
    await page.getByRole('button', { name: 'Edit Avery' }).tap()
    await sizesOfTargets(page)
    await look(page, 'narrow-editing')
    const scroller = page.locator('[data-scroller]')
    assert.ok(await scroller.evaluate((element) => element.scrollWidth <= element.clientWidth))
    await page.goto('/sign-up')
  })

  test('texts run in the direction of their script', async (t) => {
    const { page } = await arrive(t, world, { tasks: [{ title: ARABIC }, { title: 'Buy milk' }] })
    const direction = (title: string) =>
      page.getByText(title, { exact: true }).evaluate((element) => getComputedStyle(element).direction)
    assert.equal(await direction(ARABIC), 'rtl')
    assert.equal(await direction('Buy milk'), 'ltr')
    await page.getByRole('textbox', { name: 'New task' }).fill(ARABIC)
    const input = page.getByRole('textbox', { name: 'New task' })
    assert.equal(await input.evaluate((element) => getComputedStyle(element).direction), 'rtl')
    await look(page, 'right-to-left')
  })

  test('long notes are cut after three lines, and a button shows the others', async (t) => {
    const { page } = await arrive(t, world, {
      tasks: [{ title: 'Read', description: NOTES }, { title: 'Short' }],
    })
    const notes = page.getByText('Line 1 of the notes')
    const height = () => notes.evaluate((element) => element.clientHeight)
    const cut = await height()
    await page.getByRole('button', { name: 'Show all' }).click()
    await eventually(async () => assert.ok((await height()) > 3 * cut))
    await page.getByRole('button', { name: 'Show less' }).click()
    await eventually(async () => assert.equal(await height(), cut))
    assert.equal(await page.getByRole('button', { name: /^Show (all|less)$/ }).count(), 1)
  })

  test('with forced colours, ticked boxes and selected choices are visible', async (t) => {
    const { page } = await arrive(t, world, {
      forcedColors: 'active',
      tasks: [{ title: 'Open' }, { title: 'Done', completed: true }],
    })
    const circle = (title: string) =>
      checkbox(page, title).evaluate((box) => getComputedStyle(box, '::before').backgroundColor)
    assert.notEqual(await circle('Open'), await circle('Done'))
    const filter = (name: string) =>
      page
        .getByRole('radio', { name })
        .evaluate((radio) => getComputedStyle(radio.nextElementSibling!).backgroundColor)
    assert.notEqual(await filter('All'), await filter('Open'))
    await look(page, 'forced-colours')
  })

  test('the focus is never lost to the body', async (t) => {
    const many = Array.from({ length: 32 }, (_, number) => ({ title: `Task ${number - 1}` }))
    const { page } = await arrive(t, world, { tasks: many })
    const keeps = async (what: string) =>
      eventually(async () =>
        assert.notEqual(await page.evaluate(() => document.activeElement!.tagName), 'BODY', what),
      )
    await keeps('at the start')
    await page.keyboard.press('PageDown')
    const scroller = page.locator('[data-scroller]')
    await eventually(async () => assert.ok((await scroller.evaluate(({ scrollTop }) => scrollTop)) > 100))
    await page.keyboard.press('Home')
    await page.getByRole('button', { name: 'Delete Task 30' }).click()
    await hidesTask30(page)
    await keeps('after a deletion')
    await page.getByRole('button', { name: 'Undo' }).click()
    await notice(page, 'Deleted').waitFor({ state: 'detached' })
    await keeps('after Undo')
    await page.getByRole('button', { name: 'Delete Task 29' }).click()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await notice(page, 'Deleted').waitFor({ state: 'detached' })
    await keeps('after Dismiss')
    await page.getByRole('button', { name: 'Edit Task 30' }).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await keeps('after Cancel')
    await page.getByRole('searchbox').fill('no such thing')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await checkbox(page, 'Task 30').waitFor()
    await keeps('after Clear filters')
    await page.getByRole('button', { name: 'Show more' }).focus()
    await checkbox(page, 'Task -1').waitFor()
    await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' })
    await keeps('at the end of the list')
    await page.getByRole('radio', { name: 'Open' }).check()
    await checkbox(page, 'Task 5').click()
    await checkbox(page, 'Task 5').waitFor({ state: 'detached' })
    await keeps('after a tick that takes the row away')
    await page.route('**/api/auth/sign-out', (route) => route.abort())
    await page.getByRole('button', { name: 'Sign out' }).click()
    await notice(page, 'Signing out did not work').waitFor()
    await keeps('after a failed sign-out')
  })

  test('a notice covers no button', async (t) => {
    const many = Array.from({ length: 12 }, (_, number) => ({ title: `Task ${number}` }))
    const { page } = await arrive(t, world, { ...PHONE, tasks: many })
    await page.getByRole('button', { name: 'Delete Task 11' }).tap()
    await notice(page, 'Deleted “Task 11”.').waitFor()
    await look(page, 'narrow-notice')
    const [end, start] = await page.evaluate(() => [
      document.querySelector('[data-scroller]')!.getBoundingClientRect().bottom,
      document.querySelector('[aria-label=Notices]')!.getBoundingClientRect().top,
    ])
    assert.ok(end <= start, `the tasks end at ${end}, the notices begin at ${start}`)
    await page.getByRole('button', { name: 'Delete Task 0' }).scrollIntoViewIfNeeded()
    await page.getByRole('button', { name: 'Delete Task 0' }).tap()
    await result(page, 10)
  })

  test('the server renders the page, and nothing moves while it loads', async (t) => {
    const { page, context, name } = await arrive(t, world, {
      ...PHONE,
      tasks: [{ title: 'Buy milk', due_date: '2020-02-02' }, { title: 'Water the plants' }],
    })
    // Fonts and tasks arrive late.
    await context.route(/\.woff2|\/tasks\/changes/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, route.request().url().includes('woff2') ? 900 : 500))
      await route.continue().catch(() => {})
    })
    await context.addInitScript(() => {
      const shifts: { value: number; what: string }[] = []
      Object.assign(globalThis, { shifts })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as {
          value: number
          sources: { node: Element | null }[]
        }[])
          shifts.push({
            value: entry.value,
            what: entry.sources.map(({ node }) => node?.className || node?.nodeName).join(),
          })
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.reload()
    await result(page, 2)
    await page.evaluate(() => document.fonts.ready)
    await eventually(async () =>
      assert.ok(await page.evaluate(() => document.fonts.check('16px "Figtree Variable"'))),
    )
    const shifts = await page.evaluate(
      () => (globalThis as unknown as { shifts: { value: number; what: string }[] }).shifts,
    )
    const total = shifts.reduce((sum, { value }) => sum + value, 0)
    assert.ok(total < 0.05, JSON.stringify(shifts))

    const html = await (await context.request.get('/')).text()
    for (const words of [
      name,
      'Your tasks',
      'What is next?',
      'Due date, priority, tags and notes',
      'Overdue',
      'Newest first',
    ])
      assert.ok(html.includes(words), `the server sends ${words}`)
    assert.ok(!html.includes('Buy milk'), 'tasks come from the service')
  })

  test('the form of the sign-up page fits on a narrow screen', async (t) => {
    const { page, email } = await visit(t, world, PHONE)
    await page.goto('/sign-up')
    await page.getByLabel('Name').fill('Alexandra Hamilton')
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await look(page, 'narrow-sign-up')
    await sizesOfTargets(page)
  })
}

const hidesTask30 = (page: Page) => row(page, 'Task 30').waitFor({ state: 'detached' })

/** Everything that can be pressed has at least 44 × 44 pixels (WCAG 2.2, 2.5.5). */
async function sizesOfTargets(page: Page) {
  const small = await page.evaluate(() => {
    const targets = [...document.querySelectorAll('button, input, select, textarea, a')]
    const visible = targets.filter((element) => element.checkVisibility() && !element.matches('.skip-link'))
    return visible
      .map((element) => ({ element, box: (element.closest('label') ?? element).getBoundingClientRect() }))
      .filter(({ box }) => box.width < 44 || box.height < 44)
      .map(({ element, box }) => `${element.outerHTML.slice(0, 80)}: ${box.width} × ${box.height}`)
  })
  assert.deepEqual(small, [])
}
