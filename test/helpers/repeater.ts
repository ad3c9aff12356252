import type { Test } from 'tap'
import { createUser, type TestUser } from './app.ts'

interface Task {
  id: number
  completed: boolean
  next_task_id: number | null
}

/** Completes a task that repeats, then the next one, and so on: each twice at the same time. */
export class Repeater {
  acknowledged = 0
  /** Whether the last request had no clear answer. */
  isUnsure = false
  private readonly user: TestUser
  private pending: number | undefined

  constructor(user: TestUser) {
    this.user = user
  }

  /** Completes the pending task, or creates the first one; returns whether that was acknowledged. */
  async write(url: string): Promise<boolean> {
    const { pending } = this
    const send = () =>
      pending === undefined
        ? this.call(url, 'POST', '', {
            title: 'x',
            due_date: '2090-01-01',
            recurrence: { rule: 'FREQ=DAILY' },
          })
        : this.call(url, 'PATCH', `/${pending}/complete`, { completed: true })
    const answers = await Promise.all(
      Array.from({ length: pending === undefined ? 1 : 2 }, () => send().catch(() => undefined)),
    )
    for (const answer of answers) {
      if (answer === undefined || answer.status === 503) {
        this.isUnsure = true
        continue
      }
      const task = answer.body as Task
      const next = pending === undefined ? task.id : task.next_task_id
      if (answer.status >= 300 || next === null)
        throw new Error(`${pending} was answered with ${answer.status} ${JSON.stringify(task)}`)
      this.pending = next
    }
    if (this.isUnsure) return false
    this.acknowledged += 1
    return true
  }

  /** Fails unless each completed task has exactly one next task, and all but the first are one. */
  async verify(t: Test, url: string): Promise<void> {
    const { body } = await this.call(url, 'GET', '')
    const tasks = (body as Task[]).toSorted((one, other) => one.id - other.id)
    const named = tasks.flatMap(({ next_task_id }) => next_task_id ?? []).sort((one, other) => one - other)
    const ids = tasks.map(({ id }) => id)
    t.strictSame(named, ids.slice(1), 'each task but the first is the next one of exactly one task')
    const completed = tasks.filter((task) => task.completed)
    t.ok(completed.every(({ next_task_id }) => next_task_id !== null))
    t.equal(completed.length, Math.max(0, tasks.length - 1))
    t.ok(this.pending === undefined || ids.includes(this.pending), 'the acknowledged task is there')
    this.pending = tasks.find((task) => !task.completed)?.id
    this.isUnsure = false
  }

  private async call(url: string, method: string, path: string, body?: object) {
    const headers = { authorization: `Bearer ${this.user.token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}/api/tasks${path}`, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
    })
    return { status: answer.status, body: await answer.json() }
  }
}

export const createRepeaters = (count: number) =>
  Promise.all(Array.from({ length: count }, async () => new Repeater(await createUser())))
