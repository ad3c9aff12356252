import { CsvError, type Info, parse } from 'csv-parse'
import { Readable } from 'node:stream'
import { ALIASES, type ColumnName, columns, NAMES } from './csv-write.ts'
import { BrokenFile, type Draft, type Ignored, MAX_TASK_SIZE } from './draft.ts'

/** The separator that is most frequent in the first line, outside of quotes. */
function separatorOf(file: string): string {
  const first = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(file.slice(0, 4096))![0].replace(/"(?:[^"]|"")*"/g, '')
  const count = (separator: string) => first.split(separator).length
  return [',', ';', '\t'].sort((one, other) => count(other) - count(one))[0]!
}

/** A first line that tells Excel the separator: `sep=;`. */
const HINT = /^sep=([,;\t])\r?\n/i
/** Maximum number of cells in a line. A file with more is not a table of tasks. */
const MAX_CELLS = 1000

/** Number of characters that are passed to the parser at once. */
const CHUNK = 16 * 1024
function* chunksOf(file: string) {
  for (let start = 0; start < file.length; start += CHUNK) yield file.slice(start, start + CHUNK)
}

/**
 * Reads the tasks of a CSV file. Its first line names the columns, in any order. Columns that are not fields go to
 * `ignored`.
 *
 * @param file without byte order mark
 * @throws BrokenFile if the file cannot be read any further
 */
export async function* readCsv(file: string, ignored: Ignored): AsyncGenerator<Draft> {
  const hint = HINT.exec(file)?.[1]
  const parser = parse({
    delimiter: hint ?? separatorOf(file),
    from_line: hint === undefined ? 1 : 2,
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
      if (record.length > MAX_CELLS) throw tooWide(info)
      if (header === undefined) header = readHeader(record, ignored)
      // Spreadsheets write lines in which every cell is empty.
      else if (record.some((cell) => cell.trim() !== ''))
        yield readRow(header, record, index++, lineOf(record, info))
    }
  } catch (error) {
    throw error instanceof CsvError ? broken(error) : error
  }
  if (header === undefined) throw new BrokenFile('is empty: its first line must name the columns')
}

/** The line in which a row begins. The parser reports the line in which it ends. */
const lineOf = (cells: string[], { lines }: Info) => lines + 1 - cells.join().split(/\r\n|\r|\n/).length

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'has a quote that is not closed',
  CSV_MAX_RECORD_SIZE: `must not have a line of more than ${MAX_TASK_SIZE / 1024} KiB`,
}
const broken = ({ code, lines }: CsvError & { lines?: number }) =>
  new BrokenFile(REASONS[code] ?? 'has a quote in the middle of a cell', lines)

const tooWide = ({ lines }: Info) =>
  new BrokenFile(`must not have more than ${MAX_CELLS} cells in a line`, lines)

function readHeader(cells: string[], ignored: Ignored) {
  const names = cells.map((cell) => cell.trim().toLowerCase())
  const header = names.map((name) => ALIASES[name] ?? NAMES.find((known) => known === name))
  const twice = header.find((name, place) => name !== undefined && header.indexOf(name) !== place)
  if (twice !== undefined) throw new BrokenFile(`must have the column ${twice} only once`, 1)
  if (!header.includes('title'))
    throw new BrokenFile('must name the columns in its first line, title among them', 1)
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
  // Without quotes, a comma in a text begins another cell: the rest of the text would be lost.
  if (cells.slice(header.length).some((cell) => cell.trim() !== ''))
    draft.mistakes!.push({
      path: draft.path,
      line,
      message: 'has more cells than the first line has columns',
    })
  return draft
}
