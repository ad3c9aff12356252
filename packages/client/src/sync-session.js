import { problemOf } from './sync-calls.js'
import { createFlushes } from './sync-flushes.js'
import { createLeader } from './sync-leader.js'
import { createLoading } from './sync-loading.js'
import { mergeDoubles } from './sync-repair.js'
import { broadcastChannel, isOnline, newId, watchBrowser, whileLocked } from './sync-windows.js'

/**
 * @import { SyncOptions, SyncTimings } from './sync.js'
 * @import { createCalls } from './sync-calls.js'
 * @import { Report } from './sync-leader.js'
 * @import { Op } from './sync-queue.js'
 * @import { createState } from './sync-state.js'
 * @import { createStore, Message } from './sync-store.js'
 * @typedef {object} Session from start() to stop()
 * @property {AbortController} controller
 * @property {Promise<void>} loaded
 * @property {Promise<void>} [running]
 */

/**
 * One window. Of all windows one is the leader: only it reads, sends and shortens the queue. When it closes, another
 * window takes over.
 *
 * @param {Pick<SyncOptions, 'lock' | 'channel'> & {
 *   state: ReturnType<typeof createState>
 *   store: ReturnType<typeof createStore>
 *   calls: ReturnType<typeof createCalls>
 *   scope: string
 *   now: () => number
 *   random: () => number
 *   timings: SyncTimings
 *   notify: () => void
 *   onConflict: (op: Op) => void
 *   onFailure: (error: unknown) => void
 * }} options
 */
export function createSession({ state, store, scope, notify, onFailure, ...options }) {
  /** @type {Report} */
  let report = { online: isOnline(), signedOut: false, walking: false, problem: undefined }
  /** @type {Session | undefined} */
  let session
  let ended = Promise.resolve()
  /** @type {ReturnType<typeof createLeader> | undefined} */
  let leader
  let isLeading = false
  const flushes = createFlushes()
  const loading = createLoading({
    ...{ state, store, onFailure },
    retryMs: options.timings.maxRetry,
    isLeading: () => isLeading,
    onLoaded(messages) {
      messages.forEach(receive)
      notify()
    },
    onRecovered() {
      if (leader) mergeDoubles(state)
      leader?.wake({ walk: true })
    },
  })
  const { load } = loading

  const save = () => store.save()
  /** @param {Partial<Report>} changes */
  function setReport(changes) {
    const names = /** @type {(keyof Report)[]} */ (Object.keys(changes))
    if (names.every((each) => changes[each] === report[each])) return
    report = { ...report, ...changes }
    if (leader) store.post({ status: report })
    notify()
  }

  /** @param {Iterable<string>} keys of tasks with writes from another window */
  function shorten(keys) {
    for (const key of keys) state.compact(key)
    void save().catch(() => {})
    leader?.wake()
  }

  /** @param {Message} message */
  function takeEntries({ entries = [], isLeader }) {
    if (!isLeader) return state.takeNew(entries)
    // Late messages of the previous leader are older than what it has stored.
    return isLeading ? new Set() : state.take(entries)
  }

  /** @param {Message} message */
  function receive(message) {
    if (loading.hold(message)) return
    const keys = takeEntries(message)
    if (message.status && !leader) report = /** @type {Report} */ (message.status)
    if (message.news === 'clear') return void clear().catch(onFailure)
    if (message.news === 'reload' && !leader) {
      for (const flush of flushes.ids()) store.post({ flush })
      void load()
    }
    if (message.news === 'hello' && leader) store.post({ status: report })
    if (message.flush !== undefined && leader) {
      const { flush } = message
      void flushed().then(() => store.post({ flushed: flush }))
    }
    if (message.flushed !== undefined) flushes.end(message.flushed)
    if (leader && keys.size > 0) shorten(keys)
    notify()
  }

  const flushHere = () =>
    flushes.wait((id) => {
      if (leader) leader.wake({ walk: true, isUrgent: true })
      else store.post({ flush: id })
    })

  /** Saves before and after an attempt, so that other windows know what was done. */
  async function flushed() {
    await save().catch(() => {})
    await flushHere()
    await save().catch(() => {})
  }

  /** @param {AbortSignal} signal */
  async function lead(signal) {
    isLeading = true
    await load()
    mergeDoubles(state)
    const { onAttempt } = flushes
    leader = createLeader({ ...options, state, save, report: setReport, newId, onAttempt, signal })
    shorten(state.keysOfQueues())
    store.setLeader(true)
    store.post({ news: 'reload', status: report })
    await leader.run()
    leader = undefined
    // The next leader reads what is stored.
    await save().catch(() => store.dropCopy())
    store.setLeader(false)
    isLeading = false
  }

  /** @param {Session} opened */
  async function open(opened) {
    const { signal } = opened.controller
    if (signal.aborted) return
    const { channel = globalThis.BroadcastChannel && broadcastChannel, lock } = options
    if (channel) store.open(scope, channel)
    watchBrowser(signal, {
      onOnline: () => leader?.reconnect(),
      onOffline: () => setReport({ online: false }),
      onVisible: () => leader?.wake({ walk: true }),
      onShown: () => leader ?? void load(),
    })
    await load()
    const ops = state.keysOfQueues().flatMap((key) => state.queueOf(key))
    // The window that made them may have closed before it told the others.
    store.post({ news: 'hello', entries: ops.map((op) => [`op:${op.id}`, op]) })
    opened.running = whileLocked(lock, scope, signal, () => lead(signal)).catch((error) =>
      setReport({ problem: problemOf(error) }),
    )
  }

  /** @param {Session | undefined} opened */
  async function close(opened) {
    opened?.controller.abort()
    await opened?.loaded.catch(() => {})
    await opened?.running
    await save().catch(() => {})
    loading.end()
    store.close()
    flushes.endAll()
  }

  function start() {
    if (session) leader?.wake({ walk: true, isUrgent: true })
    else {
      const opened = /** @type {Session} */ ({ controller: new AbortController() })
      opened.loaded = ended.then(() => open(opened))
      session = opened
    }
    return session?.loaded
  }
  function stop() {
    const opened = session
    session = undefined
    if (opened) ended = close(opened)
    return ended
  }
  async function clear() {
    await stop()
    state.clear()
    notify()
    await store.clear().finally(store.close)
  }

  return {
    start,
    stop,
    report: () => report,
    setReport,
    retryStorage() {
      if (session) loading.retryLater()
    },
    receive,
    /** Something was added to the queue. @param {string} key */
    added(key) {
      if (leader) state.compact(key)
      void save().catch(() => {})
      leader?.wake()
      notify()
    },
    async flush() {
      await session?.loaded
      if (session) await flushed()
    },
    clear() {
      store.post({ news: 'clear' })
      return clear()
    },
  }
}
