import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  arrive,
  checkbox,
  composer,
  connection,
  decisions,
  eventually,
  hold,
  holdAll,
  look,
  REFUSAL,
  result,
  row,
  saved,
  shows,
  signIn,
  type Task,
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
    await shows(page, 'Second', 'First')
    await result(page, 2)
    await connection(page, 'Saving…').waitFor()
    await look(page, 'adding')
    release()
    await saved(page)
    await shows(page, 'Second', 'First')
    assert.equal(await composer(page).inputValue(), 'Third, half')
    await page.reload()
    await shows(page, 'Second', 'First')
    assert.equal(await composer(page).inputValue(), 'Third, half', 'after a reload')
  })

  test('a task that the service refuses is kept and replaces no other text', async (t) => {
    const { page, api } = await arrive(t, world)
    const request = hold(page, 'POST')
    await composer(page).fill('First')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Next')
    await (await request).fulfill(REFUSAL)
    await decisions(page).getByText('“First” was not added').waitFor()
    await shows(page, 'First')
    assert.equal(await composer(page).inputValue(), 'Next')
    await look(page, 'not-added')
    await decisions(page).getByRole('button', { name: 'Try again' }).click()
    await decisions(page).waitFor({ state: 'detached' })
    await eventually(async () => assert.equal((await api<Task[]>('GET', '/api/tasks')).body.length, 1))
    await composer(page).press('Enter')
    await shows(page, 'Next', 'First')
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

  test('an open form tells the user when its task is changed elsewhere', async (t) => {
    const { page, api } = await arrive(t, world, { tasks: [{ title: 'Keep' }, { title: 'Buy milk' }] })
    const [{ id }] = (await api<[Task]>('GET', '/api/tasks?search=milk')).body
    await page.getByRole('button', { name: 'Edit Buy milk' }).click()
    const form = page.getByRole('form', { name: 'Edit Buy milk' })
    await form.getByLabel('Title').fill('Buy oat milk')
    await api('PATCH', `/api/tasks/${id}`, { title: 'Buy soy milk', description: 'Two litres' })
    await form
      .getByRole('alert')
      .getByText('Changed elsewhere in the meantime. Title: Buy soy milk.')
      .waitFor()
    await look(page, 'changed-elsewhere')
    await api('DELETE', `/api/tasks/${id}`)
    await form.getByRole('alert').getByText('This task was deleted elsewhere.').waitFor()
    assert.equal(await form.getByLabel('Title').inputValue(), 'Buy oat milk')
    await look(page, 'deleted-elsewhere')
    await page.getByRole('heading', { name: 'One thing to do.' }).waitFor()
    await form.getByRole('button', { name: 'Save' }).click()
    await shows(page, 'Buy oat milk', 'Keep')
    await eventually(async () => assert.equal((await api<Task[]>('GET', '/api/tasks')).body.length, 2))
  })

  test('the end of a session keeps drafts, filters and a task that was not sent', async (t) => {
    const visitor = await arrive(t, world, { variant: 'short', tasks: [{ title: 'Buy milk' }] })
    const { page, context, origin, api } = visitor
    await page.goto('/?show=open&sort=title')
    await page.getByRole('button', { name: 'Edit Buy milk' }).click()
    await page.getByRole('form', { name: 'Edit Buy milk' }).getByLabel('Notes').fill('Two litres')
    await context.setOffline(true)
    await composer(page).fill('A whole thought')
    await composer(page).press('Enter')
    await composer(page).fill('Half a thought')
    await untilExpired(await visitor.token())
    await context.clearCookies()
    await context.setOffline(false)
    await page.getByText('Your session has ended.').waitFor()
    await signIn(visitor)
    await page.waitForURL(`${origin}/?show=open&sort=title`)
    const form = page.getByRole('form', { name: 'Edit Buy milk' })
    assert.equal(await form.getByLabel('Notes').inputValue(), 'Two litres')
    assert.equal(await composer(page).inputValue(), 'Half a thought')
    await form.getByRole('button', { name: 'Save' }).click()
    await row(page, 'Buy milk').getByText('Two litres').waitFor()
    await shows(page, 'A whole thought', 'Buy milk')
    await eventually(async () =>
      assert.deepEqual(
        (await api<Task[]>('GET', '/api/tasks?sort=title')).body.map((task) => task.description),
        [null, 'Two litres'],
      ),
    )
  })
}
