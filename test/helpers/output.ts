import type { ChildProcess } from 'node:child_process'

/** What a process prints, and a way to wait for it. */
export function collect(child: ChildProcess) {
  let text = ''
  const waiting = new Set<() => void>()
  const add = (chunk: Buffer) => {
    text += chunk.toString()
    for (const check of waiting) check()
  }
  child.stdout!.on('data', add)
  child.stderr!.on('data', add)
  const contains = (part: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => text.includes(part) && (waiting.delete(check), resolve())
      waiting.add(check)
      child.once('exit', () => reject(new Error(`ended without "${part}": ${text}`)))
      check()
    })
  return { text: () => text, contains }
}
