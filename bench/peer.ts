import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import type { BenchDatabase } from './database.ts'
import { SECRET } from './people.ts'
import { freePort, type Server, startProgram } from './servers.ts'

/** The routes that a peer must have. */
export const PEER_ROUTES = ['list', 'get', 'update', 'create']
const COLUMNS = ['id', 'user_id', 'title', 'description', 'completed', 'due_at', 'created_at', 'updated_at']

/**
 * Starts a service in another language: the executable `peer` in a folder. If the folder has a `schema.sql`, which creates
 * the tables `users` and `tasks`, the peer gets its own database on the same server, with the same users and the same ids
 * of tasks. Otherwise it uses the tables of the service, as their owner, to whom row-level security does not apply.
 * If its answers differ from those of the service, for example because it has fewer fields, the benchmark says so.
 */
export async function startPeer({ url, client }: BenchDatabase, folder: string): Promise<Server> {
  const schema = join(folder, 'schema.sql')
  if (!existsSync(schema)) return start(folder, url)
  const name = `${new URL(url).pathname.slice(1)}_peer`
  await client.query(`CREATE DATABASE ${name}`)
  const peerUrl = Object.assign(new URL(url), { pathname: `/${name}` }).href
  await fill(client, peerUrl, readFileSync(schema, 'utf8'))
  const server = await start(folder, peerUrl)
  const stop = async () => {
    await server.stop()
    await client.query(`DROP DATABASE ${name} WITH (FORCE)`)
  }
  return { ...server, stop }
}

async function start(folder: string, url: string): Promise<Server> {
  const port = await freePort()
  const env = { ...process.env, DATABASE_URL: url, SECRET, PORT: String(port) }
  return startProgram('peer', resolve(folder, 'peer'), [], env, port)
}

async function fill(source: pg.Client, url: string, schema: string) {
  const target = new pg.Client(url)
  await target.connect()
  try {
    await target.query(schema)
    for (const [table, columns] of [
      ['users', ['id', 'name']],
      ['tasks', COLUMNS],
    ] as const) {
      const { rows } = await source.query<{ rows: string }>(
        `SELECT coalesce(json_agg(t), '[]') AS rows FROM (SELECT ${columns.join()} FROM ${table} ORDER BY created_at) AS t`,
      )
      await target.query(
        `INSERT INTO ${table} (${columns.join()}) SELECT ${columns.join()} FROM json_populate_recordset(NULL::${table}, $1)`,
        [JSON.stringify(rows[0]!.rows)],
      )
    }
    await target.query(`SELECT setval(pg_get_serial_sequence('tasks', 'id'), (SELECT max(id) FROM tasks))`)
    await target.query('VACUUM ANALYZE')
  } finally {
    await target.end()
  }
}
