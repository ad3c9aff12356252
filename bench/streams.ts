import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { residentMb } from './cpu.ts'
import { openDatabase } from './database.ts'
import { createStrangers, type Person } from './people.ts'
import { machine } from './report.ts'
import { type Server, startService } from './servers.ts'

const STREAMS = 5000
const AT_ONCE = 50

/** Measures the memory of open event streams, and the time of a page while they are open. */
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
    return { machine: machine(), streams: STREAMS, rssBefore, rssAfter, kbEach, pageBefore, pageAfter }
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

/** Resolves at the first bytes of the stream. It stays open until this process ends. */
const openStream = ({ url }: Server, person: Person) =>
  new Promise<void>((resolve, reject) => {
    get(`${url}/api/tasks/events`, { headers: headersOf(person), agent: false }, (answer) => {
      if (answer.statusCode !== 200)
        return reject(new Error(`a stream is answered with ${answer.statusCode}`))
      answer.once('data', () => resolve()).on('error', () => {})
    }).on('error', reject)
  })
