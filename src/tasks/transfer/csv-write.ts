import type { Recurrence, Task } from '../schemas.ts'

/* Spreadsheets run a cell as a formula if it begins with =, +, -, @, their full-width forms, a tab or a line end. */
const FORMULA = /^'*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/
/** An apostrophe turns a formula into text. Text that already begins so gets one more, so that an import can undo it. */
const escapeFormula = (cell: string) => (FORMULA.test(cell) ? `'${cell}` : cell)
const unescapeFormula = (cell: string) => (cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell)

/** Reads the value of a field from a cell. Returns undefined if it cannot. */
type Read = (cell: string) => unknown

interface Cell {
  write: (task: Task) => string
  read: Read
}

/** A text may consist of white space only. In other columns, such a cell counts as empty. */
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

/** Words for true and false that spreadsheets and people write. German spreadsheets write WAHR and FALSCH. */
const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...{ true: true, wahr: true, yes: true, ja: true, '1': true, x: true, done: true, completed: true },
  ...{ false: false, falsch: false, no: false, nein: false, '0': false, open: false, pending: false },
}

/** A date as German spreadsheets write it: 1.12.2026. */
const GERMAN_DAY = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/
function readDueDate(cell: string) {
  const [, day, month, year] = GERMAN_DAY.exec(cell.trim()) ?? []
  return year === undefined ? cell.trim() : `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
}

/** `recurrence` is an object, so each of its fields has a column. Files do not contain the owner. */
export type ColumnName = Exclude<keyof Task, 'user_id' | 'recurrence'> | `recurrence_${keyof Recurrence}`

/** The columns, in the order of an export. A field without a column does not compile. */
export const columns: Readonly<Record<ColumnName, Cell>> = {
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
    read: (cell) =>
      unescapeFormula(cell)
        .split(',')
        .filter((tag) => tag.trim() !== ''),
  },
  due_date: { write: ({ due_date }) => due_date ?? '', read: readDueDate },
  recurrence_rule: ofRecurrence('rule'),
  recurrence_time_zone: ofRecurrence('time_zone'),
  recurrence_anchor: ofRecurrence('anchor'),
  next_task_id: number(({ next_task_id }) => next_task_id),
  created_at: word(({ created_at }) => created_at),
  updated_at: word(({ updated_at }) => updated_at),
}
export const NAMES = Object.keys(columns) as ColumnName[]
/** Other names for columns that an import accepts. */
export const ALIASES: Readonly<Record<string, ColumnName>> = { is_completed: 'completed' }

/** Quotes a cell (RFC 4180). Cells with `;` or tabs are also quoted, because some programs use these as separators. */
const quote = (cell: string) => (/[",;\t\r\n']|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
const line = (cells: string[]) => `${cells.map(quote).join()}\r\n`

/** How an export is written. The byte order mark tells Excel that the file is UTF-8. */
export const csvWriter = {
  start: `\ufeff${line(NAMES)}`,
  write: (tasks: readonly Task[]) =>
    tasks.map((task) => line(NAMES.map((name) => columns[name].write(task)))).join(''),
  end: '',
}
