import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrive, checkbox, countWrites, eventually, result, shows, type World } from './browser.ts'

/** What the browser is told and asked beside the page itself. */
export function headers(world: World) {
  test('every page has a strict content security policy with its own nonce', async (t) => {
    const { page } = await arrive(t, world, { tasks: [{ title: 'Buy milk' }] })
    const policies = new Set<string>()
    for (const path of ['/', '/sign-in', '/no-such-page']) {
      const response = await page.goto(path)
      const policy = (await response!.headerValue('content-security-policy'))!
      policies.add(policy)
      assert.match(policy, /script-src 'self' 'nonce-[\w+/]{22}==' 'strict-dynamic';/, path)
      assert.ok(policy.includes(`connect-src 'self' ${world.stage.serviceUrl};`), path)
      assert.ok(!/unsafe-(inline|eval)/.test(policy), path)
      const scripts = await page.locator('script').evaluateAll((all) => all.map((one) => one.nonce))
      assert.ok(scripts.length > 0 && scripts.every((nonce) => nonce && policy.includes(nonce)), path)
      const all = await response!.allHeaders()
      assert.match(all['permissions-policy']!, /camera=\(\)/)
      assert.equal(all['x-content-type-options'], 'nosniff')
      assert.equal(all['strict-transport-security'], undefined, 'not over plain http')
    }
    assert.equal(policies.size, 3, 'no nonce is used twice')
    const secure = await page.request.get('/sign-in', { headers: { 'x-forwarded-proto': 'https' } })
    assert.equal(secure.headers()['strict-transport-security'], 'max-age=31536000')
    assert.match(secure.headers()['content-security-policy']!, /upgrade-insecure-requests/)
  })

  test('an injected script does not run and cannot send data', async (t) => {
    const { page, failures } = await arrive(t, world)
    const foreign = await world.stage.foreignOrigin()
    const violations = await page.evaluate(async (foreign) => {
      const blocked: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => {
        blocked.push(event.effectiveDirective)
        event.preventDefault()
      })
      const image = document.createElement('div')
      image.innerHTML = '<img src="data:," onerror="globalThis.stolen = true">'
      document.body.append(image)
      await fetch(foreign).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 300))
      image.remove()
      return { blocked, stolen: 'stolen' in globalThis }
    }, foreign)
    assert.deepEqual(violations.blocked.toSorted(), ['connect-src', 'script-src-attr'])
    assert.equal(violations.stolen, false)
    assert.ok(failures.splice(0).length > 0)
  })

  test('a browser that does not know its time zone gets its tasks', async (t) => {
    const { page, context } = await arrive(t, world, {
      tasks: [{ title: 'Buy milk', due_date: '2020-02-02' }],
    })
    await context.addInitScript(() => {
      const { resolvedOptions } = Intl.DateTimeFormat.prototype
      Intl.DateTimeFormat.prototype.resolvedOptions = function (this: Intl.DateTimeFormat) {
        return { ...resolvedOptions.call(this), timeZone: 'Etc/Unknown' }
      }
    })
    const urls: string[] = []
    page.on('request', (request) => urls.push(request.url()))
    await page.reload()
    await result(page, 1)
    await page.getByRole('heading', { name: 'One thing is late.' }).waitFor()
    assert.ok(!urls.some((url) => url.includes('time_zone')))
  })

  test('with 300 tasks on screen a new task is one request, and so is an edit', async (t) => {
    const visitor = await arrive(t, world)
    const { page, api } = visitor
    const titles = Array.from({ length: 300 }, (_, number) => `Task ${number}`)
    while (titles.length > 0)
      await Promise.all(titles.splice(0, 10).map((title) => api('POST', '/api/tasks', { title })))
    await page.reload()
    await result(page, 300)
    await page.mouse.move(500, 400)
    await eventually(async () => {
      await page.mouse.wheel(0, 20_000)
      assert.equal(await page.getByRole('listitem').count(), 300)
    })
    const requests = countWrites(page, world)
    await page.getByRole('textbox', { name: 'New task' }).fill('One more')
    await page.keyboard.press('Enter')
    await checkbox(page, 'One more').waitFor()
    await result(page, 301)
    await page.getByRole('heading', { name: '301 things to do.' }).waitFor()
    await page.getByRole('button', { name: 'Edit One more' }).click()
    await page.keyboard.type('The last one')
    await page.keyboard.press('Enter')
    await checkbox(page, 'The last one').waitFor()
    await checkbox(page, 'The last one').click()
    await page.getByRole('heading', { name: '300 things to do.' }).waitFor()
    await eventually(async () => assert.equal(requests.length, 3, requests.join()))
    assert.deepEqual(
      requests.map((request) => request.replace(/\d+/, 'id')),
      ['POST /api/tasks', 'PATCH /api/tasks/id', 'PATCH /api/tasks/id'],
    )
  })

  test('a new or changed task appears in the right place of the order and the filters', async (t) => {
    const { page } = await arrive(t, world, {
      tasks: [{ title: 'banana' }, { title: 'Cherry', due_date: '2020-02-02' }],
    })
    const add = async (title: string) => {
      await page.getByRole('textbox', { name: 'New task' }).fill(title)
      await page.keyboard.press('Enter')
    }
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Title A to Z')
    await shows(page, 'banana', 'Cherry')
    await add('Blueberry')
    await add('apple')
    await shows(page, 'apple', 'banana', 'Blueberry', 'Cherry')
    await page.getByRole('button', { name: 'Edit apple' }).click()
    await page.keyboard.type('Date')
    await page.keyboard.press('Enter')
    await shows(page, 'banana', 'Blueberry', 'Cherry', 'Date')
    await page.reload()
    await shows(page, 'banana', 'Blueberry', 'Cherry', 'Date')
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Due date')
    await shows(page, 'Cherry', 'banana', 'Blueberry', 'Date')
    await page.getByRole('radio', { name: 'Done' }).check()
    await page.getByRole('heading', { name: 'Nothing done yet' }).waitFor()
    await add('Elderberry')
    await shows(page)
    await page.getByRole('radio', { name: 'Open' }).check()
    await checkbox(page, 'Elderberry').waitFor()
  })
}
