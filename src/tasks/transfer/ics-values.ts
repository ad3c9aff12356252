import { instantOf, zoneOf } from './zones.ts'

/*
 * Values of iCalendar (RFC 5545, 3.3). ical.js does not read them, because it takes minutes for a long DURATION, turns
 * 30 February into 2 March, and throws many kinds of errors.
 */

/** A property of a component. */
export interface Property {
  /** By their names in upper case. */
  parameters: ReadonlyMap<string, string>
  value: string
}

/** Splits a line into its name, its parameters and its value. Quotation marks protect `;` and `:` in parameters. */
export function parseLine(content: string): Property & { name: string } {
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  let position = 0
  for (; position < content.length; position += 1) {
    const character = content[position]
    if (character === '"') isQuoted = !isQuoted
    if (isQuoted || (character !== ';' && character !== ':')) continue
    parts.push(content.slice(start, position))
    start = position + 1
    if (character === ':') break
  }
  const [name = content, ...others] = parts
  const parameters = others.map((part): [string, string] => {
    const [key, value = ''] = part.split(/=(.*)/s) as [string, string?]
    return [key.toUpperCase(), value.replace(/^"(.*)"$/s, '$1')]
  })
  return { name: name.toUpperCase(), parameters: new Map(parameters), value: content.slice(position + 1) }
}

/** A text without its escapes (3.3.11). */
export const textOf = (value: string) =>
  value.replace(/\\(.)/gs, (_, character: string) => (/n/i.test(character) ? '\n' : character))

/** The texts of a list. */
export const textsOf = (value: string): string[] => value.match(/(?:[^\\,]|\\.)+/gs)?.map(textOf) ?? []

/** A day (`2026-12-01`), or a wall-clock time in a zone (`2026-12-01T15:00:00`). */
export interface Moment {
  text: string
  /** IANA name. undefined for a day. */
  zone: string | undefined
}

const TIME = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/i

/** Reads a DATE or DATE-TIME. If it is not valid, returns a message that completes a sentence about the field. */
export function momentOf(
  { value, parameters }: Property,
  zoneByTzid: (tzid: string | undefined) => string | undefined,
): Moment | string {
  const [, year, month, day, hour, minute, second, mark] = TIME.exec(value.trim()) ?? []
  const invalid = 'must be a date (20261201) or a time (20261201T150000Z)'
  if (year === undefined) return invalid
  const date = `${year}-${month}-${day}`
  // A minute with a leap second has 61 seconds.
  const text = `${date}T${hour ?? '00'}:${minute ?? '00'}:${second === '60' ? '59' : (second ?? '00')}`
  const time = new Date(`${text}.000Z`)
  if (Number.isNaN(time.getTime()) || !time.toISOString().startsWith(text)) return invalid
  if (hour === undefined) return { text: date, zone: undefined }
  const zone = mark ? 'UTC' : zoneByTzid(parameters.get('TZID'))
  return zone === undefined
    ? 'has a time zone (TZID) that the IANA time zone database does not have'
    : { text, zone }
}

const DURATION =
  /^([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$/i

/** Adds a DURATION (3.3.6) to a moment. Returns undefined if the duration is not valid. */
export function laterBy({ text, zone }: Moment, duration: string): Moment | undefined {
  const [found, sign, ...numbers] = DURATION.exec(duration.trim()) ?? []
  if (found === undefined) return undefined
  const [weeks, days, hours, minutes, seconds] = numbers.map((number) => Number(number ?? 0))
  const length = (((weeks! * 7 + days!) * 24 + hours!) * 60 + minutes!) * 60 + seconds!
  const size = zone === undefined ? 10 : 19
  const later =
    Date.parse(`${text}${size === 10 ? 'T00:00:00' : ''}Z`) + (sign === '-' ? -length : length) * 1000
  // Dates of more than four digits are refused with the due date.
  return {
    text: new Date(later)
      .toISOString()
      .replace(/\.000Z$/, '')
      .slice(0, size),
    zone,
  }
}

/** The moment in the format of a due date. A moment that cannot be converted is returned as it is, and refused later. */
export const dueDateOf = ({ text, zone }: Moment) =>
  zone === undefined ? text : (instantOf(text, zone) ?? text)

/** Returns a function that finds the IANA name of a TZID. The calendar itself may define the TZID. */
export const zoneFinder =
  (locations: ReadonlyMap<string, string>, usual: string) => (tzid: string | undefined) =>
    tzid ? zoneOf(locations.get(tzid) ?? tzid) : usual
