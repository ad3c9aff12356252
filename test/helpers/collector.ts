import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'

/** The fields of a message of Protocol Buffers, by their number. https://protobuf.dev/programming-guides/encoding/ */
type Message = Map<number, (bigint | Buffer)[]>

export interface Span {
  traceId: string
  spanId: string
  parentSpanId: string
  name: string
  kind: number
  failed: boolean
  attributes: Record<string, string | number>
}
export interface Metric {
  name: string
  unit: string
  /** Of its points, each of which is a histogram. */
  attributes: Record<string, string | number>[]
}

/** A collector that takes OTLP over HTTP, and remembers what it was sent. */
export async function startCollector(t: Test, status = 200) {
  const received: { url: string; headers: NodeJS.Dict<string | string[]>; body: Buffer }[] = []
  const server = createServer(async (request, response) => {
    received.push({ url: request.url!, headers: request.headers, body: await buffer(request) })
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const bodies = (url: string) => received.filter((request) => request.url === url).map(({ body }) => body)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    spans: () => bodies('/v1/traces').flatMap(spansIn),
    metrics: () => bodies('/v1/metrics').flatMap(metricsIn),
    resources: () => received.map(({ body }) => attributesOf(at(parse(body), 1, 1)[0]!, 1)),
  }
}

// The numbers are those of https://github.com/open-telemetry/opentelemetry-proto

const spansIn = (body: Buffer): Span[] =>
  at(parse(body), 1, 2, 2).map((span) => ({
    traceId: bytes(span, 1).toString('hex'),
    spanId: bytes(span, 2).toString('hex'),
    parentSpanId: bytes(span, 4).toString('hex'),
    name: bytes(span, 5).toString(),
    kind: Number(span.get(6)?.[0]),
    failed: at(span, 15)[0]?.get(3)?.[0] === 2n,
    attributes: attributesOf(span, 9),
  }))

const metricsIn = (body: Buffer): Metric[] =>
  at(parse(body), 1, 2, 2).map((metric) => ({
    name: bytes(metric, 1).toString(),
    unit: bytes(metric, 3).toString(),
    attributes: at(metric, 9, 1).map((point) => attributesOf(point, 9)),
  }))

function attributesOf(message: Message, field: number): Record<string, string | number> {
  const pairs = at(message, field).map((pair) => {
    const value = at(pair, 2)[0]!
    const text = value.get(1)?.[0] as Buffer | undefined
    return [bytes(pair, 1).toString(), text?.toString() ?? Number(value.get(3)?.[0])] as const
  })
  return Object.fromEntries(pairs)
}

/** The messages at the end of a path of fields. */
function at(message: Message, ...path: number[]): Message[] {
  const [field, ...rest] = path
  if (field === undefined) return [message]
  return (message.get(field) ?? []).flatMap((part) => at(parse(part as Buffer), ...rest))
}

const bytes = (message: Message, field: number) => (message.get(field)?.[0] ?? Buffer.alloc(0)) as Buffer

function parse(data: Buffer): Message {
  const message: Message = new Map()
  let offset = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[offset++]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number) => data.subarray(offset, (offset += length))
  while (offset < data.length) {
    const key = Number(varint())
    const read = { 0: varint, 1: () => take(8), 2: () => take(Number(varint())), 5: () => take(4) }[key & 7]
    const field = key >> 3
    message.set(field, [...(message.get(field) ?? []), read!()])
  }
  return message
}
