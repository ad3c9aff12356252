import { hash } from 'node:crypto'
import { problem } from '../../http/problem.ts'
import type { Check } from '../../http/validation.ts'
import { isStorable } from '../formats.ts'
import { mistakeInSent } from '../recurrence/check.ts'
import type { NewTask } from '../schemas.ts'
import { readCsv } from './csv-read.ts'
import { decode } from './decode.ts'
import { BrokenFile, type Draft, type Ignored } from './draft.ts'
import { MAX_TASKS, type TransferFormat } from './formats.ts'
import { readIcs } from './ics-read.ts'
import { readJson } from './json.ts'
import { brokenFile, Mistakes } from './mistakes.ts'
import { createPace } from './pace.ts'
import { type Link, type Row, rowJson } from './statements.ts'

/** Maximum number of ignored columns that an answer names, and maximum length of their names. */
const [MAX_COLUMNS, MAX_COLUMN_LENGTH] = [20, 50]
const MAX_ORIGIN_LENGTH = 200

/** What an import found in a file. */
export interface Content extends Ignored {
  /** The tasks, as a JSON array for the statements. */
  rows: string
  links: Link[]
  tasks: number
}

/** A task as it is in a file, after its check. */
type Checked = NewTask & { id?: unknown; next_task_id?: unknown; created_at?: string; updated_at?: string }

/**
 * Reads a file and checks each task as if it had been sent on its own. Other requests can run in between.
 *
 * @param check validates one task
 * @param timeZone time zone of times in a calendar that do not name one
 * @throws problem 400 with the mistakes
 */
export async function readFile(format: TransferFormat, body: Buffer, check: Check, timeZone: string) {
  const ignored: Ignored = { parts: 0, columns: [] }
  const mistakes = new Mistakes()
  const found = new Rows()
  const pace = createPace()
  let tasks = 0
  try {
    for await (const draft of draftsOf(format, decode(format, body), timeZone, ignored)) {
      await pace()
      if (draft === undefined) continue
      tasks += 1
      if (tasks > MAX_TASKS) throw tooManyTasks()
      if (!mistakes.add(draft, mistakesIn(draft.task, check))) found.add(draft)
    }
  } catch (error) {
    throw error instanceof BrokenFile ? brokenFile(error, mistakes) : error
  }
  mistakes.throwIfAny()
  const columns = ignored.columns.slice(0, MAX_COLUMNS).map((name) => name.slice(0, MAX_COLUMN_LENGTH))
  const content: Content = { rows: found.json, links: found.links, tasks, parts: ignored.parts, columns }
  return content
}

/** The mistakes in single fields. If there are none, the fields that do not fit each other. */
function mistakesIn(task: Draft['task'], check: Check): ReturnType<Check> {
  const mistakes = check(task)
  if (mistakes.length > 0) return mistakes
  const mistake = mistakeInSent(task)
  return mistake === undefined ? [] : [{ path: `/${mistake.field}`, message: mistake.message }]
}

function draftsOf(format: TransferFormat, text: string, timeZone: string, ignored: Ignored) {
  if (format === 'json') return readJson(text)
  return format === 'csv' ? readCsv(text, ignored) : readIcs(text, timeZone, ignored)
}

const isId = (id: unknown): id is number => Number.isSafeInteger(id) && (id as number) > 0

function rowOf({ task, uid }: Draft): Row {
  const { id, created_at: createdAt, updated_at: updatedAt, next_task_id: _, ...fields } = task as Checked
  if (isId(id) && createdAt !== undefined)
    return { origin: `${id}@${new Date(createdAt).toISOString()}`, id, createdAt, updatedAt, task: fields }
  return {
    origin: uid === undefined ? undefined : originOf(uid),
    id: undefined,
    createdAt,
    updatedAt,
    task: fields,
  }
}

/** A UID that is too long, or that PostgreSQL cannot store, is replaced by its hash. */
const originOf = (uid: string) =>
  `uid:${uid.length <= MAX_ORIGIN_LENGTH && isStorable(uid) ? uid : hash('sha256', uid, 'base64url')}`

/** The tasks of a file, without duplicates. */
class Rows {
  private readonly texts: string[] = []
  private readonly byId = new Map<number, Row>()
  private readonly nextIds = new Map<string, number>()
  private readonly origins = new Set<string>()

  add(draft: Draft) {
    const row = rowOf(draft)
    const next = (draft.task as Checked).next_task_id
    if (row.origin !== undefined) {
      if (this.origins.has(row.origin)) return
      this.origins.add(row.origin)
      if (isId(next)) this.nextIds.set(row.origin, next)
    }
    if (row.id !== undefined) this.byId.set(row.id, row)
    this.texts.push(rowJson(row, this.texts.length))
  }

  get json() {
    return `[${this.texts.join()}]`
  }

  /** The tasks whose next occurrence is also in the file. */
  get links(): Link[] {
    return [...this.nextIds].flatMap(([origin, id]) => {
      const next = this.byId.get(id)
      return next === undefined ? [] : [{ origin, next }]
    })
  }
}

const tooManyTasks = () =>
  problem('validation_failed', {
    values: [`The file has more than ${MAX_TASKS} tasks; import it in parts`],
    errors: [{ path: '/tasks', message: `must have at most ${MAX_TASKS} items` }],
  })
