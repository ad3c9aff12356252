import { setTimeout as sleep } from 'node:timers/promises'
import { residentMb } from './cpu.ts'
import type { BenchDatabase } from './database.ts'
import { percentiles } from './pairs.ts'
import { createPerson, type Person } from './people.ts'
import { type Server, startService } from './servers.ts'

export interface ListFigures {
  bytes: number
  firstByteMs: number
  totalMs: number
  /** Peak resident memory, minus the memory before. */
  extraMb: number
  /** Latencies of another user's requests at the same time. */
  others: { count: number; p50: number; p99: number; max: number }
}

/** Reads a long list from the service while another user requests short pages. */
export async function readCompleteList(
  { serviceUrl }: BenchDatabase,
  reader: string,
  other: string,
): Promise<ListFigures> {
  const service = await startService(serviceUrl)
  try {
    const [one, another] = [createPerson(reader), createPerson(other)]
    await warmUp(service, one, another)
    const before = residentMb(service.pid) ?? NaN
    const watch = { reading: true, peak: before, latencies: [] as number[] }
    const watching = Promise.all([watchMemory(service, watch), keepAsking(service, another, watch)])
    const times = await readAll(service, one)
    watch.reading = false
    await watching
    return { ...times, extraMb: watch.peak - before, others: summarize(watch.latencies) }
  } finally {
    await service.stop()
  }
}

type Watch = { reading: boolean; peak: number; latencies: number[] }
const ask = (server: Server, path: string, { token }: Person) =>
  fetch(server.url + path, { headers: { authorization: `Bearer ${token}` } })

async function warmUp(service: Server, one: Person, another: Person) {
  for (let round = 0; round < 200; round += 1) {
    await (await ask(service, '/api/tasks?limit=200', one)).arrayBuffer()
    await (await ask(service, '/api/tasks?limit=20', another)).arrayBuffer()
  }
}

async function readAll(service: Server, person: Person) {
  const start = performance.now()
  const { body } = await ask(service, '/api/tasks', person)
  let bytes = 0
  let firstByteMs = NaN
  for await (const chunk of body!) {
    if (bytes === 0) firstByteMs = performance.now() - start
    bytes += (chunk as Uint8Array).byteLength
  }
  return { bytes, firstByteMs, totalMs: performance.now() - start }
}

async function watchMemory({ pid }: Server, watch: Watch) {
  for (; watch.reading; await sleep(10)) watch.peak = Math.max(watch.peak, residentMb(pid) ?? NaN)
}

async function keepAsking(service: Server, person: Person, watch: Watch) {
  for (; watch.reading; await sleep(10)) {
    const start = performance.now()
    await (await ask(service, '/api/tasks?limit=20', person)).arrayBuffer()
    watch.latencies.push(performance.now() - start)
  }
}

const summarize = (latencies: number[]) => ({ count: latencies.length, ...percentiles(latencies) })
