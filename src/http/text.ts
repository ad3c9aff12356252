/**
 * What is no visible character: white space, what Unicode lets a font ignore (zero-width spaces, joiners, direction
 * marks, fillers), control characters, annotation marks and the blank of Braille.
 */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\ufff9-\ufffb\u2800]/u

/** All of them are one code unit. Other invisible characters belong to what they follow: an emoji, a joined letter. */
const TRIMMED = /[\p{White_Space}\u200b\u2060\ufeff]/u

export const isVisible = (text: string) => VISIBLE.test(text)

/**
 * Removes white space and zero-width spaces around a text. A text without a visible character becomes empty.
 * A loop, because `/\s+$/` takes quadratic time where white space stands inside a text.
 */
export function trimText(text: string): string {
  if (!isVisible(text)) return ''
  let [start, end] = [0, text.length]
  while (TRIMMED.test(text[start]!)) start += 1
  while (TRIMMED.test(text[end - 1]!)) end -= 1
  return text.slice(start, end)
}
