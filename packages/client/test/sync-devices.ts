import { setTimeout as sleep } from 'node:timers/promises'
import { createTaskClient } from 'TaskApiClient'
import {
  createSync,
  memoryStorage,
  type SyncChannel,
  type SyncLock,
  type SyncOptions,
  type SyncStorage,
  type TaskSync,
} from 'TaskApiClient/sync'
import type { TestUser } from '../../../test/helpers/app.ts'

/** Random numbers from 0 to 1 that a seed repeats (mulberry32). */
export function randomOf(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Like navigator.locks, within this process. */
export function createLock(): SyncLock {
  const queues = new Map<string, Promise<unknown>>()
  return {
    async request(name, { signal }, run) {
      const before = queues.get(name)
      const turn = Promise.resolve(before).then(() => (signal.aborted ? undefined : run()))
      queues.set(
        name,
        turn.catch(() => {}),
      )
      let hasBegun = false
      void before?.then(() => (hasBegun = true))
      const aborted = new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => before && !hasBegun && resolve()),
      )
      await Promise.race([turn, aborted])
    },
  }
}

/** Like BroadcastChannel, within this process. */
export function createChannels(): (name: string) => SyncChannel {
  const open = new Set<SyncChannel>()
  return () => {
    const channel: SyncChannel = {
      onmessage: null,
      postMessage(message) {
        const data: unknown = structuredClone(message)
        for (const other of open)
          if (other !== channel) setImmediate(() => open.has(other) && other.onmessage?.({ data }))
      },
      close: () => void open.delete(channel),
    }
    open.add(channel)
    return channel
  }
}

export type Network = (request: Request) => Promise<Response>

export interface DeviceOptions extends Partial<SyncOptions> {
  baseUrl: string
  user: TestUser
  network?: Network
}

/** A page of one device. Tests can end it at any moment, as a reload or a crash does, and open it again. */
export function createDevice({ baseUrl, user, network = fetch, ...options }: DeviceOptions) {
  const stored = options.storage ?? memoryStorage()
  let life = { isOver: false }
  const sent: Request[] = []

  function open(): TaskSync {
    const current = (life = { isOver: false })
    const storage: SyncStorage = {
      name: stored.name,
      read: () => stored.read(),
      async write(entries) {
        if (current.isOver) await new Promise(() => {})
        await stored.write(entries)
      },
      clear: () => stored.clear(),
    }
    const client = createTaskClient({
      baseUrl,
      token: () => user.token,
      retry: false,
      async fetch(request) {
        if (current.isOver) throw new TypeError('The page is closed.')
        sent.push(request)
        const answer = await network(request)
        if (current.isOver) throw new TypeError('The page is closed.')
        return answer
      },
    })
    const timings = { retry: 5, maxRetry: 40, ...options.timings }
    return createSync({ lock: null, channel: null, ...options, client, userId: user.id, storage, timings })
  }

  const device = {
    sent,
    storage: stored,
    sync: open(),
    start: () => device.sync.start(),
    /** What is not in the storage now is lost. */
    async reload() {
      life.isOver = true
      void device.sync.stop()
      await sleep(0)
      device.sync = open()
      await device.sync.start()
    },
    stop: () => device.sync.stop(),
  }
  return device
}
export type Device = ReturnType<typeof createDevice>

/** Waits until something is true. @throws after some seconds */
export async function until(isTrue: () => unknown, what: string) {
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(5)) if (isTrue()) return
  throw new Error(`It did not happen: ${what}`)
}
