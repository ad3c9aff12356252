import { createTaskClient, type Page, type Task, TaskApiError } from 'TaskApiClient'

/** Never run: `npm run typecheck` fails where a mistake compiles, or where what is right does not. */
export async function misuse() {
  const client = createTaskClient({ baseUrl: '', token: () => null, credentials: 'include' })
  const { id, due_date }: Task = await client.create({ title: 'Task', due_date: null })
  const { cursor }: Page = await client.page({ sort: 'due_date', search: undefined, count: true })
  await client.api.GET('/api/{user_id}/tasks', { params: { path: { user_id: 'alice' } } })
  if (due_date === null) await client.page({ cursor }, { signal: AbortSignal.timeout(1000) })

  // @ts-expect-error a token provider is needed
  createTaskClient({ baseUrl: '' })
  // @ts-expect-error the method is the client's to say
  createTaskClient({ baseUrl: '', token: () => null, method: 'POST' })
  // @ts-expect-error there is no such field
  await client.create({ title: 'Task', dueDate: null })
  // @ts-expect-error a title is needed
  await client.create({ description: 'Task' })
  // @ts-expect-error a title cannot be cleared
  await client.update(id, { title: null })
  // @ts-expect-error an id is a number
  await client.get('1')
  // @ts-expect-error it does not flip
  await client.complete(id)
  // @ts-expect-error there is no such order
  await client.page({ sort: 'priority' })
  // @ts-expect-error there is no such filter
  await client.page({ colour: 'red' })
  // @ts-expect-error a complete list has no pages
  await client.list({ limit: 10 })
  // @ts-expect-error there is no such path
  await client.api.GET('/api/task')
  // @ts-expect-error an error is not changed
  new TaskApiError({ status: 0, code: 'x', detail: 'x' }).status = 1
}
