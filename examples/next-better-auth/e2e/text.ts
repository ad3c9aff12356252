import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  arrive,
  checkbox,
  composer,
  eventually,
  hold,
  holdAll,
  look,
  result,
  row,
  shows,
  signIn,
  type Task,
  tick,
  untilExpired,
  type World,
} from './browser.ts'

/** Nothing that somebody has typed is lost. */
export function text(world: World) {
  test('text typed while a task is being added stays in the composer', async (t) => {
    const { page } = await arrive(t, world)
    const release = await holdAll(page, 'POST')
    await composer(page).fill('First')
    await page.keyboard.press('Enter')
    assert.equal(await composer(page).inputValue(), '', 'empty at once')
    await page.keyboard.type('Second')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Third, half')
    await page.getByText('Adding…').first().waitFor()
    await look(page, 'adding')
    release()
    await shows(page, 'Second', 'First')
    assert.equal(await composer(page).inputValue(), 'Third, half')
    await result(page, 2)
    await page.reload()
    await shows(page, 'Second', 'First')
    assert.equal(await composer(page).inputValue(), 'Third, half', 'after a reload')
  })

  test('a task that is not added comes back, and takes the place of no other text', async (t) => {
    const { page } = await arrive(t, world)
    const first = hold(page, 'POST')
    await composer(page).fill('First')
    await page.keyboard.press('Enter')
    await (await first).fulfill({ status: 500, body: '' })
    const alert = page.getByRole('form', { name: 'Add a task' }).getByRole('alert')
    await alert.getByText('Your text is still here.').waitFor()
    assert.equal(await composer(page).inputValue(), 'First')
    await composer(page).press('End')
    await page.keyboard.type(' again')
    await alert.waitFor({ state: 'detached' })

    const second = hold(page, 'POST')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Next')
    await (await second).fulfill({ status: 500, body: '' })
    const refused = page.getByRole('listitem').filter({ hasText: 'First again' })
    await refused.getByText('Not added.').waitFor()
    assert.equal(await composer(page).inputValue(), 'Next')
    await look(page, 'not-added')
    await refused.getByRole('button', { name: 'Add again' }).click()
    await shows(page, 'First again')
    await composer(page).press('Enter')
    await shows(page, 'Next', 'First again')
  })

  test('the form of an edit closes at once, and text typed before the answer stays', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Buy milk' }] })
    const request = hold(page, 'PATCH')
    await page.getByRole('button', { name: 'Edit Buy milk' }).click()
    const title = page.getByRole('form').getByLabel('Title')
    await title.fill('Buy oat milk')
    await page.keyboard.press('Enter')
    await checkbox(page, 'Buy oat milk').waitFor()
    await page.getByRole('button', { name: 'Edit Buy oat milk' }).click()
    await title.fill('Buy oat milk and bread')
    await (await request).continue()
    await eventually(async () =>
      assert.equal((await api<Task[]>('GET', '/api/tasks')).body[0]!.title, 'Buy oat milk'),
    )
    assert.equal(await title.inputValue(), 'Buy oat milk and bread')
    await page.keyboard.press('Enter')
    await eventually(async () =>
      assert.equal((await api<Task[]>('GET', '/api/tasks')).body[0]!.title, 'Buy oat milk and bread'),
    )
  })

  test('the text of a task that is deleted elsewhere becomes a new task, and no row is left', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Keep' }, { title: 'Buy milk' }] })
    const [{ id }] = (await api<[Task]>('GET', '/api/tasks?search=milk')).body
    await page.getByRole('button', { name: 'Edit Buy milk' }).click()
    await page.getByRole('form').getByLabel('Title').fill('Buy oat milk')
    await api('DELETE', `/api/tasks/${id}`)
    await page.keyboard.press('Enter')
    const left = page.getByRole('listitem').filter({ hasText: 'This task was deleted elsewhere.' })
    await left.waitFor()
    await shows(page, 'Keep')
    await page.getByRole('heading', { name: 'One thing to do.' }).waitFor()
    await look(page, 'deleted-elsewhere')
    await left.getByRole('button', { name: 'Add again' }).click()
    await shows(page, 'Buy oat milk', 'Keep')
    assert.equal((await api<Task[]>('GET', '/api/tasks')).body.length, 2)
  })

  test('what is done offline outlives its row, and everything is sent afterwards', async (t) => {
    const { page, api, context } = await arrive(t, world, { tasks: [{ title: 'Buy milk' }] })
    await page.getByRole('radio', { name: 'Done' }).check()
    await page.getByRole('heading', { name: 'Nothing done yet' }).waitFor()
    await page.getByRole('radio', { name: 'All' }).check()
    await shows(page, 'Buy milk')
    await context.setOffline(true)
    await tick(page, 'Buy milk')
    for (const title of ['First', 'Second']) {
      await composer(page).fill(title)
      await page.keyboard.press('Enter')
    }
    await page.getByText('3 changes wait').waitFor()
    await page.getByRole('radio', { name: 'Done' }).check()
    await checkbox(page, 'Buy milk').waitFor({ state: 'detached' })
    await page.getByRole('radio', { name: 'All' }).check()
    assert.ok(await checkbox(page, 'Buy milk').isChecked())
    await result(page, 3)
    assert.deepEqual(await page.getByRole('definition').allTextContents(), ['2', '0', '1'])
    await context.setOffline(false)
    await shows(page, 'Second', 'First', 'Buy milk')
    await eventually(async () => {
      const { body } = await api<Task[]>('GET', '/api/tasks')
      assert.deepEqual(
        body.map(({ title, completed }) => [title, completed]),
        [
          ['Second', false],
          ['First', false],
          ['Buy milk', true],
        ],
      )
    })
  })

  test('the end of a session keeps drafts, filters and a task that was not added', async (t) => {
    const visitor = await arrive(t, world, { variant: 'short', tasks: [{ title: 'Buy milk' }] })
    const { page, context, origin } = visitor
    await page.goto('/?show=open&sort=title')
    await page.getByRole('button', { name: 'Edit Buy milk' }).click()
    await page.getByRole('form', { name: 'Edit Buy milk' }).getByLabel('Notes').fill('Two litres')
    await composer(page).fill('Half a thought')
    await untilExpired(await visitor.token())
    await context.clearCookies()
    await composer(page).press('Enter')
    await page.getByText('Your session has ended.').waitFor()
    await signIn(visitor)
    await page.waitForURL(`${origin}/?show=open&sort=title`)
    const form = page.getByRole('form', { name: 'Edit Buy milk' })
    assert.equal(await form.getByLabel('Notes').inputValue(), 'Two litres')
    assert.equal(await composer(page).inputValue(), 'Half a thought')
    await form.getByRole('button', { name: 'Save' }).click()
    await row(page, 'Buy milk').getByText('Two litres').waitFor()
    await composer(page).press('Enter')
    await shows(page, 'Buy milk', 'Half a thought')
  })
}
