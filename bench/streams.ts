import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { residentMb } from './cpu.ts'
import { openDatabase } from './database.ts'
import { percentiles } from './pairs.ts'
import { createStrangers, type Person } from './people.ts'
import { machine } from './report.ts'
import { type Server, startService } from './servers.ts'

const STREAMS = 5000
const AT_ONCE = 50
const WRITES = 1000
const MS_BETWEEN_WRITES = 10

/** What happens on the streams: called with each event, by the id of its user. */
const onEvent = new Map<string, () => void>()

/** Measures the memory of open event streams, the time of a page while they are open, and how soon they tell of a write. */
export async function measureStreams() {
  const database = await openDatabase()
  const service = await startService(database.serviceUrl)
  try {
    const people = createStrangers(STREAMS)
    for (let first = 0; first < STREAMS; first += AT_ONCE)
      await Promise.all(people.slice(first, first + AT_ONCE).map((person) => pageMs(service, person)))
    const [rssBefore, pageBefore] = [await settledMb(service), await medianPageMs(service, people)]
    for (let first = 0; first < STREAMS; first += AT_ONCE)
      await Promise.all(people.slice(first, first + AT_ONCE).map((person) => openStream(service, person)))
    const [rssAfter, pageAfter] = [await settledMb(service), await medianPageMs(service, people)]
    const kbEach = ((rssAfter - rssBefore) * 1000) / STREAMS
    console.log(
      `${STREAMS} streams: ${rssBefore} MB before, ${rssAfter} MB after, ${kbEach.toFixed(1)} kB each; ` +
        `a page takes ${pageBefore.toFixed(1)} ms before, ${pageAfter.toFixed(1)} ms after`,
    )
    const toEvent = await eventMs(service, people)
    console.log(
      `from sending a write to the event on the stream of the same user, ${WRITES} writes at ${1000 / MS_BETWEEN_WRITES}/s: ` +
        `median ${toEvent.p50.toFixed(1)}, p99 ${toEvent.p99.toFixed(1)}, longest ${toEvent.max.toFixed(1)} ms`,
    )
    return {
      machine: machine(),
      toEvent,
      streams: STREAMS,
      rssBefore,
      rssAfter,
      kbEach,
      pageBefore,
      pageAfter,
    }
  } finally {
    await service.stop()
    await database.close()
  }
}

async function settledMb({ pid }: Server) {
  await sleep(5000)
  return residentMb(pid) ?? NaN
}

const headersOf = ({ token }: Person) => ({ authorization: `Bearer ${token}` })

async function pageMs({ url }: Server, person: Person) {
  const start = performance.now()
  const answer = await fetch(`${url}/api/tasks?limit=20`, { headers: headersOf(person) })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`a page is answered with ${answer.status}`)
  return performance.now() - start
}

async function medianPageMs(service: Server, people: Person[]) {
  const times = []
  for (const person of people.slice(0, 300)) times.push(await pageMs(service, person))
  return times.sort((a, b) => a - b)[150]!
}

/** Each write is of another user, on a connection that is not that of the stream. */
async function eventMs({ url }: Server, people: Person[]) {
  const times = people.slice(0, WRITES).map(async (person, index) => {
    await sleep(index * MS_BETWEEN_WRITES)
    const start = performance.now()
    const event = new Promise<number>((resolve, reject) => {
      onEvent.set(person.id, () => resolve(performance.now() - start))
      setTimeout(reject, 10_000, new Error('no event came within 10 s')).unref()
    })
    const answer = await fetch(`${url}/api/tasks`, {
      method: 'POST',
      headers: { ...headersOf(person), 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Told to the other device' }),
    })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`a write is answered with ${answer.status}`)
    return event
  })
  return percentiles(await Promise.all(times))
}

/** Resolves at the first bytes of the stream. It stays open until this process ends. */
const openStream = ({ url }: Server, person: Person) =>
  new Promise<void>((resolve, reject) => {
    get(`${url}/api/tasks/events`, { headers: headersOf(person), agent: false }, (answer) => {
      if (answer.statusCode !== 200)
        return reject(new Error(`a stream is answered with ${answer.statusCode}`))
      answer.once('data', () => resolve()).on('error', () => {})
      answer.on('data', (text: Buffer) => text.includes('event: changed') && onEvent.get(person.id)?.())
    }).on('error', reject)
  })
