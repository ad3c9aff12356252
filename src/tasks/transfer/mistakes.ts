import { problem } from '../../http/problem.ts'
import type { Check } from '../../http/validation.ts'
import type { BrokenFile, Draft, Mistake } from './draft.ts'

/** Maximum number of mistakes that an answer lists. */
const MAX_MISTAKES = 100

/** The mistakes in a file. Only the first ones are kept; the others are counted. */
export class Mistakes {
  private readonly listed: Mistake[] = []
  private count = 0

  /** Notes the mistakes of a task, and returns whether it has any. Those that the reader found come first. */
  add({ path, line, mistakes = [] }: Draft, found: ReturnType<Check>): boolean {
    const known = new Set(mistakes.map((one) => one.path))
    const others = found
      .map((one): Mistake => ({ path: path + one.path, message: one.message, ...(line && { line }) }))
      .filter((one) => !known.has(path) && !known.has(one.path))
    const all = [...mistakes, ...others]
    this.count += all.length
    this.listed.push(...all.slice(0, MAX_MISTAKES - this.listed.length))
    return all.length > 0
  }

  get errors() {
    return this.listed
  }

  throwIfAny() {
    const [first] = this.listed
    if (first === undefined) return
    const { path, line, message } = first
    const subject = `${line === undefined ? '' : `Line ${line}: `}${path.slice(1)} ${message}`
    const more =
      this.count > this.listed.length
        ? `. The file has ${this.count} mistakes, and errors lists the first ${MAX_MISTAKES}`
        : ''
    throw problem('validation_failed', { values: [subject + more], errors: this.listed })
  }
}

/** The problem for a file that cannot be read to its end. It also lists the mistakes that were found before. */
export function brokenFile({ message, line }: BrokenFile, { errors }: Mistakes) {
  const place = line === undefined ? '' : `Line ${line}: `
  return problem('validation_failed', {
    values: [`${place}The file ${message}`],
    errors: [...errors.slice(0, MAX_MISTAKES - 1), { path: '', message, ...(line && { line }) }],
  })
}
