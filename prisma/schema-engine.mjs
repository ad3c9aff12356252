#!/usr/bin/env node
// Replaces Prisma's native schema engine, which the CLI would download from Prisma's server. The engine itself is
// Prisma's, too: it is on npm as WebAssembly. This file adds the command line, the JSON-RPC and the log that the CLI
// expects. prisma.config.ts selects it, unless the native engine is installed.
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

/** The engine's lock against two migrations at once. WebAssembly sees no environment, so this file reads the switch. */
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
/** Code and message of the last error: an error that passes through WebAssembly loses its code, or both. */
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
process.exit() // closes the connections, which releases the lock

/** `can-connect-to-database` and `create-database`. Errors are log lines. The CLI skips the first line. */
async function runCommand(name) {
  log('INFO', 'schema_engine', { message: 'Starting schema engine CLI' })
  await (name === 'create-database' ? createDatabase() : startEngine(() => open(url))).catch((error) => {
    log('ERROR', 'schema_engine::logger', toProblem(error))
    process.exitCode = 1
  })
}

/** Answers requests one by one, also after a crash: without an answer, the CLI would end with code 0. */
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
  // evaluateDataLoss and createMigration read the schema after all migrations from a cache. Only devDiagnostic fills
  // that cache, and the CLI has applied migrations since it called devDiagnostic.
  if (method === 'evaluateDataLoss') await engine.devDiagnostic(params)
  if (method === 'reset') return reset(params)
  const result = await engine[method === 'getDatabaseVersion' ? 'version' : method](params)
  if (method === 'diff') send({ id: 'print', method: 'print', params: { content: result.stdout } })
  return result
}

/** Drops everything in the schema but the external tables. Prisma's own reset would drop those, too. */
async function reset({ filter }) {
  const database = await open(url)
  const external = filter.externalTables.map((name) => pg.escapeLiteral(name.split('.').at(-1)))
  await database.executeScript(`DO $$
    DECLARE statement TEXT;
    BEGIN
      -- What is left depends on an external table, or an external table on it.
      FOR statement IN
        SELECT format('DROP %s IF EXISTS %I CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, relname)
        FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
          AND relname NOT IN (${[`''`, ...external].join()})
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
        UNION ALL
        SELECT format('DROP ROUTINE IF EXISTS %s', p.oid::regprocedure) FROM pg_proc p
        WHERE pronamespace = current_schema()::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
        UNION ALL
        SELECT format('DROP TYPE IF EXISTS %I', typname) FROM pg_type
        WHERE typnamespace = current_schema()::regnamespace AND typtype IN ('e', 'd')
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_type.oid AND deptype = 'e')
        UNION ALL
        SELECT format('DROP SEQUENCE IF EXISTS %I', relname) FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S'
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i', 'e'))
        UNION ALL
        SELECT format('DROP COLLATION IF EXISTS %I', collname) FROM pg_collation
        WHERE collnamespace = current_schema()::regnamespace
      LOOP
        BEGIN EXECUTE statement; EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END;
      END LOOP;
    END $$`)
  await database.dispose()
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
 * Opens a connection with Prisma's adapter, and adds what migrations need. The pool has one connection, because the
 * engine's advisory lock belongs to a session.
 */
async function open(connectionString) {
  const { hostname: host, port, searchParams } = new URL(connectionString)
  const schema = searchParams.get('schema') ?? 'public'
  const session = new pg.Pool({
    connectionString,
    max: 1,
    idleTimeoutMillis: 0, // `migrate dev` may have to wait for the keyboard
    connectionTimeoutMillis: Number(searchParams.get('connect_timeout') ?? 10) * 1000,
    onConnect: (client) => prepareSession(client, schema),
  })
  const adapter = await new PrismaPg(session, { schema }).connect()
  const { executeRaw, onError, queryRaw } = adapter
  return Object.assign(adapter, {
    /** The adapter misses some connection errors, such as that of `localhost`, which fails over IPv6 and over IPv4. */
    onError(error) {
      if (error === lost) throw error // by prepareSession
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
    /** Sends the script as one message. The adapter would split it at every semicolon, even in functions and strings. */
    async executeScript(script) {
      await session.query(script).catch((error) => failScript(adapter, script, error))
    },
  })
}

/**
 * The engine reads and writes times as text, in the forms that it expects from PostgreSQL's own defaults. A database
 * or role may have others.
 */
async function prepareSession(client, schema) {
  await client.query(
    `SET search_path = ${pg.escapeIdentifier(schema)}; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET TimeZone = 'UTC'`,
  )
  const { rows } = await client.query('SHOW server_encoding')
  if (rows[0].server_encoding === 'UTF8') return
  const advice = "Create another one with: CREATE DATABASE tasks ENCODING 'UTF8' TEMPLATE template0"
  throw (lost = new Error(
    `The database must be encoded in UTF8, not in ${rows[0].server_encoding}. ${advice}`,
  ))
}

/** The engine reads catalog columns of the type "char", which the adapter refuses. */
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
  // With the real code, the engine would replace the message by a shorter one.
  throw new DriverAdapterError({ kind: 'postgres', code: 'N/A', severity, message: `${words} (${code})` })
}

/** An empty database in which migrations are tried: a temporary one, or that of SHADOW_DATABASE_URL. */
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

/** Comparing schema files needs no database, but the engine first asks for the version of one. */
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
