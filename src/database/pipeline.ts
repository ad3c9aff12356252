import type pg from 'pg'
import { isConnectionLost, isForgotten, isRefused, isUndone } from './errors.ts'
import { forget, Statement, type StatementText, wireOf } from './wire.ts'

/** Writing to a socket costs more than all else about a statement; waiting for too many before one costs time. */
const MOST_GATHERED = 16

const RETRY_AFTER_MS = 50

interface Job {
  owner: string
  statement: StatementText
  isRetried: boolean
  resolve: (texts: string[]) => void
  reject: (error: Error) => void
}
/** A connection that is out of the pool while it has statements in flight. */
interface Line {
  client: pg.PoolClient
  inFlight: number
  /** Statements that leave together at the end of this turn of the event loop. */
  gathered: number
  isBroken: boolean
  retire: () => void
}

/**
 * Sends statements without waiting for the answers of those before: a connection carries many at once, which
 * both sides read and write in one go, for half of the CPU. PostgreSQL still runs them one by one, each in its
 * own transaction, and the error of one is nothing to the next. Statements go to the connection with the least
 * in flight; a connection that has none goes back to the pool, for whoever else needs one.
 */
export class Pipeline {
  private readonly pool: pg.Pool
  private readonly connections: number
  private readonly lines: Line[] = []
  private readonly waiting: Job[] = []
  private opening = 0

  /** @param connections of the pool that may be taken at once */
  constructor(pool: pg.Pool, connections: number) {
    this.pool = pool
    this.connections = connections
  }

  /** The first column of each row, as text. */
  query(owner: string, statement: StatementText): Promise<string[]> {
    return new Promise((resolve, reject) =>
      this.send({ owner, statement, isRetried: false, resolve, reject }),
    )
  }

  /** Statements that have been asked for and not answered. */
  get inFlight(): number {
    return this.lines.reduce((sum, line) => sum + line.inFlight, this.waiting.length)
  }

  private send(job: Job) {
    const mayOpen = this.lines.length + this.opening < this.connections
    if (mayOpen || this.lines.length === 0) this.waiting.push(job)
    else this.submit(choose(this.lines), job)
    if (mayOpen) this.open()
  }

  private open() {
    this.opening += 1
    this.pool.connect((error, client) => {
      this.opening -= 1
      // As many connections as are being opened share what waits, or fail it.
      const share = this.waiting.splice(0, Math.ceil(this.waiting.length / (this.opening + 1)))
      if (client !== undefined) return this.use(client, share)
      for (const job of share) this.fail(job, error!, !isRefused(error!))
    })
  }

  private use(client: pg.PoolClient, jobs: Job[]) {
    const line = { client, inFlight: 0, gathered: 0, isBroken: false, retire: () => this.retire(line) }
    this.lines.push(line)
    client.on('error', line.retire)
    for (const job of jobs) this.submit(line, job)
    if (jobs.length === 0) this.release(line)
  }

  private submit(line: Line, job: Job) {
    line.inFlight += 1
    gather(line)
    line.client.query(
      new Statement(job.owner, job.statement, (error, texts) => {
        line.inFlight -= 1
        this.settle(line, job, error, texts)
        if (this.waiting.length > 0 && !line.isBroken) this.submit(line, this.waiting.shift()!)
        if (line.inFlight === 0) this.release(line)
      }),
    )
  }

  private settle(line: Line, job: Job, error: Error | undefined, texts: string[]) {
    if (error === undefined) return job.resolve(texts)
    if (isConnectionLost(error)) this.retire(line)
    if (isForgotten(error)) forget(line.client, job.statement)
    const didNothing = isForgotten(error) || isUndone(error)
    const isRead = /^\s*SELECT/.test(job.statement.text)
    this.fail(job, error, didNothing || (isRead && isConnectionLost(error) && !isRefused(error)))
  }

  /** Tries again, once, where the first try did nothing, or where doing it twice is doing it once. */
  private fail(job: Job, error: Error, mayRetry: boolean) {
    if (job.isRetried || !mayRetry) return job.reject(error)
    job.isRetried = true
    // Where one connection ends others are ending too, which shows in a moment.
    setTimeout(() => this.send(job), RETRY_AFTER_MS)
  }

  /** Sends nothing more on a connection. */
  private retire(line: Line) {
    line.isBroken = true
    if (this.lines.includes(line)) this.lines.splice(this.lines.indexOf(line), 1)
  }

  private release({ client, isBroken, retire }: Line) {
    retire()
    client.removeListener('error', retire)
    client.release(isBroken)
  }
}

/** What one turn of the event loop sends on a connection is written at its end, at once. */
function gather(line: Line) {
  line.gathered += 1
  if (line.gathered > 1) return
  const { stream } = wireOf(line.client)
  stream.cork()
  setImmediate(() => {
    line.gathered = 0
    stream.uncork()
  })
}

/** The connection that is being written to anyway, else the one with the least in flight. */
const choose = (lines: Line[]) =>
  lines.find(({ gathered }) => gathered > 0 && gathered < MOST_GATHERED) ??
  lines.reduce((least, line) => (line.inFlight < least.inFlight ? line : least))
