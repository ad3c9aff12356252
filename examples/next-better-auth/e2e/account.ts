import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrive, checkbox, look, PASSWORD, result, tick, untilExpired, visit, type World } from './browser.ts'

/** Signing up, in and out, and tokens that expire. */
export function account(world: World) {
  test('a user can sign up, sign out and sign in again', async (t) => {
    const { page, email, name } = await visit(t, world)
    await page.goto('/')
    await page.waitForURL('**/sign-in')
    await look(page, 'sign-in')
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByRole('heading', { name: 'Begin your daybook' }).waitFor()
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await look(page, 'sign-up')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('heading', { name: 'A fresh page.' }).waitFor()
    await page.getByRole('banner').getByText(name).waitFor()
    await page.getByRole('textbox', { name: 'New task' }).fill('Water the plants')
    await page.keyboard.press('Enter')
    await checkbox(page, 'Water the plants').waitFor()

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/sign-in')
    await page.goto('/')
    await page.waitForURL('**/sign-in')
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('Invalid email or password').waitFor()
    await look(page, 'sign-in-refused')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await checkbox(page, 'Water the plants').waitFor()
  })

  test('refused sign-up data is explained in a sentence', async (t) => {
    const { page, email } = await visit(t, world)
    await page.goto('/sign-up')
    const attempt = async (name: string, address: string, sentence: string) => {
      await page.getByLabel('Name').fill(name)
      await page.getByLabel('Email').fill(address)
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Create account' }).click()
      assert.equal(await page.getByRole('alert').filter({ hasText: /./ }).textContent(), sentence)
    }
    await attempt('   ', email, 'Please enter a name.')
    await attempt('\u200b\u2060', email, 'Please enter a name.')
    await attempt('Ada', 'ada@example', 'Please enter a complete email address, such as name@example.com.')
    await page.getByLabel('Email').fill(email)
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor({ state: 'detached' })
    // Past the form, too.
    const blank = await page.request.post('/api/auth/sign-up/email', {
      data: { name: ' ', email, password: PASSWORD },
      headers: { origin: await world.stage.origin() },
    })
    assert.equal(blank.status(), 400)
  })

  test('a sign-up with an existing e-mail address is explained in a sentence', async (t) => {
    const { email } = await arrive(t, world)
    const { page } = await visit(t, world)
    await page.goto('/sign-up')
    await page.getByLabel('Name').fill('Somebody else')
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('alert').getByText('There is already an account').waitFor()
    await look(page, 'sign-up-refused')
  })

  test('a token that expires during use is replaced once, and the user notices nothing', async (t) => {
    const { page, token } = await arrive(t, world, { variant: 'short', tasks: [{ title: 'Buy milk' }] })
    await untilExpired(await token())
    let [refusals, fetches] = [0, 0]
    page.on('response', (response) => {
      if (response.url().startsWith(world.stage.serviceUrl) && response.status() === 401) refusals += 1
      if (response.url().endsWith('/api/auth/token')) fetches += 1
    })
    const answer = page.waitForResponse(
      (response) => response.ok() && response.request().method() === 'PATCH',
    )
    await tick(page, 'Buy milk')
    await answer
    // The stream of events ends with the token, so it may be the one that asks for the next token.
    assert.ok(refusals <= 2 && fetches <= 1, `${refusals} refusals, ${fetches} tokens`)
    assert.ok(await checkbox(page, 'Buy milk').isChecked())
    assert.equal(await page.getByRole('alert').filter({ hasText: /./ }).count(), 0)
    assert.equal(await page.getByRole('status', { name: 'Notices' }).textContent(), '')
  })

  test('an ended session leads to the sign-in page, which explains it', async (t) => {
    const visitor = await arrive(t, world, { variant: 'short', tasks: [{ title: 'Buy milk' }] })
    const { page, context } = visitor
    await untilExpired(await visitor.token())
    // The stream of events ends with the token, and asks for another one.
    await context.clearCookies()
    await page.getByRole('status').getByText('Your session has ended.').waitFor()
    await look(page, 'session-ended')
  })

  test('the variant with a shared secret serves the same user with its own tokens', async (t) => {
    const { page, token, context } = await arrive(t, world, {
      variant: 'secret',
      tasks: [{ title: 'Buy milk' }],
    })
    assert.equal(partOf(await token(), 0).alg, 'HS256')
    await tick(page, 'Buy milk')
    await page.getByRole('heading', { name: 'All done. Enjoy it.' }).waitFor()
    // The session is the same, so the other variant shows the same task.
    const other = await context.newPage()
    await other.goto(await world.stage.origin())
    await result(other, 1)
    assert.ok(await checkbox(other, 'Buy milk').isChecked())
  })
}

const partOf = (token: string, part: number) =>
  JSON.parse(Buffer.from(token.split('.')[part]!, 'base64url').toString()) as { alg?: string }
