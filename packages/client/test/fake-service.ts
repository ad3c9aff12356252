import type { Test } from 'tap'
import type { Task } from 'TaskApiClient'
import { refusal } from './refusal.ts'
import type { TestUser } from '../../../test/helpers/app.ts'
import { createDevice, type DeviceOptions, type Network } from './sync-devices.ts'

const PLAIN = { description: null, completed: false, priority: 'none', tags: [], due_date: null } as const

const json = (body: unknown, status = 200) =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json' },
  })

interface Stream {
  lastId: string | null
  send(text: string): void
  end(): void
}

/**
 * The part of the service that synchronization uses, in memory, for tests of what the real one does not do when asked:
 * silence, refusals at a certain moment, forgotten keys. What the real service does is tested with it.
 */
export class FakeService {
  readonly tasks = new Map<number, Task & { isDeleted?: boolean; version: number }>()
  readonly keys = new Map<string, { body: string; answer: Task }>()
  readonly sent: string[] = []
  readonly streams: Stream[] = []
  /** Answers instead of the service, if it returns something. */
  before: (request: Request, call: string) => Response | Error | undefined | Promise<undefined> = () =>
    undefined
  /** Loses the answer, if it returns true. */
  after: (call: string) => boolean = () => false
  userId = 'alice'
  private version = 0
  private lastId = 0

  get titles() {
    return [...this.tasks.values()].flatMap(({ title, isDeleted }) => (isDeleted ? [] : [title])).sort()
  }
  get writes() {
    return this.sent.filter((call) => !call.startsWith('GET'))
  }

  readonly network: Network = async (request) => {
    const { method, url } = request
    const path = new URL(url).pathname.replace(/^\/api\/[^/]+\/tasks/, '')
    const call = `${method} ${path}`
    this.sent.push(call)
    const fault = await this.before(request, call)
    if (fault instanceof Error) throw fault
    const answer = fault ?? (await this.answer(request, path))
    if (this.after(call)) throw new TypeError('The answer was lost.')
    return answer
  }

  private async answer(request: Request, path: string): Promise<Response> {
    const { method } = request
    const owner = /\/api\/([^/]+)/.exec(request.url)?.[1]
    if (owner !== this.userId) return refusal(403, {}, 'wrong_user')
    if (path === '/changes') return this.changes(new URL(request.url).searchParams.get('cursor'))
    if (path === '/events') return this.stream(request)
    if (method === 'POST' && path === '') return this.create(request)
    const task = this.tasks.get(Number(/\d+/.exec(path)?.[0]))
    if (path.endsWith('/restore') && task?.isDeleted) return json(this.save({ ...task, isDeleted: false }))
    if (!task || task.isDeleted) return refusal(404, {}, 'task_not_found')
    if (method === 'GET') return json(task)
    const tag = request.headers.get('if-match')
    if (tag !== `"${task.updated_at}"`)
      return json({ status: 412, code: 'precondition_failed', detail: 'Changed.', current: task }, 412)
    if (method === 'DELETE') return json(this.save({ ...task, isDeleted: true }) && null, 204)
    return json(this.save({ ...task, ...((await request.json()) as object) }))
  }

  private async create(request: Request) {
    const body = await request.text()
    const key = request.headers.get('idempotency-key')!
    const known = this.keys.get(key)
    if (known)
      return known.body === body ? json(known.answer, 201) : refusal(422, {}, 'idempotency_key_reused')
    const answer = this.add(JSON.parse(body) as { title: string })
    this.keys.set(key, { body, answer })
    return json(answer, 201)
  }
  private changes(cursor: string | null) {
    const news = [...this.tasks.values()].filter(({ version }) => version > Number(cursor ?? 0))
    const tasks = news.filter(({ isDeleted }) => !isDeleted)
    const deleted = news.flatMap(({ id, isDeleted }) => (isDeleted && cursor !== null ? [id] : []))
    return json({ tasks, deleted, cursor: String(this.version), has_more: false })
  }
  private stream(request: Request) {
    const encoder = new TextEncoder()
    let stream: Stream
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        stream = {
          lastId: request.headers.get('last-event-id'),
          send: (text) => controller.enqueue(encoder.encode(text)),
          end: () => controller.close(),
        }
        this.streams.push(stream)
        request.signal.addEventListener('abort', () => controller.error(request.signal.reason))
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }

  private save(task: Omit<Task, 'updated_at'> & { isDeleted?: boolean }) {
    this.version += 1
    const updated_at = new Date(Date.now() + this.version).toISOString()
    const saved = { ...task, updated_at, version: this.version }
    this.tasks.set(task.id, saved)
    return saved
  }
  /** As if another device had created it. */
  add(fields: { title: string }, created_at = new Date().toISOString()) {
    this.lastId += 1
    const id = this.lastId
    return this.save({
      ...PLAIN,
      ...{ recurrence: null, next_task_id: null, created_at, user_id: this.userId },
      tags: [],
      ...fields,
      id,
    })
  }
  /** As if another device had changed it. */
  change(id: number, changes: Partial<Task> & { isDeleted?: boolean }) {
    return this.save({ ...this.tasks.get(id)!, ...changes })
  }
}

/** A page of the user of a fake service. */
export const pageOf = (service: FakeService, options: Partial<DeviceOptions> = {}) =>
  createDevice({
    baseUrl: 'http://service.example',
    user: { id: 'alice', token: 'token' } as TestUser,
    network: service.network,
    random: () => 0,
    ...options,
  })

/** Opens such a page until the end of the test. */
export async function open(t: Test, service: FakeService, options: Partial<DeviceOptions> = {}) {
  const page = pageOf(service, options)
  t.teardown(() => page.stop())
  await page.start()
  return page
}
