import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Config } from '../config/config.ts'
import { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { Pipeline } from './pipeline.ts'
import { SETTINGS, statementName } from './wire.ts'

export type Database = ReturnType<typeof createDatabase>
/** The generated client, with `$queryJson`. */
export type Client = Database['prisma']

export interface SendOptions {
  /** Whether what the statement costs depends on its values, and may be much. */
  isHeavy?: boolean
}

/** Told about a statement when it is asked for; the answer settles when the statement has, for better or worse. */
export type WatchStatement = (text: string, answer: Promise<unknown>) => void

type OnQuery = (event: { query: string; values?: unknown[] }) => void

const QUERY_GRACE_MS = 1000

/** Statement texts are few, but a bug that made them many must not fill PostgreSQL's memory. */
const MAX_STATEMENT_NAMES = 500

/**
 * Prisma over a pool of our own, which we can watch and which survives connections that end.
 * Nothing is connected before the first query.
 *
 * The client has one method more than the generated one: `$queryJson` sends a statement made with `Prisma.sql` on
 * behalf of one user. `$queryRaw` would answer the same, but asks for several times the CPU, most of it in
 * layers that only the model API needs (docs/performance.md), and knows no owner.
 *
 * @param onQuery told about every statement, for tests and measurements
 */
export function createDatabase(config: Config['database'], onQuery?: OnQuery) {
  const pool = createPool(config)
  const nameOf = config.prepared ? createStatementNames() : () => undefined
  const adapter = new PrismaPg(pool, {
    // pg's types say string, but it takes "no name" for a statement that is not kept.
    statementNameGenerator: ({ sql }) => nameOf(sql) as string,
  })
  const client = onQuery === undefined ? new PrismaClient({ adapter }) : createWatchedClient(adapter, onQuery)
  const { pipeline, heavyPipeline } = createPipelines(pool, config.poolMax)
  const watchers: WatchStatement[] = []
  const prisma = client.$extends({
    client: {
      /**
       * The rows of one statement, each a text of JSON: their first column. The values travel as parameters,
       * never as text, and row-level security hides from the statement what is not the owner's.
       * A heavy statement is not kept under a name: it is planned anew, for its values.
       */
      $queryJson(owner: string, { text, values }: Prisma.Sql, { isHeavy = false }: SendOptions = {}) {
        onQuery?.({ query: text, values })
        const name = isHeavy ? undefined : nameOf(text)
        const lane = (isHeavy && heavyPipeline) || pipeline
        const answer = lane.query(owner, { name, text, values, timeoutMs: config.queryTimeoutMs })
        for (const watch of watchers) watch(text, answer)
        return answer
      },
    },
  })
  const close = async () => {
    await prisma.$disconnect()
    await pool.end()
  }
  const statementsInFlight = () => pipeline.inFlight + (heavyPipeline?.inFlight ?? 0)
  const watchStatements = (watch: WatchStatement) => void watchers.push(watch)
  return { prisma, pool, statementsInFlight, watchStatements, close }
}

function createPool(config: Config['database']): pg.Pool {
  const pool = new pg.Pool({
    connectionString: config.url,
    max: config.poolMax,
    connectionTimeoutMillis: config.connectTimeoutMs,
    // For a server that no longer answers; one that does ends the statement before.
    query_timeout: config.queryTimeoutMs + QUERY_GRACE_MS,
    keepAlive: true,
    pipeline: true,
  })
  // A connection that ends while nobody uses it is no news: the next query makes another.
  pool.on('error', () => {})
  // The first statement on each connection: those behind it rely on the name.
  const prepare = (client: pg.PoolClient) =>
    void client.query({ ...SETTINGS, values: ['', 0] }).catch(() => {})
  if (config.prepared) pool.on('connect', prepare)
  return pool
}

/**
 * Statements wait for those before them on their connection: heavy ones have a quarter of the connections, where
 * nobody waits but others like them, and cannot take the rest however many they are.
 */
function createPipelines(pool: pg.Pool, connections: number) {
  const heavyConnections = Math.floor(connections / 4)
  // One connection is left to Prisma.
  const pipeline = new Pipeline(pool, Math.max(1, connections - 1 - heavyConnections))
  return { pipeline, heavyPipeline: heavyConnections > 0 ? new Pipeline(pool, heavyConnections) : undefined }
}

/** Prisma describes each of its statements to whoever listens, which costs. */
function createWatchedClient(adapter: PrismaPg, onQuery: OnQuery) {
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] })
  client.$on('query', onQuery)
  return client as PrismaClient
}

/** Named statements are parsed and planned once per connection: a third of all CPU. */
function createStatementNames() {
  const names = new Map<string, string>()
  return (sql: string) => {
    let name = names.get(sql)
    if (name === undefined && names.size < MAX_STATEMENT_NAMES) names.set(sql, (name = statementName(sql)))
    return name
  }
}

/** What a statement does: one of five words, whatever clients send. */
export const operationOf = (text: string) => /^\s*(SELECT|INSERT|UPDATE|DELETE)\b/.exec(text)?.[1] ?? 'OTHER'

/** SQL that reads a timestamptz as RFC 3339 in UTC with milliseconds, whatever the session's time zone. */
export const instantSql = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** SQL that writes a row as a JSON object, each property from its expression. */
export function jsonObject(expressions: Readonly<Record<string, string>>): Prisma.Sql {
  const pairs = Object.entries(expressions).map(([name, expression]) => `'${name}', ${expression}`)
  return Prisma.raw(`json_build_object(${pairs.join()})`)
}
