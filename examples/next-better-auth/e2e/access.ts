import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrive, checkbox, fits, look, notice, PASSWORD, row, shows, visit, type World } from './browser.ts'

const TASKS = [
  { title: 'Second', description: 'With a note', priority: 'high', tags: ['home', 'phone'] },
  { title: 'First', due_date: '2020-02-02', tags: ['travel'] },
]

/** By keyboard, in dark mode, on a phone. */
export function access(world: World) {
  test('everything can be done with the keyboard alone', async (t) => {
    const { page, email, name } = await visit(t, world)
    const { keyboard } = page
    const focused = () =>
      page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
      )
    const tabTo = async (label: string) => {
      for (let tabs = 0; tabs < 40; tabs += 1) {
        await keyboard.press('Tab')
        if ((await focused()) === label) return
      }
      assert.fail(`Tab does not lead to ${label}`)
    }
    await page.goto('/sign-up')
    // focus() does not wait until the page is hydrated and enables its fields.
    await page.getByLabel('Name').and(page.locator(':enabled')).focus()
    for (const text of [name, email, PASSWORD]) {
      await keyboard.type(text)
      await keyboard.press('Tab')
    }
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'A fresh page.' }).waitFor()

    await keyboard.press('Tab')
    assert.equal(await focused(), 'Skip to the tasks')
    await look(page, 'skip-link')
    await tabTo('New task')
    for (const title of ['Water the plants', 'Buy milk']) {
      await keyboard.type(title)
      await keyboard.press('Enter')
      await checkbox(page, title).waitFor()
    }
    await checkbox(page, 'Buy milk').focus()
    await keyboard.press('Space')
    await page.getByRole('heading', { name: 'One thing to do.' }).waitFor()
    await keyboard.press('Tab')
    assert.equal(await focused(), 'Edit Buy milk')
    await look(page, 'keyboard-focus')
    await keyboard.press('Enter')
    await keyboard.type('Buy oat milk')
    await keyboard.press('Enter')
    await checkbox(page, 'Buy oat milk').waitFor()
    await tabTo('Delete Buy oat milk')
    await keyboard.press('Enter')
    await notice(page, 'Deleted “Buy oat milk”.').waitFor()
    await shows(page, 'Water the plants')
    await keyboard.press('Control+z')
    await shows(page, 'Buy oat milk', 'Water the plants')
  })

  test('in dark mode the page is dark, and every text is readable', async (t) => {
    const { page } = await arrive(t, world, { colorScheme: 'dark', tasks: TASKS })
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const channels = background
      .match(/[\d.]+/g)!
      .slice(0, 3)
      .map(Number)
    assert.ok(Math.max(...channels) < 80, background)
    await look(page, 'dark')
    await page.getByRole('button', { name: 'Edit First' }).click()
    await look(page, 'dark-editing')
    await page.goto('/sign-up')
  })

  test('a phone shows everything without horizontal scrolling', async (t) => {
    const phone = {
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
      deviceScaleFactor: 2,
    }
    const long = { title: 'Averylongwordwithoutanyplacetobreakthatgoesonandonandonandonandonandonandon' }
    const { page } = await arrive(t, world, { ...phone, tasks: [long, ...TASKS] })
    await fits(page, 'list')
    await look(page, 'phone')
    await page.getByRole('button', { name: 'Due date, priority, tags and notes' }).tap()
    await fits(page, 'composer')
    await look(page, 'phone-composer')
    await checkbox(page, 'First').tap()
    await page.getByRole('heading', { name: '2 things to do.' }).waitFor()
    await page.getByRole('button', { name: 'Edit Second' }).tap()
    await fits(page, 'editing')
    await look(page, 'phone-editing')
    await page.getByRole('button', { name: 'Cancel' }).tap()
    await row(page, 'Second').getByText('With a note').waitFor()
    await page.getByRole('button', { name: 'Delete Second' }).tap()
    await notice(page, 'Deleted “Second”.').waitFor()
    await fits(page, 'notice')
    await look(page, 'phone-notice')
  })
}
