import { BrokenFile, type Draft, MAX_TASK_SIZE } from './draft.ts'

/**
 * Reads the tasks of a JSON file: an export, or an array of tasks. JSON.parse can take a second for 5 MiB of brackets, so
 * the file is cut into its values, and each value is parsed on its own. Yields undefined for a value that is not a task.
 *
 * @throws BrokenFile if the text is not JSON, or has no tasks
 */
export function* readJson(text: string): Generator<Draft | undefined, void> {
  const start = skipSpace(text, 0)
  if (text[start] !== '[' && text[start] !== '{')
    throw new BrokenFile('must be a JSON object with tasks, or an array of tasks')
  const end = text[start] === '[' ? yield* readItems(text, start, '') : yield* readEnvelope(text, start)
  if (skipSpace(text, end) !== text.length) throw notJson()
}

/** Reads the object that begins at `start`. Returns the position after it. */
function* readEnvelope(text: string, start: number): Generator<Draft | undefined, number> {
  let hasTasks = false
  let position = start
  if (text[skipSpace(text, start + 1)] === '}') throw noTasks()
  do {
    const key = skipSpace(text, position + 1)
    const colon = valueEnd(text, key)
    if (text[colon] !== ':') throw notJson()
    const value = skipSpace(text, colon + 1)
    if (parse(text, key, colon) === 'tasks' && text[value] === '[') {
      if (hasTasks) throw new BrokenFile('must have the field tasks only once')
      hasTasks = true
      position = skipSpace(text, yield* readItems(text, value, '/tasks'))
    } else {
      position = valueEnd(text, value)
      parse(text, value, position)
      yield undefined
    }
  } while (text[position] === ',')
  if (text[position] !== '}') throw notJson()
  if (!hasTasks) throw noTasks()
  return position + 1
}

/** Reads the array that begins at `start`. Returns the position after it. */
function* readItems(text: string, start: number, path: string): Generator<Draft, number> {
  let position = skipSpace(text, start + 1)
  if (text[position] === ']') return position + 1
  for (let index = 0; ; index += 1) {
    const end = valueEnd(text, position)
    yield draftOf(parse(text, position, end), `${path}/${index}`)
    if (text[end] === ']') return end + 1
    if (text[end] !== ',') throw notJson()
    position = end + 1
  }
}

function draftOf(value: unknown, path: string): Draft {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (isObject) return { task: value as Draft['task'], path }
  return { task: {}, path, mistakes: [{ path, message: 'must be an object' }] }
}

const noTasks = () => new BrokenFile('must have an array of tasks in the field tasks')
const notJson = () => new BrokenFile('is not valid JSON')

function parse(text: string, start: number, end: number): unknown {
  try {
    return JSON.parse(text.slice(start, end))
  } catch {
    throw notJson()
  }
}

function skipSpace(text: string, start: number): number {
  let position = start
  while (position < text.length && ' \t\r\n'.includes(text[position]!)) position += 1
  return position
}

/** The position of the character after a value, which is one of `,:]}`. White space belongs to the value. */
function valueEnd(text: string, start: number): number {
  let depth = 0
  for (let position = start; position < text.length; position += 1) {
    if (position - start > MAX_TASK_SIZE)
      throw new BrokenFile(`must not have a value of more than ${MAX_TASK_SIZE / 1024} KiB`)
    const character = text[position]!
    if (character === '"') position = quoteEnd(text, position)
    else if (character === '{' || character === '[') depth += 1
    else if (depth === 0 && ',:]}'.includes(character)) return position
    else if (character === '}' || character === ']') depth -= 1
  }
  throw notJson()
}

/** The position of the quote that ends a string. */
function quoteEnd(text: string, start: number): number {
  for (let position = start + 1; position < text.length; position += 1) {
    if (text[position] === '\\') position += 1
    else if (text[position] === '"') return position
    if (position - start > MAX_TASK_SIZE) return position
  }
  throw notJson()
}
