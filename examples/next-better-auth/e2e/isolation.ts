import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrive, type Task, titles, type World } from './browser.ts'

/** Two users in two browsers, one of whom tries to read the tasks of the other. */
export function isolation(world: World) {
  test('two users see only their own tasks, also with handmade requests', async (t) => {
    const ada = await arrive(t, world, { name: 'Ada', tasks: [{ title: 'Secret of Ada' }] })
    const bob = await arrive(t, world, { name: 'Bob', tasks: [{ title: 'Errand of Bob' }] })
    assert.deepEqual(await titles(ada.page), ['Secret of Ada'])
    assert.deepEqual(await titles(bob.page), ['Errand of Bob'])
    const [secret] = (await ada.api<Task[]>('GET', '/api/tasks')).body
    const { id, user_id: adaId } = secret!

    const byHand = async (method: string, path: string, body?: object) =>
      bob.page.evaluate(
        async ([method, url, token, body]) => {
          const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
          const response = await fetch(url, { method, headers, body, credentials: 'include' })
          return { status: response.status, text: await response.text() }
        },
        [
          method,
          world.stage.serviceUrl + path,
          await bob.token(),
          body ? JSON.stringify(body) : null,
        ] as const,
      )
    const refused: [status: number, method: string, path: string, body?: object][] = [
      [404, 'GET', `/api/tasks/${id}`],
      [404, 'PUT', `/api/tasks/${id}`, { title: 'Stolen' }],
      [404, 'PATCH', `/api/tasks/${id}`, { completed: true }],
      [404, 'PATCH', `/api/tasks/${id}/complete`],
      [404, 'DELETE', `/api/tasks/${id}`],
      [403, 'GET', `/api/${adaId}/tasks`],
      [403, 'GET', `/api/${adaId}/tasks/${id}`],
      [403, 'POST', `/api/${adaId}/tasks`, { title: 'Planted' }],
      [403, 'DELETE', `/api/${adaId}/tasks/${id}`],
    ]
    for (const [status, method, path, body] of refused) {
      const answer = await byHand(method, path, body)
      assert.equal(answer.status, status, `${method} ${path}`)
      assert.ok(!answer.text.includes('Secret'), `${method} ${path}`)
    }
    for (const path of ['/api/tasks?search=Secret', `/api/tasks?user_id=${adaId}&search=Ada`])
      assert.deepEqual(await byHand('GET', path), { status: 200, text: '[]' })
    const planted = await byHand('POST', '/api/tasks', { title: 'Mine after all', user_id: adaId })
    assert.notEqual((JSON.parse(planted.text) as Task).user_id, adaId)
    assert.deepEqual((await ada.api('GET', '/api/tasks')).body, [secret])
    await ada.page.reload()
    await ada.page.getByRole('checkbox', { name: 'Secret of Ada' }).waitFor()
  })

  test('a page of another origin reads nothing, even with the token', async (t) => {
    const { page, token } = await arrive(t, world, { tasks: [{ title: 'Buy milk' }] })
    const ask = [`${world.stage.serviceUrl}/api/tasks`, await token()] as const
    const read = ([url, token]: typeof ask) =>
      fetch(url, { headers: { authorization: `Bearer ${token}` } }).then(
        (response) => response.text(),
        (error: Error) => error.name,
      )
    assert.match(await page.evaluate(read, ask), /Buy milk/, 'from the app')
    await page.goto(await world.stage.foreignOrigin())
    assert.equal(await page.evaluate(read, ask), 'TypeError', 'from elsewhere')
  })
}
