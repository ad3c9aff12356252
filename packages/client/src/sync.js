import { createCalls, problemOf } from './sync-calls.js'
import { createSession } from './sync-session.js'
import { createState } from './sync-state.js'
import { everything } from './sync-repair.js'
import { createStore, FOREIGN } from './sync-store.js'
import { createWrites } from './sync-writes.js'

/**
 * @import { SyncOptions, SyncProblem, SyncStatus, TaskSync } from './sync.js'
 * @import { Op } from './sync-queue.js'
 */

export { indexedDbStorage, memoryStorage } from './sync-storage.js'

const TIMINGS = { retry: 1000, maxRetry: 60_000, walk: 300_000, silence: 60_000 }

/**
 * @param {SyncOptions} options
 * @returns {TaskSync}
 */
export function createSync({ client, userId, storage, onConflict, timings, ...options }) {
  const { now = Date.now, random = Math.random, lock, channel } = options
  /** @type {Set<() => void>} */
  const listeners = new Set()
  /** @type {SyncStatus | undefined} */
  let status
  /** @type {SyncProblem | undefined} */
  let storageProblem

  function notify() {
    status = undefined
    for (const listener of [...listeners]) listener()
  }
  /** @param {unknown} error */
  function onFailure(error) {
    if (error) session.retryStorage()
    if (!error === !storageProblem) return
    const isForeign = error instanceof Error && error.message === FOREIGN
    const reason = isForeign ? FOREIGN : 'This device cannot store the tasks.'
    const detail = `${reason} Changes are lost when the page is closed.`
    storageProblem = error ? { status: 0, code: 'storage_failed', detail, errors: [] } : undefined
    notify()
  }

  const store = createStore(storage, {
    ...{ userId, onFailure },
    everything: () => everything(state),
    onMessage: (message) => session.receive(message),
  })
  const notifySoon = oncePerTurn(notify)
  const state = createState((key, value) => {
    store.put(key, value)
    // Also for what an answer of the service changes.
    notifySoon()
  })
  const session = createSession({
    ...{ state, store, now, random, lock, channel, notify, onFailure },
    scope: `task-sync:${storage.name}:${userId}`,
    calls: createCalls(client, userId),
    timings: { ...TIMINGS, ...timings },
    onConflict: (op) => void ask(op),
  })
  const writes = createWrites({
    ...{ state, userId, now },
    add(op) {
      state.add(op)
      session.added(op.key)
    },
  })

  /** @param {Op} op in conflict */
  async function ask({ id }) {
    notify()
    const conflict = state.conflicts().find((each) => each.id === id)
    if (!conflict || !onConflict) return
    try {
      const choice = await onConflict(conflict)
      if (choice !== undefined) writes.resolve(conflict, choice)
    } catch (error) {
      session.setReport({ problem: problemOf(error) })
    }
  }

  function currentStatus() {
    const { isComplete, lastSyncedAt } = state.meta()
    let pending = 0
    for (const [first] of state.queues()) if (!first?.conflict && !first?.refused) pending += 1
    const report = session.report()
    return {
      ...report,
      problem: report.problem ?? storageProblem,
      complete: isComplete,
      lastSyncedAt,
      pending,
      conflicts: state.conflicts().length,
      refused: state.refused().length,
    }
  }

  return {
    ...writes,
    start: session.start,
    stop: session.stop,
    flush: session.flush,
    clear: session.clear,
    saved: () => store.save(),
    tasks: state.tasks,
    get: state.view,
    byId(id) {
      const key = state.keyOf(id)
      return key === undefined ? undefined : state.view(key)
    },
    conflicts: state.conflicts,
    refused: state.refused,
    status: () => (status ??= currentStatus()),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** @param {() => void} call */
function oncePerTurn(call) {
  let isDue = false
  return () => {
    if (isDue) return
    isDue = true
    queueMicrotask(() => {
      isDue = false
      call()
    })
  }
}
