import { hash } from 'node:crypto'
import type { Socket } from 'node:net'
import pg from 'pg'

/** The messages of PostgreSQL's extended protocol, as pg's connection sends them. */
interface Wire {
  stream: Socket
  parsedStatements: Record<string, string>
  submittedNamedStatements: Record<string, string>
  parse(message: { name: string; text: string }): void
  bind(message: { statement: string; values: unknown[]; valueMapper: typeof asText }): void
  execute(message: object): void
  sync(): void
}

export interface StatementText {
  /** Under which the server keeps the statement; undefined where it does not. */
  name: string | undefined
  text: string
  values: unknown[]
  /** The server ends the statement after so many milliseconds. */
  timeoutMs: number
}

/**
 * The name under which a server keeps a statement. It follows from the text, so that a pooler which gives one client
 * the statements of another has it find none, rather than one of another text.
 */
export const statementName = (text: string) => hash('sha1', text, 'base64url').slice(0, 16)

const SET_LOCALLY = `SELECT set_config('app.user_id', $1, true), set_config('statement_timeout', $2, true)`

/**
 * Settings that end with their transaction, so that poolers may hand the connection to anybody: the owner, whom
 * row-level security reads, and how long the statement may run.
 */
export const SETTINGS = { name: statementName(SET_LOCALLY), text: SET_LOCALLY }

type Callback = (error: Error | undefined, texts: string[]) => void

/**
 * One statement on behalf of one user, in a transaction of its own. The settings, the statement and
 * the end of the transaction leave in one piece, so that row-level security costs no round trip. What comes back
 * is the first column of each row as PostgreSQL wrote it: no description of columns, no objects for rows.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export class Statement extends pg.Query {
  declare callback: Callback
  declare name: string | undefined
  declare readonly text: string
  declare values: unknown[]
  private readonly owner: string
  private readonly timeoutMs: number
  private readonly texts: string[] = []
  private isSet = false

  constructor(owner: string, statement: StatementText, callback: Callback) {
    // From an object pg would make a copy, which takes longer than all else here.
    super(statement.text)
    this.name = statement.name
    this.values = statement.values
    this.timeoutMs = statement.timeoutMs
    this.owner = owner
    this.callback = callback
  }

  /** Also without values: the setting has one. */
  requiresPreparation() {
    return true
  }

  /** Called by pg to send the statement. */
  prepare(wire: Wire) {
    send(wire, this.name && SETTINGS.name, SETTINGS.text, [this.owner, this.timeoutMs])
    send(wire, this.name, this.text, this.values)
    wire.sync()
  }

  handleDataRow({ fields }: { fields: string[] }) {
    if (this.isSet) this.texts.push(fields[0]!)
  }

  handleCommandComplete() {
    this.isSet = true
  }

  handleReadyForQuery() {
    this.callback(undefined, this.texts)
  }

  handleError(error: Error) {
    this.callback(error, [])
  }
}

function send(wire: Wire, name: string | undefined, text: string, values: unknown[]) {
  const isKnown =
    name !== undefined && (name in wire.parsedStatements || name in wire.submittedNamedStatements)
  if (!isKnown) wire.parse({ name: name ?? '', text })
  if (!isKnown && name !== undefined) wire.submittedNamedStatements[name] = text
  wire.bind({ statement: name ?? '', values, valueMapper: asText })
  wire.execute({})
}

/** Everything travels as text: strings, numbers, booleans and ids. */
const asText = (value: string | number | boolean | bigint | null | undefined) =>
  value == null ? null : String(value)

/** The connection under a client, which the types of pg leave out. */
export const wireOf = (client: pg.ClientBase) => (client as unknown as { connection: Wire }).connection

/** Has a statement parsed again on this connection, whose server has lost it. */
export function forget(client: pg.ClientBase, { name = '' }: StatementText) {
  const { parsedStatements, submittedNamedStatements } = wireOf(client)
  for (const lost of [name, SETTINGS.name]) {
    delete parsedStatements[lost]
    delete submittedNamedStatements[lost]
  }
}
