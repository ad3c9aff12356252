import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const repository = join(import.meta.dirname, '../..')

/** What a command printed on both channels, and how it ended. */
export interface Outcome {
  readonly code: number | null
  readonly output: string
}

/** A throwaway copy of what the Prisma CLI works on, inside the repository so that packages resolve. */
export interface Project {
  readonly folder: string
  /** Runs `prisma` there; `env` is all it knows of databases. */
  prisma(args: string, env?: Readonly<Record<string, string>>, input?: string): Promise<Outcome>
  read(path: string): Promise<string>
  write(path: string, text: string): Promise<void>
  /** Replaces the schema's models by these. */
  writeModels(models: string): Promise<void>
  /** Adds a migration of this SQL, or rewrites it. */
  writeMigration(name: string, sql: string): Promise<void>
  migrations(): Promise<string[]>
}

export async function withProject<T>(use: (project: Project) => Promise<T>): Promise<T> {
  const folder = join(repository, '.tap/projects', randomBytes(6).toString('hex'))
  await mkdir(folder, { recursive: true })
  try {
    for (const path of [
      'package.json',
      'prisma.config.ts',
      'prisma/schema.prisma',
      'prisma/migrations',
      'prisma/schema-engine.mjs',
    ]) {
      await cp(join(repository, path), join(folder, path), { recursive: true })
    }
    await mkdir(join(folder, 'src'))
    for (const name of await readdir(join(repository, 'src'))) {
      if (name !== 'generated') await symlink(join(repository, 'src', name), join(folder, 'src', name))
    }
    return await use(projectIn(folder))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function projectIn(folder: string): Project {
  const path = (relative: string) => join(folder, relative)
  const write = async (relative: string, text: string) => {
    await mkdir(join(path(relative), '..'), { recursive: true })
    await writeFile(path(relative), text)
  }
  return {
    folder,
    write,
    prisma: (args, env, input) => runPrisma(folder, args, env, input),
    read: (relative) => readFile(path(relative), 'utf8'),
    async writeModels(models) {
      const schema = await readFile(path('prisma/schema.prisma'), 'utf8')
      await write('prisma/schema.prisma', schema.slice(0, schema.search(/^(\/\/\/.*\n)?model /m)) + models)
    },
    writeMigration: (name, sql) => write(`prisma/migrations/${name}/migration.sql`, sql),
    migrations: async () =>
      (await readdir(path('prisma/migrations'))).filter((name) => name !== 'migration_lock.toml').sort(),
  }
}

/** tap would load its compiler into each process, which costs seconds, and count coverage that does not fit ours. */
const WITHOUT_TAP = { NODE_OPTIONS: '', _TAPJS_PROCESSINFO_COVERAGE_: '0' }

/** Starts `prisma` with this environment, as a shell in the folder would. */
export function startPrisma(folder: string, args: string, env: Readonly<Record<string, string>> = {}) {
  const { DATABASE_URL: _url, DIRECT_URL: _direct, ...inherited } = process.env
  return spawn(join(repository, 'node_modules/.bin/prisma'), args.split(' '), {
    cwd: folder,
    env: { ...inherited, CHECKPOINT_DISABLE: '1', NO_COLOR: '1', ...WITHOUT_TAP, ...env },
  })
}

async function runPrisma(
  folder: string,
  args: string,
  env?: Readonly<Record<string, string>>,
  input = '',
): Promise<Outcome> {
  const child = startPrisma(folder, args, env)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text))
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, output }
}
