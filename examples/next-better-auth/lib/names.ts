const MAX_LENGTH = 100

/** Returns a sentence that says why a name is not acceptable, or undefined if it is. */
export function nameProblem(name: string): string | undefined {
  if (name.replace(/[\s\p{C}\p{Default_Ignorable_Code_Point}]/gu, '') === '') return 'Please enter a name.'
  if (name.length > MAX_LENGTH) return `Please enter a name of at most ${MAX_LENGTH} characters.`
  return undefined
}
