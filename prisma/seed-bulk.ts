import type { Priority } from '../src/tasks/priorities.ts'
import { DAY, HOUR, type SeedTask, type SeedUser, startOfDay } from './seed-demo.ts'

const VERBS = [
  'Write',
  'Review',
  'Plan',
  'Call about',
  'Order',
  'Fix',
  'Clean up',
  'Prepare',
  'Discuss',
  'Pay for',
  'Book',
  'Update',
]
const OBJECTS = [
  ...[
    'the report',
    'the invoice',
    'the garden fence',
    'a table for six',
    'the quarterly figures',
    'the old bicycle',
  ],
  ...[
    'the slides',
    'the insurance',
    'Müller’s offer',
    'the crème brûlée',
    'the holiday photos 📷',
    'the kitchen lamp',
  ],
  ...['the backup', 'the class trip', 'the landing page', 'the tyres', '東京 hotel', 'the letter to Øyvind'],
]
const CONTEXTS = [
  '',
  '',
  '',
  ' before lunch',
  ' with Sam',
  ' (urgent)',
  ' for the team',
  ' again',
  ' – part 2',
  ' next week',
]
const NOTES = [
  'Ask Kim first.',
  'The number is on the fridge.',
  'See the thread from Tuesday.',
  'Not before the budget is approved.',
  'Two copies, one of them signed.',
  'Half an hour should do.',
  'Check what it cost last year.',
]
/** Most tasks of people have no priority. */
const PRIORITIES: readonly Priority[] = [
  'none',
  'none',
  'none',
  'none',
  'low',
  'medium',
  'medium',
  'high',
  'urgent',
]
const TAGS = ['home', 'garden', 'work', 'errands', 'Müller', 'phone', 'waiting', 'someday']
const YEAR = 365 * DAY

/**
 * One of many people, with tasks from the year before `now`, the oldest first. The same index always has the
 * same ones: older tasks are mostly completed, about half are due some day, few have long descriptions.
 */
export function bulkUser(index: number, taskCount: number, now: Date): SeedUser {
  const id = `seed-${String(index).padStart(7, '0')}`
  const random = createRandom(index)
  const tasks = Array.from({ length: taskCount }, (_, position) =>
    createTask(random, (position + random()) / taskCount, now),
  )
  return { id, email: `${id}@example.com`, name: `Seed User ${index}`, tasks }
}

/** @param youth 0 for a task that is a year old, 1 for one that was made just now */
function createTask(random: () => number, youth: number, now: Date): SeedTask {
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!
  const created = now.getTime() - (1 - youth) ** 2 * YEAR
  const completed = random() < 0.85 - 0.6 * youth
  const touched = completed || random() < 0.3 ? created + random() ** 3 * (now.getTime() - created) : created
  return {
    title: pick(VERBS) + ' ' + pick(OBJECTS) + pick(CONTEXTS),
    description:
      random() < 0.4
        ? Array.from({ length: 1 + Math.floor(random() ** 8 * 20) }, () => pick(NOTES)).join(' ')
        : null,
    completed,
    // What is still to do has mostly been put off.
    ...dueDate(random, completed || random() < 0.3 ? created : now.getTime()),
    priority: pick(PRIORITIES),
    tags: random() < 0.5 ? [] : TAGS.filter(() => random() < 0.2),
    recurrence: null,
    createdAt: new Date(created),
    updatedAt: new Date(touched),
    deletedAt: null,
  }
}

function dueDate(random: () => number, from: number): Pick<SeedTask, 'dueAt' | 'dueAllDay'> {
  const kind = random()
  if (kind < 0.45) return { dueAt: null, dueAllDay: false }
  const due = from + random() ** 2 * 60 * DAY
  if (kind < 0.8) return { dueAt: startOfDay(due), dueAllDay: true }
  return { dueAt: new Date(Math.ceil(due / (HOUR / 4)) * (HOUR / 4)), dueAllDay: false }
}

/** Marsaglia's xorshift32: numbers from 0 to below 1, the same ones for the same seed on every machine. */
function createRandom(seed: number): () => number {
  // Neighbouring seeds must not begin alike, and the state must never be 0.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  for (let warmUp = 0; warmUp < 4; warmUp += 1) next()
  return next
}
