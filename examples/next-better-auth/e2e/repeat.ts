import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  arrive,
  checkbox,
  composer,
  eventually,
  fits,
  look,
  notice,
  openDetails,
  result,
  row,
  type Task,
  tick,
  type World,
} from './browser.ts'

const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
const zoned = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' })
/** The calendar day `fromNow` days from now in the users' time zone. */
const day = (fromNow: number) => zoned.format(Date.now() + fromNow * 86_400_000)
/** As the page writes it, for users in the United States. */
const words = (date: string) =>
  new Date(`${date}T12:00Z`).toLocaleDateString('en-US', { weekday: 'long', day: 'numeric', month: 'long' })
const repeating = (title: string, rule: string) => ({
  title,
  due_date: day(1),
  recurrence: { rule, time_zone: 'Europe/Berlin' },
})

const dueDate = (page: Page) => page.getByLabel('Due date', { exact: true })
const choose = (page: Page, choice: string) =>
  page.getByRole('combobox', { name: 'Repeat', exact: true }).selectOption(choice)
const ruleField = (page: Page) => page.getByRole('textbox', { name: 'Rule', exact: true })
const nextDates = (page: Page) =>
  page
    .getByRole('list', { name: 'Next dates' })
    .getByRole('time')
    .evaluateAll((times) => times.map((time) => time.getAttribute('datetime')!))

/** Recurring tasks, and files of tasks. */
export function repeat(world: World) {
  test('a new task repeats as its form says, completing it creates the next one, and Undo removes that', async (t) => {
    const { page, api } = await arrive(t, world)
    await composer(page).fill('Water the plants')
    await openDetails(page)
    await choose(page, 'Every week')
    assert.equal(await dueDate(page).inputValue(), day(0), 'a series begins today')
    await dueDate(page).fill('')
    await page.getByText('Please choose a due date').waitFor()
    await composer(page).press('Enter')
    await eventually(async () =>
      assert.ok(await dueDate(page).evaluate((field) => field === document.activeElement)),
    )
    await dueDate(page).fill(day(2))
    await choose(page, 'By hand…')
    await ruleField(page).fill('FREQ=OFTEN')
    await page.getByRole('alert').getByText('A rule needs FREQ=DAILY').waitFor()
    await ruleField(page).fill('FREQ=WEEKLY')
    await page.getByLabel('Every', { exact: true }).press('ControlOrMeta+a')
    await page.keyboard.press('Backspace')
    await page.getByLabel('Every', { exact: true }).pressSequentially('2')
    await page.getByRole('checkbox', { name: 'Thursday' }).check()
    await page.getByRole('checkbox', { name: 'Monday' }).check()
    assert.equal(await ruleField(page).inputValue(), 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH')
    await look(page, 'repeat-by-hand')
    const shown = await nextDates(page)
    await composer(page).press('Enter')
    await row(page, 'Water the plants').getByText('every 2 weeks on Mon, Thu').waitFor()

    const task = await eventually(async () => {
      const [created] = (await api<Task[]>('GET', '/api/tasks')).body
      assert.equal(created?.recurrence?.time_zone, 'Europe/Berlin')
      return created
    })
    const { body: dates } = await api<string[]>('GET', `/api/tasks/${task.id}/occurrences`)
    assert.deepEqual(shown, dates, 'the page and the service know the same dates')
    await tick(page, 'Water the plants')
    await notice(page, `“Water the plants” is done. Next: ${words(dates[0]!)}`).waitFor()
    await result(page, 2)
    await look(page, 'repeat-next')
    await page.getByRole('button', { name: 'Undo' }).click()
    await result(page, 1)
    await page.getByRole('checkbox', { name: 'Water the plants', checked: false }).waitFor()
    await eventually(async () => {
      const { body } = await api<Task[]>('GET', '/api/tasks')
      assert.deepEqual(
        body.map(({ id, completed }) => [id, completed]),
        [[task.id, false]],
      )
    })
  })

  test('a form shows the dates that the service computes, can skip one, and can end the series', async (t) => {
    const { page, api } = await arrive(t, world, {
      ...PHONE,
      tasks: [
        repeating('Pay the rent', 'FREQ=MONTHLY;BYDAY=-1FR'),
        repeating('Say goodbye', 'FREQ=DAILY;COUNT=1'),
      ],
    })
    const [rent] = (await api<Task[]>('GET', '/api/tasks?search=rent')).body
    const { body: dates } = await api<string[]>('GET', `/api/tasks/${rent!.id}/occurrences`)
    const due = async (expected: string) =>
      eventually(async () =>
        assert.equal((await api<Task>('GET', `/api/tasks/${rent!.id}`)).body.due_date, expected),
      )
    await row(page, 'Pay the rent').getByText('every month on the last Friday').waitFor()
    await page.getByRole('button', { name: 'Edit Pay the rent' }).tap()
    await eventually(async () => assert.deepEqual(await nextDates(page), dates))
    await look(page, 'repeat-phone')
    await fits(page, 'the form of a repeating task')
    await page.getByRole('button', { name: 'Skip this date' }).tap()
    await notice(page, `Skipped. Next: ${words(dates[0]!)}`).waitFor()
    await due(dates[0]!)
    await page.getByRole('button', { name: 'Undo' }).tap()
    await due(day(1))
    await tick(page, 'Say goodbye')
    await notice(page, '“Say goodbye” is done. That was the last time.').waitFor()
    await result(page, 2)
  })

  test('tasks can be exported to a file and imported from it, and an import reports mistakes', async (t) => {
    const { page } = await arrive(t, world, {
      colorScheme: 'dark',
      tasks: [{ title: 'Buy milk' }, repeating('Water the plants', 'FREQ=DAILY')],
    })
    const button = page.getByRole('button', { name: 'Export and import' })
    await button.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Export and import' })
    await dialog.waitFor()
    const download = async (format: string) => {
      const waiting = page.waitForEvent('download')
      await dialog.getByRole('button', { name: `Export as ${format}` }).click()
      const file = await waiting
      return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
    }
    assert.match((await download('CSV')).text, /Buy milk/)
    assert.match((await download('Calendar')).name, /\.ics$/)
    const { name, text } = await download('JSON')
    const exported = JSON.parse(text) as { tasks: Partial<Task>[] }
    assert.deepEqual(
      exported.tasks.map(({ title }) => title),
      ['Buy milk', 'Water the plants'],
    )

    const file = dialog.getByLabel('Choose a file')
    const csv = 'title,due_date,Owner\nGood,2027-01-01,Ada\n,2027-01-02,Ada\nBad,soon,Ada\n'
    await file.setInputFiles({ name: 'tasks.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    const mistakes = dialog.getByRole('list', { name: 'Mistakes in the file' }).getByRole('listitem')
    await mistakes.first().waitFor()
    const [first = '', second = ''] = await mistakes.allTextContents()
    assert.match(first, /^Line 3: title is required/)
    assert.match(second, /^Line 4: due_date must be/)
    await look(page, 'import-mistakes')
    assert.equal(await dialog.getByRole('button', { name: /^Import/ }).count(), 0)

    await page.setViewportSize({ width: 320, height: 640 })
    const more = { ...exported, tasks: [...exported.tasks, { title: 'Call the bank' }] }
    const transfer = await page.evaluateHandle(
      ([name, content]) => {
        const data = new DataTransfer()
        data.items.add(new File([content!], name!, { type: '' }))
        return data
      },
      [name, JSON.stringify(more)],
    )
    await dialog.getByText('Choose a file').dispatchEvent('drop', { dataTransfer: transfer })
    await dialog.getByText('2 tasks skipped, because they are here already.').waitFor()
    await look(page, 'import-report')
    await fits(page, 'the report of an import')
    await dialog.getByRole('button', { name: 'Import 1 task' }).press('Enter')
    await notice(page, 'Imported one task.').waitFor()
    await checkbox(page, 'Call the bank').waitFor()
    await result(page, 3)
    assert.ok(await button.evaluate((element) => element === document.activeElement), 'the focus is back')
    await button.press('Enter')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
}
