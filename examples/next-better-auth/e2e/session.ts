import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  arrive,
  checkbox,
  composer,
  connection,
  eventually,
  PASSWORD,
  shows,
  signIn,
  type Task,
  tick,
  untilExpired,
  visit,
  type World,
} from './browser.ts'

/** Several tabs, closed pages and ended sessions. */
export function session(world: World) {
  const titlesOf = async ({ api }: Awaited<ReturnType<typeof arrive>>) =>
    (await api<Task[]>('GET', '/api/tasks')).body.map(({ title }) => title)

  test('signing out in one tab signs out the others, which keep their text', async (t) => {
    const visitor = await arrive(t, world, { tasks: [{ title: 'Buy milk' }] })
    const other = await visitor.context.newPage()
    await other.goto('/?sort=title')
    await checkbox(other, 'Buy milk').waitFor()
    await composer(other).fill('Half a thought')
    await visitor.page.getByRole('button', { name: 'Sign out' }).click()
    await other.getByText('You signed out in another tab.').waitFor()
    await signIn(visitor)
    await checkbox(visitor.page, 'Buy milk').waitFor()
    await other.waitForURL('**/?sort=title')
    await checkbox(other, 'Buy milk').waitFor()
    assert.equal(await composer(other).inputValue(), 'Half a thought')
  })

  test('when another user signs in, every tab shows the new user and nothing of the old one', async (t) => {
    const ada = await arrive(t, world, { name: 'Ada', tasks: [{ title: 'Secret of Ada' }] })
    const { email, origin } = await arrive(t, world, { name: 'Bob', tasks: [{ title: 'Errand of Bob' }] })
    const other = await ada.context.newPage()
    await other.goto('/sign-in')
    // The page of Ada is open when the cookie becomes Bob's.
    await ada.context.clearCookies()
    await other.goto('/sign-in')
    await composer(ada.page).fill('Thought of Ada')
    await other.getByLabel('Email').fill(email)
    await other.getByLabel('Password').fill(PASSWORD)
    await other.getByRole('button', { name: 'Sign in' }).click()
    for (const page of [other, ada.page]) {
      await page.getByRole('banner').getByText('Bob').waitFor()
      await shows(page, 'Errand of Bob')
      assert.equal(await composer(page).inputValue(), '')
    }
    assert.equal(new URL(ada.page.url()).origin, origin)
  })

  test('the Back button does not show a page of an ended session', async (t) => {
    const { page } = await arrive(t, world, { tasks: [{ title: 'Buy milk' }] })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/sign-in')
    await page.goBack()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    assert.equal(await checkbox(page, 'Buy milk').count(), 0)
  })

  test('the sign-in page leads to paths of this app only', async (t) => {
    const visitor = await arrive(t, world)
    for (const next of [
      'https://example.com/',
      '//example.com',
      '/\\example.com',
      'javascript:alert(1)',
      '//',
    ]) {
      await visitor.page.goto(`/sign-in?${new URLSearchParams({ next })}`)
      assert.equal(visitor.page.url(), `${visitor.origin}/`, next)
    }
  })

  test('a deletion is not lost if the page is left at once, and the next page confirms it', async (t) => {
    const visitor = await arrive(t, world, { tasks: [{ title: 'Keep' }, { title: 'Drop' }] })
    const { page } = visitor
    // The page goes in the same turn of its event loop: there is no time for an answer.
    await page.evaluate(
      (elsewhere) => {
        const button = document.querySelector('[aria-label="Delete Drop"]')!
        button.addEventListener('click', () => window.location.assign(elsewhere))
      },
      await world.stage.foreignOrigin(),
    )
    await page.getByRole('button', { name: 'Delete Drop' }).click()
    await page.waitForURL((url) => url.origin !== visitor.origin)
    await page.goto(visitor.origin)
    await shows(page, 'Keep')
    await eventually(async () => assert.deepEqual(await titlesOf(visitor), ['Keep']))
  })

  test('a deletion that a closed page could not send is sent by the next one', async (t) => {
    const visitor = await arrive(t, world, { tasks: [{ title: 'Keep' }, { title: 'Drop' }] })
    const { page, context } = visitor
    await page.route(/\/tasks\/\d+$/, (route) => route.abort())
    await page.getByRole('button', { name: 'Delete Drop' }).click()
    await connection(page, 'One task waits to be sent.').waitFor()
    await page.close()
    assert.deepEqual(await titlesOf(visitor), ['Drop', 'Keep'], 'the request has not arrived')
    const next = await context.newPage()
    await next.goto('/')
    await shows(next, 'Keep')
    await eventually(async () => assert.deepEqual(await titlesOf(visitor), ['Keep']))
    await next.getByRole('heading', { name: 'One thing to do.' }).waitFor()
  })

  test('a deletion that was not sent before the session ended is sent after the next sign-in', async (t) => {
    const visitor = await arrive(t, world, {
      variant: 'short',
      tasks: [{ title: 'Keep' }, { title: 'Drop' }],
    })
    const { page, context } = visitor
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Delete Drop' }).click()
    await untilExpired(await visitor.token())
    await context.clearCookies()
    await context.setOffline(false)
    await page.getByText('Your session has ended.').waitFor()
    await signIn(visitor)
    await shows(page, 'Keep')
    await eventually(async () => assert.deepEqual(await titlesOf(visitor), ['Keep']))
    await page.getByRole('heading', { name: 'One thing to do.' }).waitFor()
  })

  test('changes, deletions and restored tasks of one tab are visible in the others', async (t) => {
    const { page, context } = await arrive(t, world, { tasks: [{ title: 'Keep' }, { title: 'Drop' }] })
    const other = await context.newPage()
    await other.goto('/')
    await shows(other, 'Drop', 'Keep')
    await page.getByRole('button', { name: 'Delete Drop' }).click()
    await shows(other, 'Keep')
    await other.getByRole('heading', { name: 'One thing to do.' }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await shows(other, 'Drop', 'Keep')
    await other.getByRole('heading', { name: '2 things to do.' }).waitFor()
    await tick(page, 'Keep')
    await other.getByRole('checkbox', { name: 'Keep', checked: true }).waitFor()
  })

  test('without a session, the sign-in page is shown', async (t) => {
    const { page, origin } = await visit(t, world)
    await page.goto('/?show=open&search=a+b')
    assert.equal(page.url(), `${origin}/sign-in?next=%2F%3Fshow%3Dopen%26search%3Da%2Bb`)
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.waitForURL('**/sign-up?next=%2F%3Fshow%3Dopen%26search%3Da%2Bb')
  })
}
