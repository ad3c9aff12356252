/** From the lowest to the highest. */
export const PRIORITIES = ['none', 'low', 'medium', 'high', 'urgent'] as const
export type Priority = (typeof PRIORITIES)[number]

export const isPriority = (text: string): text is Priority => PRIORITIES.some((word) => word === text)

/** The place of a priority, from 0: the column `priority_rank`. */
export const rankOf = (priority: Priority): number => PRIORITIES.indexOf(priority)

/** The words of a list such as `high,urgent`. */
export const wordsOfPriorities = (text: string): string[] => text.split(',').filter((word) => word !== '')

/** The places of the priorities in a list such as `high,urgent`. */
export const ranksOf = (text: string): number[] => wordsOfPriorities(text).filter(isPriority).map(rankOf)

/** The list in a fixed order; undefined if it has no word. */
export function sortPriorities(text: string): string | undefined {
  const words = new Set(wordsOfPriorities(text))
  return PRIORITIES.filter((word) => words.has(word)).join(',') || undefined
}
