import type { Test } from 'tap'
import { createUser, type TestUser } from './app.ts'
import { databaseUrl, query } from './database.ts'

interface Task {
  id: number
  title: string
  description: string | null
  completed: boolean
}
type Tasks = ReadonlyMap<number, Task>

/** A request, and what it makes of a task; undefined where that is gone afterwards. */
interface Change {
  method: string
  path: string
  body?: object
  after: Task | undefined
}

/** The id of a task that may have been made, or not. */
const UNKNOWN = 0
const MOST_TASKS = 30

/**
 * Sends one request after the other on behalf of a user of its own, and keeps account of what was acknowledged,
 * and of what the one request may have done that was not.
 */
export class Writer {
  acknowledged = 0
  private readonly user: TestUser
  private tasks: Tasks = new Map()
  private possibleTasks: Tasks | undefined
  private count = 0

  constructor(user: TestUser) {
    this.user = user
  }

  /** Whether the last request had no clear answer. */
  get isUnsure() {
    return this.possibleTasks !== undefined
  }

  /**
   * Sends one request, and takes down what came of it.
   *
   * @returns whether it was acknowledged
   * @throws Error where the answer is not what the request leads to
   */
  async write(url: string): Promise<boolean> {
    const { method, path, body, after } = this.choose()
    const answer = await this.call(url, method, path, body).catch(() => undefined)
    if (answer === undefined || answer.status === 503) {
      this.possibleTasks = this.tasksWith(path, after)
      return false
    }
    const task = answer.body as Task
    if (answer.status >= 300 || (after && contentsOf([task]) !== contentsOf([after])))
      throw new Error(`${method} ${path} was answered with ${answer.status} ${JSON.stringify(task)}`)
    this.tasks = this.tasksWith(path, after && { ...after, id: task.id })
    this.acknowledged += 1
    return true
  }

  /**
   * Fails where something acknowledged is not there, something else is there in part, or counts do not agree.
   * From then on the writer continues from the tasks in the database.
   *
   * @param ownerUrl the database as its owner sees it
   */
  async verify(t: Test, url: string, ownerUrl = databaseUrl()): Promise<void> {
    const list = (await this.call(url, 'GET', '/api/tasks')).body as Task[]
    const { body: summary } = await this.call(url, 'GET', '/api/tasks/summary')
    const { headers } = await this.call(url, 'GET', '/api/tasks?limit=1&count=true')
    const sql = `SELECT count(*)::int AS total, (count(*) FILTER (WHERE completed))::int AS completed
      FROM tasks WHERE user_id = $1`
    const [rows] = await query(ownerUrl, sql, [this.user.id])

    const expected = [this.tasks, this.possibleTasks ?? this.tasks].map((tasks) =>
      contentsOf([...tasks.values()]),
    )
    if (!expected.includes(contentsOf(list))) t.fail('tasks are lost or half-done', { list, expected })
    const completed = list.filter((task) => task.completed).length
    const counts = { total: list.length, completed }
    t.match(summary, { ...counts, pending: list.length - completed })
    t.equal(headers.get('x-total-count'), String(list.length))
    t.same(rows, counts)
    this.tasks = new Map(list.map((task) => [task.id, task]))
    this.possibleTasks = undefined
  }

  private choose(): Change {
    this.count += 1
    const text = { title: `title ${this.count}`, description: `text ${this.count}` }
    const known = [...this.tasks.values()]
    const task = known[Math.floor(Math.random() * known.length)]
    const dice = Math.random()
    if (task === undefined || (dice < 0.4 && known.length < MOST_TASKS)) {
      const after = { ...text, id: UNKNOWN, completed: false }
      return { method: 'POST', path: '/api/tasks', body: text, after }
    }
    const path = `/api/tasks/${task.id}`
    const completed = !task.completed
    if (dice < 0.55) return { method: 'PUT', path, body: text, after: { ...task, ...text } }
    if (dice < 0.7) return { method: 'PATCH', path: `${path}/complete`, after: { ...task, completed } }
    if (dice < 0.8)
      return { method: 'PATCH', path: `${path}/complete`, body: { completed }, after: { ...task, completed } }
    if (dice < 0.9) return { method: 'GET', path, after: task }
    return { method: 'DELETE', path, after: undefined }
  }

  private tasksWith(path: string, after: Task | undefined): Tasks {
    const tasks = new Map(this.tasks)
    if (after) tasks.set(after.id, after)
    else tasks.delete(Number(path.split('/').at(-1)))
    return tasks
  }

  private async call(url: string, method: string, path: string, body?: object) {
    const headers = { authorization: `Bearer ${this.user.token}`, 'content-type': 'application/json' }
    const answer = await fetch(url + path, { method, headers, body: body ? JSON.stringify(body) : null })
    const text = await answer.text()
    const parsed: unknown = text === '' ? undefined : JSON.parse(text)
    return { status: answer.status, headers: answer.headers, body: parsed }
  }
}

export const createWriters = (count: number) =>
  Promise.all(Array.from({ length: count }, async () => new Writer(await createUser())))

/** Every title is written once, so the contents say which task is which. */
const contentsOf = (tasks: readonly Task[]) =>
  tasks
    .map(({ title, description, completed }) => JSON.stringify([title, description, completed]))
    .toSorted()
    .join()
