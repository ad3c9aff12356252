/**
 * Any character except white space, characters that fonts may ignore (zero-width spaces, joiners, direction marks,
 * fillers), control characters, annotation marks and the blank of Braille.
 */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\ufff9-\ufffb\u2800]/u

/** A visible character, for the OpenAPI document: in JavaScript, Python and most other languages, without properties. */
export const VISIBLE_PATTERN =
  '[^\\s\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f' +
  '\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb]'

/** Each is one code unit. Other invisible characters belong to the character before them, such as an emoji. */
const TRIMMED = /[\p{White_Space}\u200b\u2060\ufeff]/u

export const isVisible = (text: string) => VISIBLE.test(text)

/**
 * Removes white space and zero-width spaces around a text. A text without a visible character becomes empty.
 * A loop, because `/\s+$/` takes quadratic time for a text with much white space inside.
 */
export function trimText(text: string): string {
  if (!isVisible(text)) return ''
  let [start, end] = [0, text.length]
  while (TRIMMED.test(text[start]!)) start += 1
  while (TRIMMED.test(text[end - 1]!)) end -= 1
  return text.slice(start, end)
}
