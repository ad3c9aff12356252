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
  REFUSAL,
  result,
  sends,
  shows,
  type Task,
  type World,
} from './browser.ts'

const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true }
const remove = (page: Page, title: string) => page.getByRole('button', { name: `Delete ${title}` }).click()
const inTrash = (page: Page, title: string) =>
  page.getByRole('region', { name: 'Trash' }).getByRole('listitem').filter({ hasText: title })

/** Deleting with undo, the trash, and clearing what is done. */
export function trash(world: World) {
  test('a task is deleted at once, and Undo restores it with its id', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Keep' }, { title: 'Buy milk' }] })
    const stored = async () => (await api<Task[]>('GET', '/api/tasks')).body
    const before = await stored()
    const requests = countWrites(page, world)
    await remove(page, 'Buy milk')
    // It stays while the pointer is on it.
    await notice(page, 'Deleted “Buy milk”.').hover()
    await shows(page, 'Keep')
    await look(page, 'deleted')
    await eventually(async () => assert.deepEqual((await stored()).length, 1))
    await page.getByRole('button', { name: 'Undo' }).click()
    await shows(page, 'Buy milk', 'Keep')
    await eventually(async () => assert.equal((await stored())[0]?.id, before[0]!.id))
    await page.getByRole('heading', { name: '2 things to do.' }).waitFor()
    await sends(requests, { 'DELETE /api/tasks/id': 1, 'POST /api/tasks/id/restore': 1 })
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

  test('a refused deletion is explained and can be undone', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Buy milk' }] })
    const request = hold(page, 'DELETE')
    await remove(page, 'Buy milk')
    await (await request).fulfill(REFUSAL)
    await decisions(page).getByText('was not deleted').waitFor()
    await look(page, 'deletion-refused')
    await decisions(page).getByRole('button', { name: 'Undo my change' }).click()
    await shows(page, 'Buy milk')
    await decisions(page).waitFor({ state: 'detached' })
    assert.equal((await api<Task[]>('GET', '/api/tasks')).body.length, 1)
  })

  test('the trash restores tasks, and deletes them permanently after a confirmation', async (t) => {
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
    await page
      .getByText('Deleted tasks stay here for 30 days. After that they are deleted for good.')
      .waitFor()
    assert.equal(await page.evaluate(() => document.activeElement!.textContent), 'Trash')
    await inTrash(page, 'Third').getByText('Deleted today. It will be deleted for good in 30 days.').waitFor()
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

  test('Clear done removes all completed tasks, and Undo restores them', async (t) => {
    const done = Array.from({ length: 32 }, (_, number) => ({ title: `Done ${number}`, completed: true }))
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Open' }, ...done] })
    const counts = (expected: string[]) =>
      eventually(async () => assert.deepEqual(await page.getByRole('definition').allTextContents(), expected))
    const requests = countWrites(page, world)
    await page.getByRole('button', { name: 'Clear done' }).click()
    await shows(page, 'Open')
    await counts(['1', '0', '0'])
    await notice(page, 'Cleared 32 completed tasks.').hover()
    await look(page, 'cleared')
    assert.equal(await page.getByRole('button', { name: 'Clear done' }).count(), 0)
    await eventually(async () => assert.equal((await api<Task[]>('GET', '/api/tasks')).body.length, 1))
    await page.getByRole('button', { name: 'Undo' }).click()
    await result(page, 33)
    await counts(['1', '0', '32'])
    await eventually(async () => assert.equal((await api<Task[]>('GET', '/api/tasks')).body.length, 33))
    await sends(requests, { 'DELETE /api/tasks/id': 32, 'POST /api/tasks/id/restore': 32 })
  })

  test('without a trash the page asks before it deletes, and offers no undo', async (t) => {
    const { page, api } = await arrive(t, world, { variant: 'noTrash', tasks: [{ title: 'Buy milk' }] })
    await remove(page, 'Buy milk')
    const question = page.getByRole('alertdialog', { name: 'Delete “Buy milk”?' })
    await question.getByText('You cannot restore it.').waitFor()
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
