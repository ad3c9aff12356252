/** The words of FRONT_END_COMPAT. */
const SETTINGS = ['list_envelope', 'is_completed', 'user_object', 'delete_json'] as const
export type FrontEndSetting = (typeof SETTINGS)[number]

const isSetting = (word: string): word is FrontEndSetting => (SETTINGS as readonly string[]).includes(word)

export const frontEndSettings = (words: readonly string[]): readonly FrontEndSetting[] =>
  Object.freeze(words.filter(isSetting))

/** Yields a sentence if a word is unknown. */
export function* checkFrontEnds(words: readonly string[]): Generator<string> {
  if (!words.every(isSetting))
    yield `FRONT_END_COMPAT must be a comma-separated list of these words: ${SETTINGS.join(', ')}.`
}
