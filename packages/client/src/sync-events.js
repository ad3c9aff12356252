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
