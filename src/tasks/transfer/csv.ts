import { CsvError, type Info, parse } from 'csv-parse'
import { Readable } from 'node:stream'
import type { Recurrence, Task } from '../schemas.ts'
import { BrokenFile, type Draft, type Ignored, MAX_TASK_SIZE } from './draft.ts'

/** What a file has in a cell: the value of a field. undefined is not understood. */
type Read = (cell: string) => unknown

interface Cell {
  write: (task: Task) => string
  read: Read
}

/** A text can consist of white space. In other columns such a cell is empty. */
const text = (name: 'title' | 'description'): Cell => ({
  write: (task) => escapeFormula(task[name] ?? ''),
  read: unescapeFormula,
})
const word = (write: Cell['write']): Cell => ({ write, read: (cell) => cell.trim() })
const number = (write: (task: Task) => number | null): Cell => ({
  write: (task) => String(write(task) ?? ''),
  read: (cell) => (/^\d{1,16}$/.test(cell.trim()) ? Number(cell) : undefined),
})
const ofRecurrence = (name: keyof Recurrence) => word(({ recurrence }) => recurrence?.[name] ?? '')

/** Words of spreadsheets and people. German spreadsheets write WAHR and FALSCH. */
const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...{ true: true, wahr: true, yes: true, ja: true, '1': true, x: true, done: true, completed: true },
  ...{ false: false, falsch: false, no: false, nein: false, '0': false, open: false, pending: false },
}

/** A day as German spreadsheets show it: 1.12.2026. */
const GERMAN_DAY = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/
function readDueDate(cell: string) {
  const [, day, month, year] = GERMAN_DAY.exec(cell.trim()) ?? []
  return year === undefined ? cell.trim() : `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
}

/** The field of a recurrence is an object: it has a column for each part. The owner is not in a file. */
type ColumnName =
  | Exclude<keyof Task, 'user_id' | 'recurrence'>
  | `recurrence_${keyof Recurrence}`

/** The columns, in the order of an export. A field without a column does not compile. */
const columns: Readonly<Record<ColumnName, Cell>> = {
  id: number(({ id }) => id),
  title: text('title'),
  description: text('description'),
  completed: {
    write: ({ completed }) => String(completed),
    read: (cell) => BOOLEANS[cell.trim().toLowerCase()],
  },
  priority: { write: ({ priority }) => priority, read: (cell) => cell.trim().toLowerCase() },
  tags: {
    write: ({ tags }) => escapeFormula(tags.join()),
    read: (cell) => unescapeFormula(cell).split(',').filter((tag) => tag.trim() !== ''),
  },
  due_date: { write: ({ due_date }) => due_date ?? '', read: readDueDate },
  recurrence_rule: ofRecurrence('rule'),
  recurrence_time_zone: ofRecurrence('time_zone'),
  recurrence_anchor: ofRecurrence('anchor'),
  next_task_id: number(({ next_task_id }) => next_task_id),
  created_at: word(({ created_at }) => created_at),
  updated_at: word(({ updated_at }) => updated_at),
}
const NAMES = Object.keys(columns) as ColumnName[]
const ALIASES: Readonly<Record<string, ColumnName>> = { is_completed: 'completed' }

/* A cell that begins with one of these can become a formula: =, +, -, @, their full-width forms, tab, line ends. */
const FORMULA = /^'*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/
/** An apostrophe makes a text of a formula. Cells that begin with one before a formula get another, for the way back. */
const escapeFormula = (cell: string) => (FORMULA.test(cell) ? `'${cell}` : cell)
const unescapeFormula = (cell: string) => (cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell)

/** RFC 4180. Other separators are quoted, too, so that no program takes a part of a cell for a cell. */
const quote = (cell: string) => (/[",;\t\r\n']|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
const line = (cells: string[]) => `${cells.map(quote).join()}\r\n`

/** How an export is written. The byte order mark tells Excel that the file is UTF-8. */
export const csvWriter = {
  start: `\ufeff${line(NAMES)}`,
  write: (tasks: readonly Task[]) =>
    tasks.map((task) => line(NAMES.map((name) => columns[name].write(task)))).join(''),
  end: '',
}

/** The separator that is most frequent in the first line, outside of quotes. */
function separatorOf(file: string): string {
  const first = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(file.slice(0, 4096))![0].replace(/"(?:[^"]|"")*"/g, '')
  const count = (separator: string) => first.split(separator).length
  return [',', ';', '\t'].sort((one, other) => count(other) - count(one))[0]!
}

/** Characters that the parser gets at once. */
const CHUNK = 16 * 1024
function* chunksOf(file: string) {
  for (let start = 0; start < file.length; start += CHUNK) yield file.slice(start, start + CHUNK)
}

/**
 * Reads the tasks of a CSV file. Its first line names the columns, in any order; those that are no fields are counted.
 *
 * @param file without byte order mark
 * @throws BrokenFile if the file cannot be read any further
 */
export async function* readCsv(file: string, ignored: Ignored): AsyncGenerator<Draft> {
  const parser = parse({
    delimiter: separatorOf(file),
    record_delimiter: ['\r\n', '\n', '\r'],
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_TASK_SIZE,
  })
  // Errors of the parser end the loop below; without a listener they would end the process.
  parser.on('error', () => {})
  Readable.from(chunksOf(file)).pipe(parser)
  let header: (ColumnName | undefined)[] | undefined
  let index = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (header === undefined) header = readHeader(record, ignored)
      // Spreadsheets leave lines without any value.
      else if (record.some((cell) => cell.trim() !== '')) yield readRow(header, record, index++, lineOf(record, info))
    }
  } catch (error) {
    throw error instanceof CsvError ? broken(error) : error
  }
  if (header === undefined) throw new BrokenFile('is empty: its first line must name the columns')
}

/** The line in which a row begins. The parser tells the one in which it ends. */
const lineOf = (cells: string[], { lines }: Info) => lines + 1 - cells.join().split(/\r\n|\r|\n/).length

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'has a quote without an end',
  CSV_MAX_RECORD_SIZE: `must not have a line of more than ${MAX_TASK_SIZE / 1024} KiB`,
}
const broken = ({ code, lines }: CsvError & { lines?: number }) =>
  new BrokenFile(REASONS[code] ?? 'has a quote in the middle of a cell', lines)

function readHeader(cells: string[], ignored: Ignored) {
  const names = cells.map((cell) => cell.trim().toLowerCase())
  const header = names.map((name) => ALIASES[name] ?? NAMES.find((known) => known === name))
  const twice = header.find((name, place) => name !== undefined && header.indexOf(name) !== place)
  if (twice !== undefined) throw new BrokenFile(`must have the column ${twice} only once`, 1)
  if (!header.includes('title')) throw new BrokenFile('must name the columns in its first line, title among them', 1)
  ignored.columns.push(...cells.filter((cell, place) => header[place] === undefined && cell.trim() !== ''))
  return header
}

function readRow(header: (ColumnName | undefined)[], cells: string[], index: number, line: number): Draft {
  const draft: Draft = { task: {}, path: `/tasks/${index}`, line, mistakes: [] }
  const recurrence: Record<string, unknown> = {}
  for (const [place, name] of header.entries()) {
    const cell = cells[place] ?? ''
    const isText = name === 'title' || name === 'description'
    if (name === undefined || (isText ? cell : cell.trim()) === '') continue
    const value = columns[name].read(cell)
    const [, part] = name.split('recurrence_')
    if (part !== undefined) recurrence[part] = value
    else if (value !== undefined) draft.task[name] = value
    else if (name === 'completed')
      draft.mistakes!.push({ path: `${draft.path}/completed`, line, message: 'must be true or false' })
  }
  if (Object.keys(recurrence).length > 0) draft.task.recurrence = recurrence
  return draft
}
