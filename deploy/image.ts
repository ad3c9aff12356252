import { spawn, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { basename, join } from 'node:path'

/** What a stage of a Dockerfile has become: a folder in the place of its file system, and how it is started. */
export interface Image {
  folder: string
  workdir: string
  env: Record<string, string>
  user?: string
  cmd?: string[]
  healthcheck?: string[]
}

interface Step {
  instruction: string
  value: string
}

/** The `node` of the official images. */
const NODE_USER = { uid: 1000, gid: 1000 }

/**
 * Runs the steps of each stage of a Dockerfile in a folder of its own, in their order. It knows the instructions
 * that our Dockerfile has, and no more; the image that a stage begins with is an empty folder.
 *
 * @param context folder of the build; what .dockerignore names is left out
 * @param path where programs are looked for
 * @throws Error where a step fails, or is not understood
 */
export async function buildImages(
  context: string,
  target: string,
  path: string,
): Promise<Record<string, Image>> {
  const images: Record<string, Image> = {}
  let image: Image | undefined
  for (const { instruction, value } of readDockerfile(join(context, 'Dockerfile'))) {
    console.log(`${instruction} ${value}`)
    if (instruction === 'FROM') {
      const [from, , name] = value.split(' ') as [string, string, string]
      const base = images[from]
      const folder = join(target, name)
      fs.mkdirSync(folder)
      if (base) await run('cp', ['-a', `${base.folder}/.`, folder])
      images[name] = image = { workdir: '/', env: { PATH: path }, ...structuredClone(base), folder }
    } else if (instruction === 'COPY') {
      copy(context, images, image!, value.split(' '))
    } else {
      await STEPS[instruction]!(image!, value)
    }
  }
  return images
}

/** Starts a command as the container would: as its user, with its variables and no other. */
export function startIn(image: Image, [program, ...args]: string[], variables: Record<string, string> = {}) {
  const isOther = image.user === 'node' && process.getuid?.() === 0
  // There is no home that it could write to.
  const env = { HOME: '/nonexistent', ...image.env, ...variables }
  return spawn(program!, args, {
    cwd: workdirOf(image),
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...(isOther && NODE_USER),
  })
}

const workdirOf = ({ folder, workdir }: Image) => join(folder, workdir)

const STEPS: Record<string, (image: Image, value: string) => unknown> = {
  WORKDIR: (image, value) => {
    image.workdir = value
    fs.mkdirSync(workdirOf(image), { recursive: true })
  },
  ENV: (image, value) => Object.assign(image.env, Object.fromEntries([value.split('=') as [string, string]])),
  USER: (image, value) => (image.user = value),
  EXPOSE: () => {},
  CMD: (image, value) => (image.cmd = JSON.parse(value) as string[]),
  HEALTHCHECK: (image, value) =>
    (image.healthcheck = JSON.parse(value.slice(value.indexOf('CMD ') + 4)) as string[]),
  RUN: (image, value) => {
    const command = value.replaceAll(`${image.workdir}/`, `${workdirOf(image)}/`)
    return run('sh', ['-c', command], { cwd: workdirOf(image), env: { ...outside(), ...image.env } })
  },
}

function readDockerfile(path: string): Step[] {
  const lines = fs
    .readFileSync(path, 'utf8')
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
  return lines.filter(Boolean).map((line) => {
    const [, instruction = '', value = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? []
    if (!['FROM', 'COPY', ...Object.keys(STEPS)].includes(instruction))
      throw new Error(`What is this? ${line}`)
    return { instruction, value }
  })
}

function copy(context: string, images: Record<string, Image>, image: Image, words: string[]) {
  const from = words[0]!.startsWith('--from=') ? images[words.shift()!.slice('--from='.length)] : undefined
  const target = join(workdirOf(image), words.pop()!)
  const isIgnored = from ? () => false : readIgnored(join(context, '.dockerignore'))
  for (const word of words) {
    const source = join(from?.folder ?? context, word)
    const isFolder = fs.statSync(source).isDirectory()
    fs.cpSync(source, isFolder ? target : join(target, basename(source)), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => path === source || !isIgnored(path.slice(context.length + 1)),
    })
  }
}

/** The last pattern that fits a path, or a folder above it, decides. */
function readIgnored(path: string): (path: string) => boolean {
  const lines = fs.readFileSync(path, 'utf8').split('\n')
  const rules = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const pattern = line
        .replace(/^!|\/$/g, '')
        .replaceAll('.', '\\.')
        .replaceAll('*', '[^/]*')
      return { isIgnored: !line.startsWith('!'), pattern: new RegExp(`^${pattern}(/|$)`) }
    })
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.isIgnored ?? false
}

/** Our own variables without those of the npm that started us. */
const outside = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(?!config_(registry|cache))|NODE_|DATABASE_URL|DIRECT_URL)/.test(name),
    ),
  )

async function run(program: string, args: string[], options: SpawnOptions = {}) {
  const child = spawn(program, args, { stdio: 'inherit', ...options })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`)
}
