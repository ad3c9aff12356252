#!/usr/bin/env node
// Stands in for Prisma's native schema engine, which the CLI would download from Prisma's own server. The
// engine proper is Prisma's as well, as WebAssembly from npm; this file adds the command line, the JSON-RPC
// and the log that the CLI expects, and what else only the native engine can do. prisma.config.ts names it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  DriverAdapterError,
} from '@prisma/driver-adapter-utils'
import * as wasm from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

const options = { datasource: { type: 'string' }, datamodels: { type: 'string', multiple: true } }
const { values: flags, positionals } = parseArgs({ options, strict: false, allowPositionals: true })
const { url, shadowDatabaseUrl } = JSON.parse(flags.datasource ?? '{}')

/** Keeps two migrations of one database apart. WebAssembly sees no environment, so the switch is ours. */
const LOCK = 'SELECT pg_advisory_lock(72707369)'
const ignoresLock = !['0', 'false', undefined].includes(process.env.PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK)
const QUOTED_CHAR = 18
const BPCHAR = 1042
const CONNECTION_ERRORS = {
  AuthenticationFailed: 'P1000',
  DatabaseNotReachable: 'P1001',
  DatabaseDoesNotExist: 'P1003',
  DatabaseAccessDenied: 'P1010',
  TlsConnectionError: 'P1011',
}

let engine, migration, panic
/** What an error of ours says; on its way through WebAssembly it loses its code, or all of it. */
let lost = {}

const send = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }))
const log = (level, target, fields) => console.error(JSON.stringify({ level, target, fields }))
// The CLI parses stderr as JSON: Node's plain text, such as pg's advice on sslmode, would break it.
process
  .removeAllListeners('warning')
  .on('warning', ({ message }) => log('WARN', 'schema_engine', { message }))

if (flags.version) console.log(`schema-engine-cli ${(await loadWasm()).version()}`)
else if (positionals[0] === 'cli') await runCommand(positionals[1])
else await serve()
process.exit() // which closes the connections, and with them ends the lock

/** `can-connect-to-database` and `create-database`: errors are log lines, and the CLI skips the first line. */
async function runCommand(name) {
  log('INFO', 'schema_engine', { message: 'Starting schema engine CLI' })
  await (name === 'create-database' ? createDatabase() : startEngine(() => open(url))).catch((error) => {
    log('ERROR', 'schema_engine::logger', toProblem(error))
    process.exitCode = 1
  })
}

/** Answers requests one by one, also after a crash: the CLI ends with code 0 if it never hears an answer. */
async function serve() {
  const panicked = new Promise((_resolve, reject) => process.on('uncaughtException', reject))
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line)
    if (method === undefined) continue // the CLI confirms a `print`
    await Promise.race([answer(method, params), panicked]).then(
      (result) => send({ id, result: result ?? null }),
      (error) => {
        const data = toProblem(error)
        send({ id, error: { code: 4466, message: data.message, data } })
      },
    )
  }
}

async function answer(method, params) {
  lost = {}
  migration = undefined
  const needsNoDatabase = ({ tag }) => tag === 'empty' || tag === 'schemaDatamodel'
  const isOffline = method === 'diff' && needsNoDatabase(params.from) && needsNoDatabase(params.to)
  engine ??= await startEngine(isOffline ? openNothing : () => open(url))
  // Together with createMigration after it, this reads from a cache what the migrations amount to. Only
  // devDiagnostic fills that cache, and applying migrations has outdated it since the CLI called it first.
  if (method === 'evaluateDataLoss') await engine.devDiagnostic(params)
  const result = await engine[method === 'getDatabaseVersion' ? 'version' : method](params)
  if (method === 'diff') send({ id: 'print', method: 'print', params: { content: result.stdout } })
  return result
}

function toProblem(error) {
  const isPanic = error instanceof WebAssembly.RuntimeError
  const message = isPanic ? panic : (lost.message ?? error.message)
  return { is_panic: isPanic, message, error_code: lost.code ?? error.code, meta: lost.meta }
}

async function loadWasm() {
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const bytes = readFileSync(file.replace(/js$/, 'wasm'))
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': wasm })
  wasm.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return wasm
}

async function startEngine(connect) {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => (panic = message) }
  const { SchemaEngine } = await loadWasm()
  const adapter = {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect,
    connectToShadowDb: openShadow,
  }
  const datamodels = flags.datamodels?.map((path) => [path, readFileSync(path, 'utf8')])
  const onLog = (line) => {
    const { span } = JSON.parse(line)
    if (span?.name === 'Applying migration') migration = span.migration_name
    process.stderr.write(line)
  }
  return SchemaEngine.new({ datamodels }, onLog, bindMigrationAwareSqlAdapterFactory(adapter))
}

/**
 * Opens a connection as Prisma's adapter does, with what migrations need beyond a service. It is one session
 * and not a pool of them, because the engine's advisory lock and the search path belong to a session.
 */
async function open(connectionString) {
  const { hostname: host, port, searchParams } = new URL(connectionString)
  const schema = searchParams.get('schema') ?? 'public'
  const session = new pg.Pool({
    connectionString,
    max: 1,
    idleTimeoutMillis: 0, // `migrate dev` may have to wait for the keyboard
    connectionTimeoutMillis: Number(searchParams.get('connect_timeout') ?? 10) * 1000,
    onConnect: (client) => client.query(`SET search_path = ${pg.escapeIdentifier(schema)}`),
  })
  const adapter = await new PrismaPg(session, { schema }).connect()
  const { executeRaw, onError, queryRaw } = adapter
  return Object.assign(adapter, {
    /** The adapter does not know all of these: `localhost` alone fails twice, over IPv6 and over IPv4. */
    onError(error) {
      const isUnreachable = error.errors || error.syscall || /timeout/.test(error.message)
      const unreachable = { kind: 'DatabaseNotReachable', host, port: Number(port || 5432) }
      try {
        if (isUnreachable) throw new DriverAdapterError(unreachable)
        onError.call(adapter, error)
      } catch (converted) {
        lost = { code: CONNECTION_ERRORS[converted.cause?.kind] }
        throw converted
      }
    },
    executeRaw: async (query) => (query.sql === LOCK && ignoresLock ? 0 : executeRaw.call(adapter, query)),
    queryRaw: (query) => readQuotedChars(adapter, queryRaw, query),
    /** One message, so one transaction. The adapter would cut at every semicolon, in functions and strings too. */
    async executeScript(script) {
      await session.query(script).catch((error) => failScript(adapter, script, error))
    },
  })
}

/** PostgreSQL's catalogs have columns of the type "char": the adapter refuses them, the engine needs them. */
async function readQuotedChars(adapter, queryRaw, query) {
  let isChar
  const performIO = async (query) => {
    const result = await adapter.performIO(query)
    isChar = result.fields.map(({ dataTypeID }) => dataTypeID === QUOTED_CHAR)
    for (const field of result.fields) if (field.dataTypeID === QUOTED_CHAR) field.dataTypeID = BPCHAR
    return result
  }
  const result = await queryRaw.call(Object.assign(Object.create(adapter), { performIO }), query)
  const columnTypes = result.columnTypes.map((type, i) => (isChar[i] ? ColumnTypeEnum.Character : type))
  return { ...result, columnTypes }
}

function failScript(adapter, script, error) {
  if (error.severity === undefined) adapter.onError(error)
  const { code, severity, message, detail, hint, position } = error
  const line = position && `LINE ${script.slice(0, position).split('\n').length}`
  const words = [message, detail, hint, line].filter(Boolean).join('\n')
  const text = `${severity}: ${words}`
  if (migration !== undefined) {
    const message = [
      'A migration failed to apply. New migrations cannot be applied before the error is recovered from. ' +
        'Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve',
      `Migration name: ${migration}`,
      `Database error code: ${code}`,
      `Database error:\n${text}\n`,
    ]
    const meta = { migration_name: migration, database_error_code: code, database_error: text }
    lost = { code: 'P3018', message: message.join('\n\n'), meta }
  }
  // By its code the engine would choose a shorter message of its own.
  throw new DriverAdapterError({ kind: 'postgres', code: 'N/A', severity, message: `${words} (${code})` })
}

/** An empty database to try migrations in: a temporary one, or the one that was given for that purpose. */
async function openShadow() {
  if (shadowDatabaseUrl) return emptyShadow(await open(shadowDatabaseUrl))
  const server = await open(url)
  const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`
  await server.executeScript(`CREATE DATABASE "${name}"`).catch(({ message }) => {
    const advice = 'Let the database user create databases, or set SHADOW_DATABASE_URL.'
    const text = `Prisma Migrate could not create the shadow database. ${advice}\n\nOriginal error:\n${message}`
    lost = { code: 'P3014', message: text }
    throw new Error(text)
  })
  const shadow = await open(Object.assign(new URL(url), { pathname: name }).href)
  return Object.assign(shadow, {
    dispose: () => server.executeScript(`DROP DATABASE "${name}" WITH (FORCE)`),
  })
}

async function emptyShadow(shadow) {
  const guard = `IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    RAISE 'SHADOW_DATABASE_URL names a database with migrations; it must name one that may be emptied'; END IF;`
  await shadow.executeScript(`DO $$ BEGIN ${guard} END $$; DROP SCHEMA public CASCADE; CREATE SCHEMA public`)
  return shadow
}

/** Schema files are compared without a database, yet the engine begins by asking for the version of one. */
async function openNothing() {
  const { Boolean, Int32, Text } = ColumnTypeEnum
  const columnNames = ['exists', 'version', 'numeric_version']
  const answer = { columnNames, columnTypes: [Boolean, Text, Int32], rows: [[true, 'PostgreSQL 18', 180000]] }
  return Object.assign(await open('postgresql://'), { queryRaw: async () => answer })
}

async function createDatabase() {
  const name = decodeURIComponent(new URL(url).pathname.slice(1))
  const server = await open(Object.assign(new URL(url), { pathname: 'postgres' }).href)
  await server.executeScript(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
}
