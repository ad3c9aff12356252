import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'

/*
 * The same calls through the pipeline and through Prisma's public API alone (DATABASE_PIPELINE=off), on one database:
 * status, headers and bytes of the answers have to be the same.
 */

/** Calls of one user. `{0}`, `{1}` … stand for the ids of the tasks in the order in which they were created. */
const CALLS: readonly (readonly [method: string, path: string, body?: unknown])[] = [
  [
    'POST',
    '/tasks',
    { title: 'Quotes " and \\ and \u2028 and 😀 and \u007f', description: 'line\nbreak\ttab' },
  ],
  ['POST', '/tasks', { title: 'Day', due_date: '2026-12-01', completed: true }],
  ['POST', '/tasks', { title: 'ähnlich', due_date: '2026-12-01T15:00:00.123+01:00', description: '' }],
  ['POST', '/tasks', { title: '' }],
  ['GET', '/tasks'],
  ...['created', 'updated', 'title', 'due_date'].flatMap((sort) =>
    ['asc', 'desc'].map((order) => ['GET', `/tasks?sort=${sort}&order=${order}&limit=2&count=true`] as const),
  ),
  ['GET', '/tasks?search=%C3%84HN&time_zone=Asia/Tokyo&overdue=false&due_before=2030-01-01'],
  ['GET', '/tasks?status=completed&offset=0&limit=1'],
  ['GET', '/tasks/summary?time_zone=America/New_York'],
  ['GET', '/tasks/{0}'],
  ['PATCH', '/tasks/{0}', { title: 'Other', description: null, due_date: '2030-01-01T00:00:00Z' }],
  ['PUT', '/tasks/{1}', {}],
  ['PATCH', '/tasks/{2}/complete'],
  ['PATCH', '/tasks/{2}/complete', { completed: true }],
  ['GET', '/tasks/9223372036854775807'],
  [
    'POST',
    '/tasks/batch',
    {
      operations: [
        { op: 'update', id: '{0}', title: 'never' },
        { op: 'complete', id: 9_007_199_254_740_991 },
      ],
    },
  ],
  [
    'POST',
    '/tasks/batch',
    {
      operations: [
        {
          op: 'create',
          title: 'Quotes " and \\ and 😀',
          priority: 'high',
          tags: ['a', 'ß "'],
          due_date: '2026-12-01',
        },
        { op: 'create', title: 'Second', description: 'line\nbreak', completed: true },
        { op: 'complete', id: '{0}' },
        { op: 'update', id: '{2}', tags: ['ä, b'.slice(0, 1)], description: null },
        { op: 'delete', id: '{0}' },
        { op: 'restore', id: '{0}' },
      ],
    },
  ],
  ['POST', '/tasks/batch', { operations: [{ op: 'drop' }, { op: 'create' }] }],
  ['DELETE', '/tasks/{1}'],
  ['DELETE', '/tasks/{1}'],
  ['GET', '/tasks/trash'],
  ['POST', '/tasks/{1}/restore'],
  ['POST', '/tasks/{1}/restore'],
  ['DELETE', '/tasks?status=completed'],
  ['DELETE', '/tasks?status=all'],
  ['GET', '/tasks/trash?limit=1'],
  ['DELETE', '/tasks/trash/{1}'],
  ['DELETE', '/tasks/trash'],
  ['GET', '/tasks?limit=3'],
  ['GET', '/me'],
  ['DELETE', '/me'],
  ['GET', '/tasks'],
]

/** What a user sees, without what differs between any two users and moments. */
async function live({ call }: TestApp, user: TestUser) {
  const ids: number[] = []
  const answers: unknown[] = []
  for (const [method, path, body] of CALLS) {
    const withIds = (text: string) =>
      text.replaceAll(/"?\{(\d)\}"?/g, (_match, index: string) => String(ids[Number(index)]))
    const options = { user, ...(body !== undefined && { body: withIds(JSON.stringify(body)) }) }
    const { status, headers, text, body: answer } = await call(method, `/api${withIds(path)}`, options)
    if (method === 'POST' && status === 201) ids.push(answer.id)
    for (const { status: own, task } of answer?.results ?? []) if (own === 201) ids.push(task.id)
    const plain = (value: string) =>
      ids
        .reduce((rest, id, index) => rest.replaceAll(`"id":${id},`, `"id":{${index}},`), value)
        .replaceAll(user.id, '{user}')
        .replaceAll(user.email, '{email}')
        .replaceAll(
          /"(created_at|updated_at|deleted_at)":"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z"/g,
          '"$1":{instant}',
        )
        .replaceAll(/"request_id":"[^"]+"/g, '"request_id":{id}')
        .replaceAll(/cursor=[\w-]+/g, 'cursor={cursor}')
        .replaceAll(new RegExp(`/(${ids.join('|')})(?=$|[>?])`, 'g'), '/{id}')
    const shown = ['content-type', 'location', 'link', 'x-total-count', 'www-authenticate', 'retry-after']
    answers.push([method, path, status, plain(text), shown.map((name) => plain(headers[name] ?? ''))])
  }
  return answers
}

t.test('every call has the same answer with the pipeline and without', async (t) => {
  const [on, off] = [await startApp(t), await startApp(t, { DATABASE_PIPELINE: 'off' })]
  const [one, other] = [await live(on, await createUser()), await live(off, await createUser())]
  t.equal(one.length, CALLS.length)
  for (const [index, answer] of one.entries()) t.same(other[index], answer)
})

t.test('isolation and changes hold between one copy with the pipeline and one without', async (t) => {
  const copies = [await startApp(t), await startApp(t, { DATABASE_PIPELINE: 'off' })]
  for (const [here, there] of [copies, copies.toReversed()]) {
    const [alice, bob] = [await createUser(), await createUser()]
    const { body } = await here!.call('POST', '/api/tasks', { user: alice, body: { title: randomUUID() } })
    for (const method of ['GET', 'PATCH', 'DELETE'])
      t.equal((await there!.call(method, `/api/tasks/${body.id}`, { user: bob, body: {} })).status, 404)
    t.same((await there!.call('GET', '/api/tasks', { user: bob })).body, [])
    t.same((await there!.call('GET', '/api/tasks', { user: alice })).body, [body])
    const toggles = Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? here! : there!).call('PATCH', `/api/tasks/${body.id}/complete`, { user: alice }),
    )
    t.ok((await Promise.all(toggles)).every(({ status }) => status === 200))
    t.match((await here!.call('GET', `/api/tasks/${body.id}`, { user: alice })).body, { completed: false })
  }
})

t.test(
  'without the pipeline, heavy statements of one user do not delay others, and connections stay within the limit',
  async (t) => {
    const app = await startApp(t, { DATABASE_PIPELINE: 'off', DATABASE_POOL_MAX: '4' })
    const [fat, thin] = [await createUser(), await createUser()]
    let finished = 0
    const burst = Array.from({ length: 60 }, () =>
      app.call('GET', '/api/tasks/summary', { user: fat }).then(({ status }) => {
        finished += 1
        return status
      }),
    )
    t.equal((await app.call('GET', '/api/tasks', { user: thin })).status, 200)
    t.ok(finished < 60, `${finished} of 60 summaries ran before the other user’s list`)
    t.ok(app.database.connections().total <= 4)
    t.same(new Set(await Promise.all(burst)), new Set([200]))
  },
)
