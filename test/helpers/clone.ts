import * as fs from 'node:fs'
import { basename, join } from 'node:path'
import type { Test } from 'tap'

const ROOT = join(import.meta.dirname, '../..')
const FILES = [
  ...['src', 'prisma', 'prisma.config.ts', 'run.mjs', 'bundle.mjs', 'package.json', '.npmrc'],
  ...['tsconfig.json', 'tsconfig.build.json'],
]
/** Settings that would reach a process under test from the one that runs the tests. */
const SETTINGS = /^(DATABASE_URL|DIRECT_URL|BETTER_AUTH_|TEST_|NODE_ENV$|npm_|INIT_CWD$)/

/** The project as a fresh clone has it, with the packages that are installed here. */
export function freshClone(t: Pick<Test, 'teardown'>, more: readonly string[] = []): string {
  fs.mkdirSync(join(ROOT, '.tap/projects'), { recursive: true })
  const folder = fs.mkdtempSync(join(ROOT, '.tap/projects/clone-'))
  fs.chmodSync(folder, 0o755)
  for (const name of [...FILES, ...more]) fs.cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  fs.symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  t.teardown(() => removeProject(folder))
  return folder
}

/** Removes a project folder, and the data that root keeps elsewhere if others cannot enter the folder. */
export function removeProject(folder: string) {
  fs.rmSync(folder, { recursive: true, force: true })
  const elsewhere = '/var/lib/task-api'
  const left = fs.existsSync(elsewhere) ? fs.readdirSync(elsewhere) : []
  for (const name of left.filter((name) => name.startsWith(`${basename(folder)}-`)))
    fs.rmSync(join(elsewhere, name), { recursive: true, force: true })
}

/** The environment of a developer who has configured nothing. */
export function bareEnvironment(more: Readonly<Record<string, string>> = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !SETTINGS.test(name))
  return { ...Object.fromEntries(inherited), PORT: '0', HOST: '127.0.0.1', ...more }
}
