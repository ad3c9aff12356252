import { trimText } from '../../http/text.ts'

export const MAX_TAGS = 20
/** In code points. */
export const MAX_TAG_LENGTH = 50
/** An answer has to have a limit. Users have far fewer tags. */
export const MAX_LISTED_TAGS = 10_000

/** A name as the service stores tags: trimmed and in NFC. */
export const nameOfTag = (text: string): string => trimText(text).normalize('NFC')

/** The names in a list such as `home,work`. */
export const namesOfTags = (text: string): string[] =>
  text
    .split(',')
    .map(nameOfTag)
    .filter((name) => name !== '')

/** The list with each name as it is stored; undefined if it has no name. */
export const trimTags = (text: string): string | undefined => namesOfTags(text).join(',') || undefined

/**
 * One text for lists of names that mean the same. It only ties cursors to their list: PostgreSQL decides which tags
 * are the same.
 */
export const identityOfTags = (text: string): string =>
  [...new Set(namesOfTags(text.toLowerCase().toUpperCase().toLowerCase()))].sort().join(',')
