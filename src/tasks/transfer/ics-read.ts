import { BrokenFile, type Draft, type Ignored } from './draft.ts'
import { contentLines } from './ics-lines.ts'
import { draftOf, type Reading, type Todo } from './ics-todo.ts'
import { parseLine, type Property, textsOf } from './ics-values.ts'

/** The properties of a VTODO that are read; others are ignored. */
const READ = [
  ...['UID', 'SUMMARY', 'DESCRIPTION', 'STATUS', 'COMPLETED', 'PERCENT-COMPLETE', 'PRIORITY', 'CATEGORIES'],
  ...['DUE', 'DTSTART', 'DURATION', 'RRULE', 'RECURRENCE-ID', 'CREATED', 'LAST-MODIFIED'],
  ...['X-TASK-API-TIME-ZONE', 'X-TASK-API-ANCHOR'],
]
/** Components that are counted as ignored. Time zones are not counted, because they are not content of the user. */
const COUNTED = ['VEVENT', 'VJOURNAL', 'VFREEBUSY']
const MAX_DEPTH = 10

/**
 * Reads the tasks of an iCalendar file. Yields once for each line: undefined, or the task that ends with this line.
 *
 * @param timeZone time zone of times that do not name one
 * @throws BrokenFile if the file cannot be read any further
 */
export function* readIcs(text: string, timeZone: string, ignored: Ignored): Generator<Draft | undefined> {
  const reading: Reading = { timeZone, locations: new Map() }
  /** Names of the components that have begun and not ended. */
  const stack: string[] = []
  let todo: Todo | undefined
  let index = 0
  for (const { content, line } of contentLines(text)) {
    const { name, value, parameters } = parseLine(content)
    const isTask = stack.length === 2 && stack[1] === 'VTODO'
    if (name === 'BEGIN') {
      const component = open(stack, value, line)
      if (stack.length === 2 && COUNTED.includes(component)) ignored.parts += 1
      if (stack.length === 2 && component === 'VTODO')
        todo = { line, properties: new Map(), rules: [], tags: [] }
    } else if (name === 'END') {
      if (stack.pop() !== value.trim().toUpperCase())
        throw new BrokenFile('has an END without its BEGIN', line)
      const draft = isTask ? draftOf(todo!, reading, index) : undefined
      if (draft !== undefined) index += 1
      else if (isTask) ignored.parts += 1
      yield draft
    } else if (stack.length === 0) throw notCalendar(line)
    else if (stack.at(-1) === 'VTIMEZONE') noteZone(reading, name, value)
    else if (isTask && READ.includes(name)) addProperty(todo!, name, { value, parameters })
    yield undefined
  }
  if (index === 0 && stack.length === 0 && text.trim() === '') throw notCalendar(1)
  if (stack.length > 0) throw new BrokenFile(`ends within ${stack.at(-1)!.slice(0, 40)}`)
}

const notCalendar = (line: number) =>
  new BrokenFile('must be iCalendar, which begins with BEGIN:VCALENDAR', line)

function open(stack: string[], value: string, line: number): string {
  const component = value.trim().toUpperCase()
  if (stack.length === 0 && component !== 'VCALENDAR') throw notCalendar(line)
  if (stack.length === MAX_DEPTH)
    throw new BrokenFile(`must not nest more than ${MAX_DEPTH} components`, line)
  stack.push(component)
  return component
}

/** Some programs use their own names as TZID, and write the IANA name into X-LIC-LOCATION. */
function noteZone(reading: Reading, name: string, value: string) {
  if (name === 'TZID') reading.lastTzid = value
  if (name === 'X-LIC-LOCATION' && reading.lastTzid) reading.locations.set(reading.lastTzid, value)
}

/** If a property is repeated, the first one counts. CATEGORIES and RRULE are collected. */
function addProperty({ properties, tags, rules }: Todo, name: string, property: Property) {
  if (name === 'CATEGORIES') tags.push(...textsOf(property.value))
  else if (name === 'RRULE') rules.push(property.value)
  else if (!properties.has(name)) properties.set(name, property)
}
