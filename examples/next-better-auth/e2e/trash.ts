import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  arrive,
  checkbox,
  countRequests,
  eventually,
  fits,
  hold,
  look,
  notice,
  result,
  shows,
  type Task,
  titles,
  type World,
} from './browser.ts'

const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true }
const remove = (page: Page, title: string) => page.getByRole('button', { name: `Delete ${title}` }).click()
const inTrash = (page: Page, title: string) =>
  page.getByRole('region', { name: 'Trash' }).getByRole('listitem').filter({ hasText: title })

/** Deleting with undo, the trash, and clearing what is done. */
export function trash(world: World) {
  test('a task is deleted at once, and Undo restores it under its id', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Keep' }, { title: 'Buy milk' }] })
    const stored = async () => (await api<Task[]>('GET', '/api/tasks')).body
    const before = await stored()
    const requests = countRequests(page, world)
    await remove(page, 'Buy milk')
    await notice(page, 'Deleted “Buy milk”.').waitFor()
    await shows(page, 'Keep')
    await look(page, 'deleted')
    await eventually(async () => assert.deepEqual((await stored()).length, 1))
    await page.getByRole('button', { name: 'Undo' }).click()
    await shows(page, 'Buy milk', 'Keep')
    await eventually(async () => assert.equal((await stored())[0]?.id, before[0]!.id))
    await page.getByRole('heading', { name: '2 things to do.' }).waitFor()
    const writes = requests.filter((request) => !request.startsWith('GET'))
    assert.deepEqual(
      writes.map((request) => request.replace(/\d+/, 'id')),
      ['DELETE /api/tasks/id', 'POST /api/tasks/id/restore'],
    )
  })

  test('Undo before the deletion has arrived restores the task after it', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Buy milk' }] })
    const deletion = hold(page, 'DELETE')
    await remove(page, 'Buy milk')
    const held = await deletion
    await page.getByRole('button', { name: 'Undo' }).click()
    await shows(page, 'Buy milk')
    const restored = page.waitForResponse((response) => response.url().endsWith('/restore'))
    await held.continue()
    assert.equal((await restored).status(), 200)
    await shows(page, 'Buy milk')
    assert.equal((await api<Task[]>('GET', '/api/tasks')).body.length, 1)
    await page.getByRole('heading', { name: 'One thing to do.' }).waitFor()
  })

  test('a deletion or an undo that fails loses nothing', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Buy milk' }] })
    const first = hold(page, 'DELETE')
    await remove(page, 'Buy milk')
    await (await first).fulfill({ status: 500, body: '' })
    await notice(page, '“Buy milk” was not deleted.').waitFor()
    await shows(page, 'Buy milk')
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0)
    await remove(page, 'Buy milk')
    const second = hold(page, 'POST')
    await page.getByRole('button', { name: 'Undo' }).click()
    await (await second).fulfill({ status: 500, body: '' })
    await notice(page, '“Buy milk” is still in the trash.').waitFor()
    await shows(page)
    await look(page, 'undo-failed')
    await page.getByRole('button', { name: 'Try again' }).click()
    await shows(page, 'Buy milk')
    await eventually(async () => assert.equal((await api<Task[]>('GET', '/api/tasks')).body.length, 1))
  })

  test('the trash restores tasks, and deletes them for good after a question', async (t) => {
    const { page, api } = await arrive(t, world, {
      tasks: [
        { title: 'Keep' },
        { title: 'Third' },
        { title: 'Second', priority: 'high', tags: ['home'] },
        { title: 'First' },
      ],
    })
    for (const title of ['Third', 'Second', 'First']) {
      await remove(page, title)
      await checkbox(page, title).waitFor({ state: 'detached' })
    }
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByText('Deleted tasks stay here for 30 days. After that they are gone for good.').waitFor()
    assert.equal(await page.evaluate(() => document.activeElement!.textContent), 'Trash')
    await inTrash(page, 'Third').getByText('Deleted today. It is gone for good in 30 days.').waitFor()
    await inTrash(page, 'Second').getByText('High').waitFor()
    await inTrash(page, 'First').waitFor()
    await look(page, 'trash')
    await page.getByRole('button', { name: 'Restore Second' }).click()
    await inTrash(page, 'Second').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Delete for good First' }).click()
    const question = page.getByRole('alertdialog', { name: 'Delete “First” for good?' })
    await question.getByRole('button', { name: 'Keep' }).click()
    await question.waitFor({ state: 'detached' })
    await inTrash(page, 'First').waitFor()
    await page.getByRole('button', { name: 'Delete for good First' }).click()
    await look(page, 'trash-question')
    await question.getByRole('button', { name: 'Delete for good' }).click()
    await inTrash(page, 'First').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Empty the trash' }).click()
    await page.keyboard.press('Escape')
    await inTrash(page, 'Third').waitFor()
    await page.getByRole('button', { name: 'Empty the trash' }).click()
    await page
      .getByRole('alertdialog', { name: 'Empty the trash?' })
      .getByRole('button', { name: 'Empty it' })
      .click()
    await page.getByText('The trash is empty.', { exact: true }).first().waitFor()
    await eventually(async () => assert.deepEqual((await api('GET', '/api/tasks/trash')).body, []))
    await page.goBack()
    await shows(page, 'Second', 'Keep')
    await page.goForward()
    await page.reload()
    await page.getByRole('heading', { name: 'Trash' }).waitFor()
    await page.getByRole('link', { name: 'Back to your tasks' }).click()
    await shows(page, 'Second', 'Keep')
  })

  test('Clear done empties the list of what is done, and Undo brings all of it back', async (t) => {
    const done = Array.from({ length: 32 }, (_, number) => ({ title: `Done ${number}`, completed: true }))
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Open' }, ...done] })
    const counts = (expected: string[]) =>
      eventually(async () => assert.deepEqual(await page.getByRole('definition').allTextContents(), expected))
    const requests = countRequests(page, world)
    await page.getByRole('button', { name: 'Clear done' }).click()
    await shows(page, 'Open')
    await counts(['1', '0', '0'])
    await notice(page, 'Cleared 32 completed tasks.').waitFor()
    await look(page, 'cleared')
    assert.equal(await page.getByRole('button', { name: 'Clear done' }).count(), 0)
    assert.equal((await api<Task[]>('GET', '/api/tasks')).body.length, 1)
    await page.getByRole('button', { name: 'Undo' }).click()
    await result(page, 33)
    await counts(['1', '0', '32'])
    await eventually(async () => assert.equal((await api<Task[]>('GET', '/api/tasks')).body.length, 33))
    const writes = requests.filter((request) => !request.startsWith('GET'))
    assert.deepEqual(writes, ['DELETE /api/tasks', 'POST /api/tasks/batch'])
  })

  test('what is deleted and undone offline is sent in that order once the connection is back', async (t) => {
    const { page, api, context } = await arrive(t, world, { tasks: [{ title: 'Keep' }, { title: 'Drop' }] })
    await context.setOffline(true)
    await remove(page, 'Keep')
    await remove(page, 'Drop')
    await shows(page)
    await page.getByRole('button', { name: 'Undo' }).first().click()
    await shows(page, 'Keep')
    await page.getByText('3 changes wait').waitFor()
    await context.setOffline(false)
    await page.getByText('You are offline.').waitFor({ state: 'hidden' })
    await eventually(async () => {
      const { body } = await api<Task[]>('GET', '/api/tasks')
      assert.deepEqual(
        body.map(({ title }) => title),
        ['Keep'],
      )
    })
    assert.deepEqual(await titles(page), ['Keep'])
  })

  test('without a trash the page asks before it deletes, and offers no undo', async (t) => {
    const { page, api } = await arrive(t, world, { variant: 'noTrash', tasks: [{ title: 'Buy milk' }] })
    await remove(page, 'Buy milk')
    const question = page.getByRole('alertdialog', { name: 'Delete “Buy milk”?' })
    await question.getByText('It is gone for good then.').waitFor()
    await question.getByRole('button', { name: 'Keep' }).click()
    await shows(page, 'Buy milk')
    await remove(page, 'Buy milk')
    await question.getByRole('button', { name: 'Delete' }).click()
    await notice(page, 'Deleted “Buy milk”.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0)
    assert.equal(await page.getByRole('link', { name: 'Trash' }).count(), 0)
    await eventually(async () => assert.deepEqual((await api('GET', '/api/tasks')).body, []))
  })

  test('a phone has room for the trash', async (t) => {
    const title = 'Averylongwordwithoutanyplacetobreakthatgoesonandonandonandon'
    const { page } = await arrive(t, world, { ...PHONE, colorScheme: 'dark', tasks: [{ title }] })
    await page.getByRole('button', { name: `Delete ${title}` }).tap()
    await page.getByRole('link', { name: 'Trash' }).tap()
    await inTrash(page, title).waitFor()
    await fits(page, 'trash')
    await look(page, 'narrow-trash')
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
    await fits(page, 'trash with large text')
    await look(page, 'narrow-trash-large')
  })
}
