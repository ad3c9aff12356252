import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

/** A profile as `node --cpu-prof` writes it. */
export interface CpuProfile {
  nodes: ProfileNode[]
  samples: number[]
  timeDeltas: number[]
  startTime: number
}
interface ProfileNode {
  id: number
  children?: number[]
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number }
}

/** Costs in microseconds per request. */
export interface Costs {
  /** Cost by library, with the functions of Node and V8 that it calls. */
  libraries: Map<string, number>
  /** Cost by function, without the functions that it calls. */
  functions: Map<string, number>
}

/** @param from start of the measurement, in microseconds of the monotonic clock. Earlier samples are left out */
export function costsOf(
  { nodes, samples, timeDeltas, startTime }: CpuProfile,
  from: number,
  requests: number,
): Costs {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, byId.get(id)!])),
  )
  const libraries = new Map<string, number>()
  const functions = new Map<string, number>()
  let time = startTime
  samples.forEach((id, index) => {
    const cost = timeDeltas[index]! / requests
    time += timeDeltas[index]!
    const node = byId.get(id)!
    if (time < from || node.callFrame.functionName === '(idle)') return
    add(functions, nameOf(node), cost)
    add(libraries, chargedLibrary(node, parents), cost)
  })
  return { libraries, functions }
}

const add = (costs: Map<string, number>, key: string, cost: number) =>
  costs.set(key, (costs.get(key) ?? 0) + cost)

function nameOf({ callFrame }: ProfileNode): string {
  const { file, line } = placeOf(callFrame)
  const place = file === '' ? 'native' : `${libraryOf(file) ?? 'node'} ${file.split('/').at(-1)}:${line + 1}`
  return `${callFrame.functionName || '(anonymous)'} · ${place}`
}

/** Where a function was written: for the code of a bundle, the file that went into it. */
function placeOf({ url, lineNumber, columnNumber }: ProfileNode['callFrame']) {
  const entry = sourceMapOf(url)?.findEntry(lineNumber, columnNumber)
  return entry !== undefined && 'originalSource' in entry
    ? { file: new URL(entry.originalSource, url).href, line: entry.originalLine }
    : { file: url, line: lineNumber }
}

const sourceMaps = new Map<string, SourceMap | undefined>()

function sourceMapOf(url: string): SourceMap | undefined {
  if (!url.startsWith('file:')) return undefined
  if (!sourceMaps.has(url)) {
    const file = `${fileURLToPath(url)}.map`
    const map = existsSync(file)
      ? new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as ConstructorParameters<typeof SourceMap>[0])
      : undefined
    sourceMaps.set(url, map)
  }
  return sourceMaps.get(url)
}

/** The nearest caller outside Node and V8. */
function chargedLibrary(node: ProfileNode, parents: Map<number, ProfileNode>): string {
  if (node.callFrame.functionName === '(garbage collector)') return 'garbage collection'
  let top = node
  for (let at: ProfileNode | undefined = node; at !== undefined; at = parents.get(at.id)) {
    const library = libraryOf(placeOf(at.callFrame).file)
    if (library !== undefined) return library
    if (at.callFrame.functionName !== '(root)') top = at
  }
  return `node: ${top.callFrame.functionName || top.callFrame.url}`
}

/** The package of a script, or the file if it is the service's own; undefined for scripts of Node. */
function libraryOf(url: string): string | undefined {
  const module = url.split('/node_modules/').at(-1)!
  if (module !== url)
    return module
      .split('/')
      .slice(0, module.startsWith('@') ? 2 : 1)
      .join('/')
  return /\/((?:src|dist|bench)\/.*)$/.exec(url)?.[1]
}
