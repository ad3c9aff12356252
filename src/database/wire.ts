import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import pg from 'pg'
import { type Channel, LOCK_WAIT_MS } from './channel.ts'
import { nameOf } from './statement-names.ts'

/*
 * Everything that relies on pg's internals is in this file: the messages of its connection, the methods that it calls
 * on a query, and the identity of a backend for cancelling. checks.ts proves at start that they still work as meant.
 */

/** One statement, as a channel sends it. */
export interface Request {
  /** The user on whose behalf it runs; row-level security hides everybody else's rows from it. */
  owner: string
  text: string
  values: unknown[]
  /** Whether the server keeps the parsed statement under a name. */
  isPrepared: boolean
  isHeavy: boolean
  /** Milliseconds after which the server stops it, counted from when it begins to run. */
  limitMs: number
}

/** Statements of one user in one transaction: all of them take effect, or none. */
export interface BatchRequest extends Omit<Request, 'text' | 'values'> {
  statements: readonly Pick<Request, 'text' | 'values'>[]
}

/** pg's connection: one message of PostgreSQL's extended protocol per method. */
interface Wire extends EventEmitter {
  stream: Socket
  parse(message: { name: string; text: string }): void
  bind(message: { statement: string; values: unknown[]; valueMapper: typeof asText }): void
  execute(message: object): void
  sync(): void
  connect(portOrPath: number | string, host?: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
}
interface Internals {
  connection: Wire
  processID: number
  secretKey: number
}
const internalsOf = (client: pg.Client) => client as unknown as Internals

const CANCEL_TIMEOUT_MS = 2000
const CLOSE_TIMEOUT_MS = 1000
/**
 * Settings that end with their transaction, so that a pooler may give the connection to anybody: the owner, whom
 * row-level security reads, and the time limits of the statement.
 */
export const SETTINGS = `SELECT set_config('app.user_id', $1, true), set_config('statement_timeout', $2, true),
  set_config('lock_timeout', '${LOCK_WAIT_MS}', true)`
/** A heavy statement gets no parallel workers: by default it would take three cores from the statements of others. */
const HEAVY_SETTINGS = `${SETTINGS}, set_config('max_parallel_workers_per_gather', '0', true)`

type Scalar = string | number | bigint | boolean | null | undefined

/** All values are sent as text: strings, numbers, booleans, ids, and arrays of them in PostgreSQL's notation. */
const asText = (value: Scalar | Scalar[]): string | null => {
  if (Array.isArray(value)) return `{${value.map(quoted).join()}}`
  if (typeof value === 'object' && value !== null)
    throw new TypeError('An object is no value of a statement.')
  return value == null ? null : String(value)
}
const quoted = (value: Scalar) => (value == null ? 'NULL' : `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`)

/** The prepared statements of one connection. */
interface Prepared {
  known: Set<string>
  /** Names of statements that were sent to be parsed and are not confirmed yet. */
  pending: Set<string>
}

/**
 * One statement of one user, in a transaction of its own. The settings, the statement and the end of the transaction are
 * sent together, so that row-level security costs no round trip. The answer is the first column of each row, as text,
 * without column descriptions and row objects.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
class Statement extends pg.Query {
  declare callback: (error: Error | null) => void
  texts: string[] = []
  private readonly request: Request
  private readonly prepared: Prepared | undefined
  /** Names of this statement that are being parsed, in order; empty for an unnamed one. */
  private readonly parsing: string[] = []
  protected isSet = false

  constructor(request: Request, prepared: Prepared | undefined, callback: (error: Error | null) => void) {
    super(request.text)
    this.request = request
    this.prepared = prepared
    this.callback = callback
  }

  /** Called by pg: the extended protocol even without values. */
  requiresPreparation() {
    return true
  }

  /** Called by pg to send the statement. */
  prepare(wire: Wire) {
    const { text, values, isPrepared } = this.request
    this.sendSettings(wire)
    this.send(wire, text, values, isPrepared)
    wire.sync()
  }

  protected sendSettings(wire: Wire) {
    const { owner, limitMs, isPrepared, isHeavy } = this.request
    this.send(wire, isHeavy ? HEAVY_SETTINGS : SETTINGS, [owner, limitMs], isPrepared)
  }

  /**
   * A name is not used while it is being parsed for an earlier statement. If that one were cancelled first, the name
   * would not exist. Until the name is confirmed, other statements are sent without a name. A batch uses its own names
   * at once: if the server does not parse one of them, it skips the rest of the batch, too.
   */
  protected send(wire: Wire, text: string, values: unknown[], isPrepared: boolean) {
    let name = this.prepared && isPrepared ? nameOf(text, this.request.isHeavy) : ''
    const isParsing = this.prepared?.pending.has(name) === true
    const isOurs = isParsing && this.parsing.includes(name)
    if (isParsing && !isOurs) name = ''
    if (name === '' || !(isOurs || this.prepared!.known.has(name))) {
      wire.parse({ name, text })
      this.parsing.push(name)
      if (name !== '') this.prepared!.pending.add(name)
    }
    wire.bind({ statement: name, values, valueMapper: asText })
    wire.execute({})
  }

  /** Called when the server has parsed the next text of this statement. */
  handleParseComplete() {
    this.settleName(true)
  }

  private settleName(isKnown: boolean) {
    const name = this.parsing.shift()
    if (!name) return
    this.prepared!.pending.delete(name)
    if (isKnown) this.prepared!.known.add(name)
  }

  handleDataRow({ fields }: { fields: string[] }) {
    if (this.isSet) this.texts.push(fields[0]!)
  }

  handleCommandComplete() {
    this.isSet = true
  }

  handleReadyForQuery() {
    this.callback(null)
  }

  handleError(error: Error & { code?: string }) {
    // 42P05: the server already has the name. 26000: it has lost the name, and probably all others, too.
    const { code } = error
    // The first name is the one that failed. The server has skipped the others.
    this.settleName(code === '42P05')
    while (this.parsing.length > 0) this.settleName(false)
    if (code === '26000') this.prepared?.known.clear()
    this.callback(error)
  }
}

/** Several statements in one transaction, sent together: one round trip. The server stops at the first error. */
class Batch extends Statement {
  /** One answer for each statement. */
  readonly answers: string[][] = []
  private readonly batch: BatchRequest

  constructor(batch: BatchRequest, prepared: Prepared | undefined, callback: (error: Error | null) => void) {
    super({ ...batch, ...batch.statements[0]! }, prepared, callback)
    this.batch = batch
  }

  override prepare(wire: Wire) {
    const { statements, isPrepared } = this.batch
    this.sendSettings(wire)
    for (const { text, values } of statements) this.send(wire, text, values, isPrepared)
    wire.sync()
  }

  override handleCommandComplete() {
    if (this.isSet) this.answers.push(this.texts)
    this.texts = []
    super.handleCommandComplete()
  }
}

/** A connection to PostgreSQL outside Prisma's pool. It can carry several statements, which the server runs in order. */
export class WireChannel implements Channel {
  private readonly client: pg.Client
  private readonly prepared: Prepared | undefined
  private readonly sent: Statement[] = []
  private isGathering = false

  constructor(settings: pg.ClientConfig, isPrepared: boolean) {
    this.client = new pg.Client({ ...settings, keepAlive: true, pipeline: true })
    this.prepared = isPrepared ? { known: new Set(), pending: new Set() } : undefined
    internalsOf(this.client).connection.on('parseComplete', () => this.sent[0]?.handleParseComplete())
  }

  /** @param onEnd called when the connection has ended for any reason */
  async open(onEnd: () => void) {
    this.client.on('error', onEnd)
    this.client.on('end', onEnd)
    await this.client.connect()
  }

  send(request: Request): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const statement = new Statement(request, this.prepared, (error) => {
        this.forget(statement)
        if (error === null) resolve(statement.texts)
        else reject(error)
      })
      this.submit(statement)
    })
  }

  /** The answers of all statements of a transaction. */
  sendAll(request: BatchRequest): Promise<string[][]> {
    return new Promise((resolve, reject) => {
      const batch = new Batch(request, this.prepared, (error) => {
        this.forget(batch)
        if (error === null) resolve(batch.answers)
        else reject(error)
      })
      this.submit(batch)
    })
  }

  private submit(statement: Statement) {
    this.sent.push(statement)
    this.gather()
    this.client.query(statement)
  }

  private forget(statement: Statement) {
    const index = this.sent.indexOf(statement)
    if (index >= 0) this.sent.splice(index, 1)
  }

  /** Collects what one turn of the event loop sends, and writes it at once: a write costs more than a statement. */
  private gather() {
    if (this.isGathering) return
    this.isGathering = true
    const { stream } = internalsOf(this.client).connection
    stream.cork()
    setImmediate(() => {
      this.isGathering = false
      stream.uncork()
    })
  }

  /**
   * Asks the server to stop what it is running on this connection. The request needs a new connection.
   * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
   */
  cancel() {
    const { processID, secretKey } = internalsOf(this.client)
    const { host, port, ssl } = this.client
    const { connection } = internalsOf(new pg.Client({ ssl }))
    const end = () => connection.stream.destroy()
    const cancel = () => connection.cancel(processID, secretKey)
    connection.on('error', end).on('connect', () => (ssl ? connection.requestSsl() : cancel()))
    connection.on('sslconnect', cancel).on('end', end)
    setTimeout(end, CANCEL_TIMEOUT_MS).unref()
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`)
    else connection.connect(port, host)
  }

  /** Ends the connection at once, and with it all its statements. */
  destroy() {
    internalsOf(this.client).connection.stream.destroy()
  }

  /** Ends the connection after its statements. If an answer does not come, the connection is destroyed after a time. */
  async close() {
    const timer = setTimeout(() => this.destroy(), CLOSE_TIMEOUT_MS)
    await this.client.end().catch(() => {})
    clearTimeout(timer)
  }
}
