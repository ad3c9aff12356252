import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import {
  arrive,
  checkbox,
  composer,
  connection,
  decisions,
  eventually,
  fits,
  look,
  notice,
  openDetails,
  PASSWORD,
  result,
  row,
  saved,
  shows,
  signIn,
  type Task,
  tick,
  titles,
  visit,
  type Visitor,
  type World,
} from './browser.ts'

const INSTALLED = { serviceWorkers: 'allow' } as const
const remove = (page: Page, title: string) => page.getByRole('button', { name: `Delete ${title}` }).click()
const add = async (page: Page, title: string) => {
  await composer(page).fill(title)
  await page.keyboard.press('Enter')
}

/** Opens the page of the same user in another browser. */
async function another(t: TestContext, world: World, { email }: Visitor, options = {}) {
  const device = await visit(t, world, options)
  const session = { data: { email, password: PASSWORD }, headers: { origin: device.origin } }
  assert.equal((await device.context.request.post('/api/auth/sign-in/email', session)).status(), 200)
  await device.page.goto('/')
  return device
}

/** Waits until the page opens without a network. */
const isInstalled = (page: Page) =>
  eventually(async () => {
    const isReady = await page.evaluate(async () => {
      const worker = await navigator.serviceWorker.getRegistration()
      return Boolean(worker?.active && (await caches.match('/offline')))
    })
    assert.ok(isReady, 'the service worker is active and has the page')
  })

/** Work without a connection, on several devices. */
export function offline(world: World) {
  const stored = async ({ api }: Visitor, query = '') => (await api<Task[]>('GET', `/api/tasks${query}`)).body

  test('in airplane mode everything continues, survives a reload, and arrives once', async (t) => {
    const visitor = await arrive(t, world, {
      ...INSTALLED,
      tasks: ['Drop', 'Tick', 'Rename'].map((title) => ({ title })),
    })
    const { page, context } = visitor
    const counts = (...expected: string[]) =>
      eventually(async () => assert.deepEqual(await page.getByRole('definition').allTextContents(), expected))
    await isInstalled(page)
    await page.evaluate(() => {
      const heard: string[] = []
      Object.assign(globalThis, { heard })
      const region = document.querySelector('[aria-label=Announcements]')!
      const listener = () => heard.push(region.textContent)
      new MutationObserver(listener).observe(region, { childList: true, characterData: true, subtree: true })
    })
    await context.setOffline(true)
    await connection(page, /^Offline since \d/).waitFor()
    await remove(page, 'Drop')
    await tick(page, 'Tick')
    await page.getByRole('button', { name: 'Edit Rename' }).click()
    await page.keyboard.type('Renamed')
    await page.keyboard.press('Enter')
    await checkbox(page, 'Renamed').waitFor()
    await composer(page).fill('Overdue')
    await openDetails(page)
    await page.getByLabel('Due date', { exact: true }).fill('2020-02-02')
    await composer(page).press('Enter')
    await add(page, 'Changed my mind')
    await remove(page, 'Changed my mind')
    await add(page, 'Written on the train')
    await tick(page, 'Written on the train')
    await counts('2', '1', '2')
    await connection(page, '5 tasks wait to be sent.').waitFor()
    await row(page, 'Overdue').getByText('Waiting to be sent').waitFor()
    await look(page, 'offline')
    const heard = await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard)
    assert.equal(heard.filter((text) => text.startsWith('You are offline.')).length, 1)

    await page.getByRole('radio', { name: 'Done' }).check()
    await shows(page, 'Written on the train', 'Tick')
    await page.reload()
    await shows(page, 'Written on the train', 'Tick')
    await page.getByRole('banner').getByText(visitor.name).waitFor()
    await page.getByRole('radio', { name: 'All' }).check()
    await shows(page, 'Written on the train', 'Overdue', 'Renamed', 'Tick')
    await counts('2', '1', '2')
    await connection(page, /^Offline.+5 tasks wait to be sent/).waitFor()
    await add(page, 'After the reload')
    await page.goto('/?sort=title&search=the')
    await shows(page, 'After the reload', 'Written on the train')
    await look(page, 'offline-reloaded')

    await context.setOffline(false)
    await saved(page)
    const tasks = (await stored(visitor, '?sort=created&order=asc')).map(
      ({ title, completed }) => title + (completed ? ' ✓' : ''),
    )
    assert.deepEqual(tasks, ['Tick ✓', 'Renamed', 'Overdue', 'Written on the train ✓', 'After the reload'])
    await page.goto('/')
    await shows(page, 'After the reload', 'Written on the train', 'Overdue', 'Renamed', 'Tick')
    await saved(page)
  })

  test("two windows and two devices show each other's changes", async (t) => {
    const desk = await arrive(t, world, { tasks: [{ title: 'Keep' }, { title: 'Drop' }] })
    const phone = await another(t, world, desk)
    const window = await desk.context.newPage()
    await window.goto('/')
    const pages = [desk.page, window, phone.page]
    for (const page of pages) await shows(page, 'Drop', 'Keep')
    await add(desk.page, 'From the desk')
    await add(phone.page, 'From the phone')
    await remove(window, 'Drop')
    await tick(phone.page, 'Keep')
    for (const page of pages) {
      await eventually(async () =>
        assert.deepEqual((await titles(page)).toSorted(), ['From the desk', 'From the phone', 'Keep']),
      )
      await page.getByRole('checkbox', { name: 'Keep', checked: true }).waitFor()
      await page.getByRole('heading', { name: '2 things to do.' }).waitFor()
      await saved(page)
    }
    await notice(window, 'Deleted “Drop”.').waitFor()
    await window.getByRole('button', { name: 'Undo' }).click()
    for (const page of pages) await checkbox(page, 'Drop').waitFor()
    // The window that speaks to the service goes. Another one takes over.
    await desk.page.close()
    await tick(window, 'Drop')
    await phone.page.getByRole('checkbox', { name: 'Drop', checked: true }).waitFor()
  })

  test('a conflict shows both versions, and the user chooses for each field', async (t) => {
    const phone = { viewport: { width: 320, height: 720 }, colorScheme: 'dark' } as const
    const visitor = await arrive(t, world, {
      ...phone,
      tasks: [{ title: 'Buy milk', description: 'One litre', tags: ['shop'] }, { title: 'Call' }],
    })
    const { page, context, api } = visitor
    const [call, milk] = await stored(visitor, '?sort=created')
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Edit Buy milk' }).click()
    const form = page.getByRole('form', { name: 'Edit Buy milk' })
    await form.getByLabel('Title').fill('Buy oat milk')
    await form.getByLabel('Notes').fill('Two litres')
    await form.getByRole('radio', { name: 'High' }).check()
    await form.getByRole('button', { name: 'Save' }).click()
    await tick(page, 'Call')
    const elsewhere = { title: 'Buy soy milk', description: 'A small one', due_date: '2031-05-05' }
    await api('PATCH', `/api/tasks/${milk!.id}`, elsewhere)
    await api('DELETE', `/api/tasks/${call!.id}`)
    await context.setOffline(false)

    const card = decisions(page).getByRole('form', { name: 'Two versions of Buy oat milk' })
    const choice = (field: string, words: string) =>
      card.getByRole('group', { name: field }).getByRole('radio', { name: words })
    assert.ok(await choice('Title', 'Keep mine Buy oat milk').isChecked())
    await choice('Title', 'Take theirs Buy soy milk').waitFor()
    assert.equal(await card.getByRole('group').count(), 2, 'other fields are put together')
    await decisions(page).getByText('“Call” was deleted elsewhere, and you changed it').waitFor()
    await fits(page, 'conflicts')
    await look(page, 'conflict')
    await choice('Notes', 'Take theirs A small one').check()
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1100, height: 800 })
    await look(page, 'conflict-wide')
    await page.reload()
    await choice('Notes', 'Take theirs A small one').check()
    await card.getByRole('button', { name: 'Save this version' }).click()
    await card.waitFor({ state: 'detached' })
    assert.notEqual(await page.evaluate(() => document.activeElement!.tagName), 'BODY')
    await decisions(page).getByRole('button', { name: 'Bring it back' }).click()
    await decisions(page).waitFor({ state: 'detached' })
    await eventually(async () =>
      assert.deepEqual(
        (await stored(visitor)).map(({ title, description, due_date, priority, completed }) =>
          [title, description, due_date, priority, completed].join(),
        ),
        ['Call,,,none,true', 'Buy oat milk,A small one,2031-05-05,high,false'],
      ),
    )
    await saved(page)
    await shows(page, 'Call', 'Buy oat milk')
  })

  test('the local copy sorts and searches exactly like the service', async (t) => {
    const texts = [
      'Zebra',
      'ápple',
      'apple pie',
      'Apple',
      'straße',
      'STRASSE',
      'ÆON flux',
      '“Quoted”',
      'ab-c',
      'ab–d',
    ]
    const words = [
      'e\u0301clair',
      'Łódź',
      'été 42',
      '٤٢',
      'I’m here',
      'Ωmega ΣΑΣ',
      'Ñandú',
      '10%',
      'under_score',
      'Å',
    ]
    const tasks = [...texts, ...words].map((title, index) => ({
      title,
      ...(index % 3 === 0 && { due_date: `2031-0${1 + (index % 5)}-11`, tags: ['Garden', 'été'] }),
      ...(index % 4 === 0 && { due_date: '2031-02-11T10:00:00+02:00', description: 'The notes: naïve' }),
      priority: ['none', 'low', 'medium', 'high', 'urgent'][index % 5]!,
    }))
    const visitor = await arrive(t, world, { tasks })
    const { page } = visitor
    const isAsServed = async (query: string, what: string) => {
      const expected = (await stored(visitor, `?${query}`)).map(({ title }) => title)
      await eventually(async () => assert.deepEqual(await titles(page), expected, what))
    }
    const orders = {
      'Oldest first': 'sort=created&order=asc',
      'Due date': 'sort=due_date',
      Priority: 'sort=priority',
      'Title A to Z': 'sort=title',
      'Last changed': 'sort=updated',
      'Newest first': 'sort=created',
    }
    for (const [label, query] of Object.entries(orders)) {
      await page.getByRole('combobox', { name: 'Sort by' }).selectOption(label)
      await isAsServed(query, label)
    }
    for (const search of [
      'APPLE',
      'strasse',
      'aeon',
      '"quoted"',
      'ab-',
      'eclair',
      'lodz',
      '42',
      "i'm",
      'σας',
      'naive ete',
    ]) {
      await page.getByRole('searchbox').fill(search)
      await page.waitForURL((url) => url.searchParams.get('search') === search)
      await isAsServed(new URLSearchParams({ search }).toString(), search)
    }
  })

  test('signing out deletes everything on the device, and asks first if something was not sent', async (t) => {
    const visitor = await arrive(t, world, { ...INSTALLED, tasks: [{ title: 'Secret of Ada' }] })
    const { page, context, name, email } = visitor
    await isInstalled(page)
    await context.setOffline(true)
    await add(page, 'Another secret')
    await checkbox(page, 'Another secret').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    const question = page.getByRole('alertdialog', { name: 'Sign out and lose what was not sent?' })
    await question.getByText('Changes of one task are only on this device.').waitFor()
    await look(page, 'sign-out-question')
    await question.getByRole('button', { name: 'Stay' }).click()
    await context.setOffline(false)
    await saved(page)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/sign-in')
    const left = await page.evaluate(async () => {
      const found = [JSON.stringify({ ...localStorage })]
      for (const { name } of await indexedDB.databases()) {
        const request = indexedDB.open(name!)
        await new Promise((resolve) => (request.onsuccess = resolve))
        for (const store of request.result.objectStoreNames) {
          const all = request.result.transaction(store).objectStore(store).getAll()
          await new Promise((resolve) => (all.onsuccess = resolve))
          found.push(JSON.stringify(all.result))
        }
      }
      const cache = await caches.open('daybook')
      for (const request of await cache.keys()) found.push(await (await cache.match(request))!.text())
      return found.join('\n')
    })
    for (const secret of ['Secret', 'secret of', name, email]) assert.ok(!left.includes(secret), secret)
    await context.setOffline(true)
    await page.goto('/')
    await page.getByText('Nobody is signed in here.').waitFor()
    await look(page, 'offline-nobody')
  })

  test('offline changes are sent for the same user only', async (t) => {
    const ada = await arrive(t, world, { ...INSTALLED, name: 'Ada', tasks: [{ title: 'Task of Ada' }] })
    const bob = await arrive(t, world, { name: 'Bob', tasks: [{ title: 'Task of Bob' }] })
    const { page, context, origin } = ada
    await isInstalled(page)
    await context.setOffline(true)
    await page.reload()
    await tick(page, 'Task of Ada')
    await add(page, 'Thought of Ada')
    // The session becomes Bob's while the page of Ada is open.
    const session = { data: { email: bob.email, password: PASSWORD }, headers: { origin } }
    assert.equal((await context.request.post('/api/auth/sign-in/email', session)).status(), 200)
    await context.setOffline(false)
    await page.getByRole('banner').getByText('Bob').waitFor()
    await shows(page, 'Task of Bob')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/sign-in')
    assert.equal((await stored(bob)).length, 1)
    await signIn(ada)
    await result(page, 2)
    await saved(page)
    await shows(page, 'Thought of Ada', 'Task of Ada')
    assert.deepEqual(
      (await stored(ada)).map(({ title, completed }) => [title, completed]),
      [
        ['Thought of Ada', false],
        ['Task of Ada', true],
      ],
    )
  })
}
