import { isSignedOut } from './sync-calls.js'

/**
 * Reads a stream of server-sent events to its end.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @param {object} options
 * @param {number} options.silenceMs without a sign of life for so long the stream is lost
 * @param {(id: string | undefined) => void} options.onChange with the id of the event
 */
export function readEvents(stream, { silenceMs, onChange }) {
  const reader = stream.getReader()
  const cancel = () => void reader.cancel().catch(() => {})

  async function read() {
    const decoder = new TextDecoder()
    let text = ''
    for (;;) {
      const timer = setTimeout(cancel, silenceMs)
      const { done, value } = await reader.read().finally(() => clearTimeout(timer))
      if (done) return
      const blocks = (text + decoder.decode(value, { stream: true })).split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks)
        if (/^event: changed$/m.test(block)) onChange(/^id: (.*)$/m.exec(block)?.[1])
    }
  }
  return { ended: read(), cancel }
}

/**
 * Keeps a stream of events open.
 *
 * @param {object} options
 * @param {ReturnType<typeof import('./sync-calls.js').createCalls>} options.calls
 * @param {() => number} options.now
 * @param {import('./sync.js').SyncTimings} options.timings
 * @param {ReturnType<typeof import('./sync-waits.js').createWaits>} options.waits
 * @param {(isUrgent: boolean) => void} options.onChange tasks may have changed; urgent if a stream was opened
 * @param {() => boolean} options.isSuspended whether nobody is signed in
 * @param {AbortSignal} options.signal ends it
 */
export function createListener({ calls, now, timings, waits, onChange, isSuspended, signal }) {
  /** @type {ReturnType<typeof readEvents> | undefined} */
  let stream

  async function listen() {
    /** @type {string | undefined} */
    let lastId
    for (let failures = 0; !signal.aborted;) {
      const openedAt = now()
      /** @type {unknown} */
      let failure
      try {
        const onEvent = (/** @type {string | undefined} */ id) => {
          lastId = id
          onChange(false)
        }
        stream = readEvents(await calls.events(lastId, signal), {
          silenceMs: timings.silence,
          onChange: onEvent,
        })
        onChange(true)
        if (signal.aborted) stream.cancel()
        await stream.ended
      } catch (error) {
        failure = error
      }
      failures = now() - openedAt > timings.silence / 2 ? 1 : failures + 1
      // The next reading shows whether nobody is signed in, or the token was refused once only.
      if (isSignedOut(failure)) onChange(false)
      await waits.afterFailure(failures, failure)
      while (isSuspended() && !signal.aborted) await waits.untilUrgent()
    }
  }
  return { listen, cancel: () => stream?.cancel() }
}
