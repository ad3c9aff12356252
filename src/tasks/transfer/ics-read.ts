import ICAL from 'ical.js'
import { BrokenFile, type Draft, type Ignored } from './draft.ts'
import { contentLines } from './ics-lines.ts'
import { draftOf, type Reading, type Todo } from './ics-todo.ts'

/** The properties of a VTODO that are read; others are ignored. */
const READ = [
  ...['UID', 'SUMMARY', 'DESCRIPTION', 'STATUS', 'COMPLETED', 'PERCENT-COMPLETE', 'PRIORITY', 'CATEGORIES'],
  ...['DUE', 'DTSTART', 'DURATION', 'RRULE', 'RECURRENCE-ID', 'CREATED', 'LAST-MODIFIED'],
  ...['X-TASK-API-TIME-ZONE', 'X-TASK-API-ANCHOR'],
]
/** Components of a calendar that are not tasks. Time zones are none that a user would miss. */
const COUNTED = ['VEVENT', 'VJOURNAL', 'VFREEBUSY']
const MAX_DEPTH = 10

/**
 * Reads the tasks of an iCalendar file. undefined stands for a line that is no end of a task.
 *
 * @param timeZone of times that name none
 * @throws BrokenFile if the file cannot be read any further
 */
export function* readIcs(text: string, timeZone: string, ignored: Ignored): Generator<Draft | undefined> {
  const reading: Reading = { timeZone, locations: new Map() }
  /** The components that are open. */
  const stack: string[] = []
  let todo: Todo | undefined
  let index = 0
  for (const { content, line } of contentLines(text)) {
    const { name, value } = split(content)
    const isTask = stack.length === 2 && stack[1] === 'VTODO'
    if (name === 'BEGIN') {
      const component = open(stack, value, line)
      if (stack.length === 2 && COUNTED.includes(component)) ignored.parts += 1
      if (stack.length === 2 && component === 'VTODO')
        todo = { line, properties: new Map(), tags: [], mistakes: [] }
    } else if (name === 'END') {
      if (stack.pop() !== value.trim().toUpperCase())
        throw new BrokenFile('has an END without its BEGIN', line)
      const draft = isTask ? draftOf(todo!, reading, index) : undefined
      if (draft !== undefined) index += 1
      else if (isTask) ignored.parts += 1
      yield draft
    } else if (stack.length === 0) throw notCalendar(line)
    else if (stack.at(-1) === 'VTIMEZONE') noteZone(reading, name, value)
    else if (isTask && READ.includes(name)) addProperty(todo!, name, content, line)
    yield undefined
  }
  if (index === 0 && stack.length === 0 && text.trim() === '') throw notCalendar(1)
  if (stack.length > 0) throw new BrokenFile(`ends within ${stack.at(-1)!.slice(0, 40)}`)
}

const notCalendar = (line: number) =>
  new BrokenFile('must be iCalendar, which begins with BEGIN:VCALENDAR', line)

/** The name of a line and what is behind its parameters, in which quotation marks protect a colon. */
function split(content: string): { name: string; value: string } {
  const name = /^[\w-]*/.exec(content)![0]
  let isQuoted = false
  for (let position = name.length; position < content.length; position += 1) {
    if (content[position] === '"') isQuoted = !isQuoted
    else if (content[position] === ':' && !isQuoted)
      return { name: name.toUpperCase(), value: content.slice(position + 1) }
  }
  return { name: name.toUpperCase(), value: '' }
}

function open(stack: string[], value: string, line: number): string {
  const component = value.trim().toUpperCase()
  if (stack.length === 0 && component !== 'VCALENDAR') throw notCalendar(line)
  if (stack.length === MAX_DEPTH)
    throw new BrokenFile(`must not nest more than ${MAX_DEPTH} components`, line)
  stack.push(component)
  return component
}

/** Some programs write names of their own as TZID, and the IANA name beside them. */
function noteZone(reading: Reading, name: string, value: string) {
  if (name === 'TZID') reading.lastTzid = value
  if (name === 'X-LIC-LOCATION' && reading.lastTzid) reading.locations.set(reading.lastTzid, value)
}

function addProperty(todo: Todo, name: string, content: string, line: number) {
  const { properties, mistakes } = todo
  if (name === 'CATEGORIES') {
    todo.tags.push(...texts(split(content).value))
    return
  }
  if (name === 'RRULE') {
    todo.rule ??= split(content).value
    return
  }
  try {
    const property = ICAL.Property.fromString(withType(content))
    // The library reads values when they are first asked for, and throws then.
    property.getValues()
    properties.set(name, [...(properties.get(name) ?? []), property])
  } catch {
    mistakes.push({ path: '', line, message: `has a property ${name} that is not valid` })
  }
}

/** Some programs leave out VALUE=DATE before a date. */
const withType = (content: string) =>
  content.replace(/^(DUE|DTSTART)((?:;[^:]*)?:\d{8})$/i, (whole, name: string, rest: string) =>
    /;VALUE=/i.test(rest) ? whole : `${name};VALUE=DATE${rest}`,
  )

/** The texts of a list (RFC 5545, 3.3.11). The library takes a backslash at the end of one for a part of the comma. */
const texts = (value: string): string[] =>
  value
    .match(/(?:[^\\,]|\\.)+/gs)
    ?.map((text) =>
      text.replace(/\\(.)/gs, (_, character: string) => (/n/i.test(character) ? '\n' : character)),
    ) ?? []
