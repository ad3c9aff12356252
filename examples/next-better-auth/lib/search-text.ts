import type { LocalTask } from './task-client'

type Words = Pick<LocalTask, 'title' | 'description' | 'tags'>

/** Characters that are removed or replaced, after NFKD and in lower case. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  // Accents, vowel points, and what is invisible.
  [/[\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u0640\u064b-\u065f\u0670]/g, ''],
  [/\p{Default_Ignorable_Code_Point}/gu, ''],
  [/ß/g, 'ss'],
  [/æ/g, 'ae'],
  [/œ/g, 'oe'],
  [/[‘’‚‛′‹›`]/g, "'"],
  [/[“”„‟«»"]/g, "''"],
  [/[‐‒–—―−-]+/g, '-'],
]
const LETTERS = 'ıøłđðħŧςىیکةہھ'
const INSTEAD = 'iolddhtσييكههه'

/**
 * A text as the search compares it: without case, accents and differences between keyboards. It does the same as
 * fold_text of the service, except for the rarest characters.
 */
function fold(text: string): string {
  let folded = text.normalize('NFKD').toLowerCase()
  for (const [pattern, spelling] of SPELLINGS) folded = folded.replace(pattern, spelling)
  return folded
    .replace(new RegExp(`[${LETTERS}]`, 'g'), (letter) => INSTEAD[LETTERS.indexOf(letter)]!)
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .normalize('NFC')
}

/** Tasks that stay the same are the same objects, so each is folded once. */
const known = new WeakMap<Words, string>()

function textOf(task: Words): string {
  const text = known.get(task) ?? fold([task.title, task.description ?? '', ...task.tags].join('\n'))
  known.set(task, text)
  return text
}

/** Returns a test: does every word of the search occur in the title, the notes or a tag? */
export function createSearch(search: string): (task: Words) => boolean {
  const words = search.trim() === '' ? [] : search.split(/\s+/).map(fold)
  return (task) => words.every((word) => textOf(task).includes(word))
}
