import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { databaseUrl, query, withDatabase } from './helpers/database.ts'
import { freePort } from './helpers/port.ts'
import { startPrisma, withProject, type Outcome, type Project } from './helpers/prisma-cli.ts'

t.jobs = 3
t.setTimeout(600_000)

type Use = (project: Project, url: string, t: Tap) => Promise<void>
type Tap = typeof t

/** A project, an empty database, and a sentence about what Prisma's CLI does with them. */
const tests = (sentence: string, use: Use) =>
  void t.test(sentence, (t) =>
    withProject((project) => withDatabase(databaseUrl(), (url) => use(project, url, t as Tap))),
  )

const has = (t: Tap, { code, output }: Outcome, expectedCode: number, ...texts: (string | RegExp)[]) => {
  t.equal(code, expectedCode, output)
  for (const text of texts) t.match(output, text)
}

const tablesOf = async (url: string, schema = 'public') =>
  (
    await query<{ name: string }>(
      url,
      'SELECT relname AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = $1 AND nspname = $2 ORDER BY 1',
      ['r', schema],
    )
  ).map(({ name }) => name)

const shadowsOn = async (url: string) =>
  query(url, `SELECT FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow_db_%'`)

const note = (...fields: string[]) => ['model Note {', 'id Int @id', ...fields, '}', ''].join('\n')

const withUrl = (url: string, change: (url: URL) => void) => {
  const changed = new URL(url)
  change(changed)
  return changed.href
}

tests(
  'migrations are deployed once, and then schema, migrations and database agree',
  async ({ prisma }, url, t) => {
    const env = { DATABASE_URL: url }
    has(t, await prisma('migrate status', env), 1, 'not yet been applied', '20261126000000_init')
    has(t, await prisma('migrate deploy', env), 0, 'All migrations have been successfully applied')
    has(t, await prisma('migrate status', env), 0, 'Database schema is up to date')
    has(t, await prisma('migrate dev', env), 0, 'Already in sync')
    has(
      t,
      await prisma(
        'migrate diff --from-migrations prisma/migrations --to-schema prisma/schema.prisma --exit-code',
        env,
      ),
      0,
      'No difference detected',
    )
  },
)

tests(
  'migrate dev creates a migration or a draft and detects drift, and reset removes the drift',
  async (project, url, t) => {
    const { prisma } = project
    const env = { DATABASE_URL: url }
    await rm(`${project.folder}/prisma/migrations`, { recursive: true })
    await project.writeModels(note())
    has(t, await prisma('migrate dev --name first', env), 0, 'Your database is now in sync')
    await project.writeModels(note('text String?', 'done Boolean @default(false)'))
    has(t, await prisma('migrate dev --name second --create-only', env), 0, 'without applying it')
    has(t, await prisma('migrate dev', env), 0, 'have been applied')
    t.match(await project.migrations(), [/_first$/, /_second$/])
    await query(url, 'ALTER TABLE "Note" ADD COLUMN surprise TEXT')
    has(t, await prisma('migrate dev', env), 130, 'Drift detected', 'surprise')
    await project.write(
      'prisma/seed.ts',
      `import pg from 'pg'
    const client = new pg.Client(process.env.DATABASE_URL)
    await client.connect()
    await client.query('INSERT INTO "Note" (id) VALUES (7)')
    await client.end()`,
    )
    has(t, await prisma('migrate reset --force', env), 0, 'Database reset successful')
    has(t, await prisma('db seed', env), 0, 'The seed command has been executed')
    t.same(await query(url, 'SELECT * FROM "Note"'), [{ id: 7, text: null, done: false }])
  },
)

tests(
  'migrate diff compares a schema, migrations, a database and an empty one, and db execute runs its SQL',
  async (project, url, t) => {
    const { prisma } = project
    const env = { DATABASE_URL: url }
    const script = await prisma('migrate diff --from-empty --to-schema prisma/schema.prisma --script', {
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
    })
    has(t, script, 0, 'CREATE TABLE "tasks"')
    has(
      t,
      await prisma('migrate diff --from-config-datasource --to-schema prisma/schema.prisma --exit-code', env),
      2,
      '[+] Added tables',
    )
    const sql = script.output.slice(script.output.indexOf('-- CreateSchema'))
    has(t, await prisma('db execute --stdin', env, sql), 0, 'Script executed successfully')
    has(
      t,
      await prisma('migrate diff --from-config-datasource --to-schema prisma/schema.prisma --exit-code', env),
      0,
    )
    has(
      t,
      await prisma('migrate diff --from-schema prisma/schema.prisma --to-empty --script', env),
      0,
      'DROP TABLE "public"."tasks"',
    )
    await project.write('bad.sql', 'SELECT 1; SELECT * FROM nothing_of_the_kind')
    has(t, await prisma('db execute --file bad.sql', env), 1, 'nothing_of_the_kind')
  },
)

tests(
  'a migration keeps the tables of Better Auth and of EXTERNAL_TABLES, whatever the date format of the database',
  async ({ prisma, writeMigration }, url, t) => {
    const database = new URL(url).pathname.slice(1)
    for (const setting of [`datestyle = 'German'`, `intervalstyle = 'iso_8601'`, `TimeZone = 'Asia/Kolkata'`])
      await query(url, `ALTER DATABASE ${database} SET ${setting}`)
    const foreign = ['user', 'session', 'organizationRole', 'newsletter', 'shop_order']
    await query(url, foreign.map((name) => `CREATE TABLE "${name}" (id TEXT PRIMARY KEY)`).join(';'))
    await query(url, `INSERT INTO "user" VALUES ('kept')`)
    has(t, await prisma('migrate deploy', { DATABASE_URL: url }), 1, 'P3005')
    const env = { DATABASE_URL: url, EXTERNAL_TABLES: 'newsletter, public.shop_order' }
    has(t, await prisma('migrate deploy', env), 0, 'successfully applied')
    has(t, await prisma('migrate dev', env), 0, 'Already in sync')
    await writeMigration('20270101000000_more', 'CREATE TABLE "more" (id INT PRIMARY KEY)')
    has(t, await prisma('migrate deploy', env), 0, 'more')
    t.same(await query(url, 'SELECT * FROM "user"'), [{ id: 'kept' }])
    t.same(
      await query(
        url,
        `SELECT bool_and(abs(extract(epoch FROM now() - started_at)) < 600 AND abs(extract(epoch FROM now() - finished_at)) < 600)
         AS right FROM _prisma_migrations`,
      ),
      [{ right: true }],
      'the times of _prisma_migrations are right',
    )
    const before = await tablesOf(url)
    for (const name of [...foreign, 'tasks', 'users']) t.ok(before.includes(name), name)
    has(t, await prisma('migrate reset --force', env), 0, 'Database reset successful')
    t.same(await query(url, 'SELECT * FROM "user"'), [{ id: 'kept' }], 'a reset does not touch them either')
    t.same(await tablesOf(url), before)
  },
)

/** What the migrations create. */
const TABLES = [
  '_prisma_migrations',
  'deleted_task_ids',
  'deleted_tasks',
  'idempotency_keys',
  'tasks',
  'users',
]

t.test('a database in another encoding than UTF8 is refused with one sentence, and nothing is applied', (t) =>
  withProject(async ({ prisma }) => {
    const name = `latin_${randomBytes(6).toString('hex')}`
    await query(
      databaseUrl(),
      `CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0`,
    )
    try {
      const url = withUrl(databaseUrl(), (url) => (url.pathname = `/${name}`))
      has(
        t as Tap,
        await prisma('migrate deploy', { DATABASE_URL: url }),
        1,
        'The database must be encoded in UTF8, not in LATIN1.',
      )
      t.same(await tablesOf(url), [])
    } finally {
      await query(databaseUrl(), `DROP DATABASE ${name} WITH (FORCE)`)
    }
  }),
)

t.test(
  'a URL with an unencoded password is refused with one sentence that shows no part of the password',
  (t) =>
    withProject(async ({ prisma }) => {
      const outcome = await prisma('migrate deploy', {
        DATABASE_URL: 'postgresql://me:p@ss/w#rd@db.example.com/tasks',
      })
      has(t as Tap, outcome, 1, /^DATABASE_URL must be a valid URL: percent-encode/)
      t.notMatch(outcome.output, /p@ss|w#rd/)
    }),
)

t.test('of two concurrent deployments, one applies the migrations and the other finds nothing to do', (t) =>
  withProject(async (project) => {
    // Lasts until the other one waits for the lock.
    const slow = `CREATE TABLE slow (id INT); DO $$ BEGIN
      WHILE NOT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()) LOOP
        IF clock_timestamp() > now() + interval '60 s' THEN RAISE 'nobody waits for the lock'; END IF;
        PERFORM pg_sleep(0.05);
      END LOOP; END $$;`
    await project.writeMigration('20270101000000_slow', slow)
    const applied = (await project.migrations()).length
    await withDatabase(databaseUrl(), async (url) => {
      const deploy = () => project.prisma('migrate deploy', { DATABASE_URL: url })
      const outcomes = await Promise.all([deploy(), deploy()])
      for (const outcome of outcomes) has(t as Tap, outcome, 0)
      t.equal(outcomes.filter(({ output }) => output.includes('No pending migrations')).length, 1)
      t.equal((await query(url, 'SELECT FROM _prisma_migrations')).length, applied)
    })
  }),
)

tests(
  'migrate deploy waits ten seconds for the lock of another deployment, and fails unless locking is disabled',
  async ({ prisma }, url, t) => {
    const lock = query(url, 'SELECT pg_advisory_lock(72707369), pg_sleep(60)').catch(() => undefined)
    has(
      t,
      await prisma('migrate deploy', { DATABASE_URL: url, PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK: '1' }),
      0,
      'successfully applied',
    )
    has(t, await prisma('migrate deploy', { DATABASE_URL: url }), 1, 'P1002', 'pg_advisory_lock(72707369)')
    const holders = `SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database
      WHERE locktype = 'advisory' AND datname = current_database()`
    await query(url, holders)
    await lock
  },
)

tests(
  'a failed migration changes nothing and blocks further ones until it is resolved',
  async (project, url, t) => {
    const { prisma } = project
    const env = { DATABASE_URL: url }
    const name = '20270101000000_bad'
    await project.writeMigration(name, 'CREATE TABLE half (id INT);\n\nINSERT INTO nowhere VALUES (1);')
    has(
      t,
      await prisma('migrate deploy', env),
      1,
      'P3018',
      `Migration name: ${name}`,
      'Database error code: 42P01',
      'relation "nowhere" does not exist\nLINE 3',
    )
    t.notOk((await tablesOf(url)).includes('half'), 'the table of the same migration is gone')
    t.match(await query(url, 'SELECT logs FROM _prisma_migrations WHERE finished_at IS NULL'), [
      { logs: /nowhere/ },
    ])
    has(t, await prisma('migrate deploy', env), 1, 'P3009', name)
    has(t, await prisma('migrate dev', env), 1, 'P3006', 'relation "nowhere" does not exist')
    t.same(await shadowsOn(url), [], 'the shadow database is gone')
    has(t, await prisma(`migrate resolve --applied ${name}`, env), 0, 'marked as applied')
    has(t, await prisma('migrate deploy', env), 0, 'No pending migrations')
  },
)

tests(
  'a repaired migration is deployed, whatever semicolons it contains, and diff finds no difference',
  async (project, url, t) => {
    const { prisma } = project
    const env = { DATABASE_URL: url }
    const name = '20270101000000_rich'
    const sql = `-- a comment; with a semicolon
    CREATE TABLE rich (id INT PRIMARY KEY, "kind" "char" NOT NULL DEFAULT 'x', text TEXT, CHECK (text <> ';')); /* ; */
    CREATE FUNCTION twice(n INT) RETURNS INT LANGUAGE plpgsql AS $body$ BEGIN n := n * 2; RETURN n; END; $body$;
    DO $$ BEGIN INSERT INTO rich VALUES (twice(21), 'a', 'one; two'); END; $$;
    CREATE VIEW richest AS SELECT * FROM rich WHERE text <> 'a;b';`
    await project.writeMigration(name, `${sql} SELECT 1 / 0;`)
    has(t, await prisma('migrate deploy', env), 1, 'Database error code: 22012', 'division by zero')
    has(t, await prisma(`migrate resolve --rolled-back ${name}`, env), 0, 'marked as rolled back')
    await project.writeMigration(name, sql)
    has(t, await prisma('migrate deploy', env), 0, name)
    t.same(await query(url, 'SELECT * FROM rich'), [{ id: 42, kind: 'a', text: 'one; two' }])
    has(
      t,
      await prisma(
        'migrate diff --from-migrations prisma/migrations --to-config-datasource --exit-code',
        env,
      ),
      0,
    )
    has(t, await prisma('db pull --print', env), 0, 'model rich', /kind +String/, /text +String/)
  },
)

tests(
  'databases and roles may have any name, and a missing database is created',
  async ({ prisma }, url, t) => {
    const role = new URL(url).pathname.slice(1)
    await query(url, `CREATE ROLE ${role} LOGIN CREATEDB PASSWORD 'p@s/s:w %41#"'`)
    const odd = withUrl(url, (url) => {
      url.username = role
      url.password = encodeURIComponent(`p@s/s:w %41#"`)
      url.pathname = `/${role}%20and%22so%22%20on`
    })
    try {
      has(t, await prisma('migrate deploy', { DATABASE_URL: odd }), 0, 'created', 'successfully applied')
      t.same(await tablesOf(odd), TABLES)
      const elsewhere = withUrl(odd, (url) => url.searchParams.set('schema', 'another one'))
      has(t, await prisma('migrate deploy', { DATABASE_URL: elsewhere }), 1, 'must not name a schema other')
      has(t, await prisma('migrate dev', { DATABASE_URL: odd }), 0, 'Already in sync')
      has(
        t,
        await prisma('migrate status', { DATABASE_URL: 'postgresql://nowhere.invalid/x', DIRECT_URL: odd }),
        0,
        'up to date',
      )
      const wrong = withUrl(url, (url) => (url.password = 'wrong'))
      has(t, await prisma('migrate deploy', { DATABASE_URL: wrong }), 1, 'P1000', 'Authentication failed')
    } finally {
      await query(url, `DROP DATABASE IF EXISTS "${role} and""so"" on" WITH (FORCE)`)
      await query(url, `DROP ROLE ${role}`)
    }
  },
)

tests('a database out of reach is named with the error code and exit code 1', async ({ prisma }, url, t) => {
  const refused = { DATABASE_URL: 'postgresql://postgres:x@localhost:1/x' }
  has(t, await prisma('migrate deploy', refused), 1, `P1001: Can't reach database server at \`localhost:1\``)
  const server = createServer().listen(0, '127.0.0.1') // accepts, but never says a word
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  has(
    t,
    await prisma('db pull --print', {
      DATABASE_URL: `postgresql://x:x@127.0.0.1:${port}/x?connect_timeout=1`,
    }),
    1,
    'P1001',
  )
  server.close()
  has(
    t,
    await prisma('migrate status', { DATABASE_URL: withUrl(url, (url) => (url.pathname = '/missing')) }),
    1,
    'P1003',
    '`missing` does not exist',
  )
  has(
    t,
    await prisma('migrate deploy', { DATABASE_URL: `${url}?sslmode=require` }),
    1,
    'P1011',
    'does not support SSL',
  )
})

tests(
  'a role that may not create databases needs a shadow database, which must not be in use',
  async ({ prisma }, url, t) => {
    const role = new URL(url).pathname.slice(1)
    await query(
      url,
      `CREATE ROLE ${role} LOGIN PASSWORD 'x'; ALTER DATABASE ${role} OWNER TO ${role}; ALTER SCHEMA public OWNER TO ${role}`,
    )
    const limited = (url: string) =>
      withUrl(url, (url) => Object.assign(url, { username: role, password: 'x' }))
    const env = { DATABASE_URL: limited(url) }
    await withDatabase(url, async (spare) => {
      await query(
        spare,
        `ALTER DATABASE ${new URL(spare).pathname.slice(1)} OWNER TO ${role}; ALTER SCHEMA public OWNER TO ${role}`,
      )
      has(t, await prisma('migrate dev', env), 1, 'P3014', 'permission denied to create database')
      await query(spare, 'CREATE TABLE left_over (id INT)')
      for (const outcome of ['have been applied', 'Already in sync']) {
        has(t, await prisma('migrate dev', { ...env, SHADOW_DATABASE_URL: limited(spare) }), 0, outcome)
      }
      has(
        t,
        await prisma('migrate dev', { ...env, SHADOW_DATABASE_URL: limited(url) }),
        1,
        'must name one that may be emptied',
      )
      t.ok((await tablesOf(url)).includes('tasks'))
      await query(spare, `REASSIGN OWNED BY ${role} TO postgres`)
    })
    await query(url, `REASSIGN OWNED BY ${role} TO postgres; DROP ROLE ${role}`)
  },
)

tests(
  'db push, db pull, generate, validate, format and -v work with the engine of the repository',
  async (project, url, t) => {
    const { prisma } = project
    const env = { DATABASE_URL: url }
    const unreachable = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/x' }
    await project.writeModels(note())
    has(t, await prisma('db push', env), 0, 'Your database is now in sync')
    t.same(await tablesOf(url), ['Note'])
    has(t, await prisma('generate', unreachable), 0, 'Generated Prisma Client')
    await query(url, 'CREATE TABLE "Pulled" (id INT PRIMARY KEY)')
    has(t, await prisma('db pull', env), 0, 'Introspected 2 models')
    t.match(await project.read('prisma/schema.prisma'), /model Pulled/)
    has(t, await prisma('validate', unreachable), 0, 'is valid')
    has(t, await prisma('format', unreachable), 0)
    has(
      t,
      await prisma('-v', unreachable),
      0,
      /schema-engine-cli [0-9a-f]{40} \(at prisma\/schema-engine\.mjs/,
    )
  },
)

t.test('without a URL, the CLI runs the embedded PostgreSQL until it ends, but not in production', (t) =>
  withProject(async (project) => {
    has(t as Tap, await project.prisma('migrate status', { NODE_ENV: 'production' }), 1, /^Set DATABASE_URL/)
    has(
      t as Tap,
      await project.prisma('migrate deploy', { NODE_ENV: 'development' }),
      0,
      'successfully applied',
    )
    const port = await freePort()
    const studio = startPrisma(project.folder, `studio --browser none --port ${port}`, {
      NODE_ENV: 'development',
    })
    for await (const text of studio.stdout.setEncoding('utf8')) if (/http:/.test(text)) break
    t.equal((await fetch(`http://127.0.0.1:${port}`)).status, 200)
    studio.kill('SIGTERM')
    t.same(await once(studio, 'exit'), [143, null])
  }),
)
