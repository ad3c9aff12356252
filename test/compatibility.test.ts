import t from 'tap'
import { createTask, createUser, nextPage, startApp } from './helpers/app.ts'

t.test('is_completed in a body is another name for completed', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const call = (method: string, url: string, body: object) => app.call(method, url, { user, body })
  const task = await createTask(app, user)
  const calls = [
    ['POST', '/api/tasks', { title: 'T' }],
    ['PUT', `/api/tasks/${task.id}`, {}],
    ['PATCH', `/api/tasks/${task.id}`, {}],
    ['PATCH', `/api/tasks/${task.id}/complete`, {}],
    ['PATCH', `/api/${user.id}/tasks/${task.id}/complete`, {}],
  ] as const
  for (const [method, url, rest] of calls) {
    t.test(`${method} ${url.replace(user.id, '{user_id}')}`, async (t) => {
      for (const value of [true, false, false]) {
        const alone = await call(method, url, { ...rest, is_completed: value })
        t.equal(alone.body.completed, value)
        t.notOk('is_completed' in alone.body, 'answers have the name of the contract')
      }
      const both = await call(method, url, { is_completed: true, completed: true, ...rest })
      t.equal(both.body.completed, true)

      for (const body of [
        { completed: true, is_completed: false, ...rest },
        { is_completed: true, completed: false, ...rest },
      ]) {
        const refused = await call(method, url, body)
        t.match(refused, { status: 400, body: { code: 'validation_failed' } })
        t.same(refused.body.errors, [
          { path: '/completed', message: 'must not differ from is_completed' },
          { path: '/is_completed', message: 'must not differ from completed' },
        ])
        t.equal(refused.body.detail, 'completed must not differ from is_completed.')
      }
      for (const value of ['true', 1, null, [true]]) {
        const refused = await call(method, url, { ...rest, completed: true, is_completed: value })
        t.equal(refused.status, 400)
        t.same(refused.body.errors, [{ path: '/is_completed', message: 'must be a boolean' }])
      }
      const wrong = await call(method, url, { ...rest, completed: 'yes', is_completed: true })
      t.same(wrong.body.errors, [{ path: '/completed', message: 'must be a boolean' }])
    })
  }
})

t.test('sort_order is another name for order, on every page', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const title of ['b', 'a', 'c']) await createTask(app, user, { title })
  const walk = async (query: string) => {
    const titles: string[] = []
    for (let url: string | undefined = `/api/tasks?${query}`; url && titles.length < 9;) {
      const answer = await app.call('GET', url, { user })
      titles.push(...(answer.body as { title: string }[]).map(({ title }) => title))
      url = nextPage(answer, url)
    }
    return titles.join('')
  }
  t.equal(await walk('sort=title&sort_order=desc'), 'cba')
  t.equal(await walk('sort=title&sort_order=desc&limit=1'), 'cba')
  t.equal(await walk('sort_order=asc&limit=2'), 'bac')
  t.equal(await walk('sort=title&order=asc&sort_order=desc&limit=1'), 'abc', 'order counts')
  t.equal(await walk('sort=title&order=&sort_order=desc'), 'cba', 'an empty order is as if not sent')
  const refused = await app.call('GET', '/api/tasks?sort_order=down', { user })
  t.same(refused.body.errors, [{ path: '/sort_order', message: 'must be one of: asc, desc' }])

  const { headers } = await app.call('GET', '/api/tasks?sort=title&sort_order=desc&limit=1', { user })
  const cursor = /cursor=([^&>]+)/.exec(headers.link!)![1]!
  const same = await app.call('GET', `/api/tasks?sort=title&order=desc&limit=1&cursor=${cursor}`, { user })
  t.match(same, { status: 200, body: [{ title: 'b' }] }, 'the cursor belongs to the same list')
  const other = await app.call('GET', `/api/tasks?sort=title&sort_order=asc&limit=1&cursor=${cursor}`, {
    user,
  })
  t.match(other, { status: 400, body: { errors: [{ path: '/cursor' }] } })
})
