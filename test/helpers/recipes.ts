import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

/** A block of docs/extending.md: what to do with one file. */
export interface Step {
  path: string
  language: string
  text: string
}

/** The blocks below a heading of docs/extending.md, in order. Parts whose heading names no file are only read. */
export async function readRecipe(title: string): Promise<Step[]> {
  const page = await readFile(join(ROOT, 'docs/extending.md'), 'utf8')
  const section = page.split(/^## /m).find((part) => part.startsWith(`${title}\n`))
  if (section === undefined) throw new Error(`docs/extending.md has no section ${title}`)
  return section
    .split(/^### /m)
    .slice(1)
    .flatMap((part) => {
      const path = /^`([^`]+)`/.exec(part)?.[1]
      if (path === undefined) return []
      return [...part.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
        path,
        language: language!,
        text: text!,
      }))
    })
}

/** What a file is after a step. The lines that a diff shows without a `+` must be in it exactly once. */
export function applyStep({ path, language, text }: Step, file: string | undefined): string {
  if (language !== 'diff') {
    if (file !== undefined) throw new Error(`${path} exists already`)
    return text
  }
  const lines = text.trimEnd().split('\n')
  const side = (other: string) =>
    lines.filter((line) => !line.startsWith(other)).map((line) => `${line.slice(1)}\n`)
  const parts = (file ?? '').split(side('+').join(''))
  if (parts.length !== 2) throw new Error(`${path} has ${parts.length - 1} places for:\n${text}`)
  return parts.join(side('-').join(''))
}

/** A copy of the sources, inside the repository so that packages resolve. `remove` deletes it. */
export async function copySources() {
  const folder = join(ROOT, '.tap/projects', randomBytes(6).toString('hex'))
  await mkdir(folder, { recursive: true })
  const isGenerated = (path: string) => path.startsWith(join(ROOT, 'src/generated'))
  for (const path of ['package.json', 'prisma.config.ts', 'prisma', 'src', 'docs/api.http'])
    await cp(join(ROOT, path), join(folder, path), { recursive: true, filter: (from) => !isGenerated(from) })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions: { rootDir: '.' }, include: ['src'] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  return {
    folder,
    async apply(steps: Step[]) {
      for (const step of steps) {
        const path = join(folder, step.path)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, applyStep(step, await readFile(path, 'utf8').catch(() => undefined)))
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
