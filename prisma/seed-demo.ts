import type { Priority } from '../src/tasks/priorities.ts'
import type { Recurrence } from '../src/tasks/schemas.ts'

/** A task as its columns hold it. */
export interface SeedTask {
  title: string
  description: string | null
  completed: boolean
  dueAt: Date | null
  /** A whole day, stored as the midnight in UTC with which it begins. */
  dueAllDay: boolean
  priority: Priority
  tags: string[]
  /** Only tasks with a due date repeat. */
  recurrence: Recurrence | null
  createdAt: Date
  updatedAt: Date
  /** When it was moved to the trash; null for a task that is not there. */
  deletedAt: Date | null
}

export interface SeedUser {
  id: string
  email: string
  name: string
  tasks: SeedTask[]
}

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** Days or hours from now on, days as dates and hours as instants. */
type Due = { days: number } | { hours: number }
interface Extras {
  description?: string
  due?: Due
  done?: boolean
  deleted?: boolean
  priority?: Priority
  tags?: string[]
  /** A rule of RFC 5545; it needs `due`. */
  repeats?: string
}
type Line = [title: string, extras?: Extras]

const LINES: Readonly<Record<string, Line[]>> = {
  Alice: [
    [
      'Renew the passport',
      {
        description: 'Photos are in the top drawer.',
        due: { days: 20 },
        priority: 'medium',
        tags: ['travel'],
      },
    ],
    ['Pay the electricity bill', { due: { days: -2 }, priority: 'urgent', tags: ['home', 'money'] }],
    ['Call the dentist', { description: 'Ask for a morning, not a Wednesday.', due: { hours: 26 } }],
    ['Water the plants', { due: { days: 0 }, tags: ['home', 'garden'], repeats: 'FREQ=DAILY;INTERVAL=3' }],
    ['Read “The Left Hand of Darkness”'],
    [
      'Book the train to Kraków',
      {
        description: 'Seat by the window.\nReturn on Sunday.',
        due: { days: 5 },
        done: true,
        tags: ['travel'],
      },
    ],
    ['Buy a birthday present for Bob', { due: { days: 9 } }],
    ['Send the tax return', { due: { hours: -50 }, done: true }],
    [
      'Learn to make sourdough',
      { description: 'Flour, water, salt, patience.', priority: 'low', tags: ['home'] },
    ],
    ['Cancel the gym', { due: { days: -4 }, deleted: true }],
    ['Order firewood', { description: 'Two cubic metres.', done: true, deleted: true }],
  ],
  Bob: [
    [
      'Fix the flaky login test',
      {
        description: 'Fails one time in twenty, always on Mondays.',
        due: { hours: 4 },
        priority: 'high',
        tags: ['bug', 'tests'],
      },
    ],
    ['Review the open pull requests', { due: { hours: -3 }, priority: 'high' }],
    [
      'Write the release notes',
      { due: { days: 1 }, repeats: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1' },
    ],
    ['Rotate the API keys', { due: { days: -6 }, done: true, priority: 'urgent', tags: ['security'] }],
    [
      'Prepare the architecture talk',
      { description: 'Twenty minutes, no more than ten slides.', due: { hours: 75 } },
    ],
    ['Update the dependencies', { done: true }],
    ['Delete the old staging server'],
    ['Migrate to the new ticket system', { description: 'Postponed to next year.', deleted: true }],
  ],
  Carol: [
    ['Order 40 chairs', { due: { days: 3 } }],
    [
      'Confirm the caterer',
      {
        description: 'Eight vegetarian, two vegan, one nut allergy.',
        due: { hours: 20 },
        priority: 'high',
        tags: ['food'],
      },
    ],
    ['Küche aufräumen', { due: { days: 0 }, done: true }],
    ['日本語の宿題', { description: '第5課', due: { days: 2 }, tags: ['日本語'] }],
    ['Print the name badges', { due: { days: -1 } }],
    ['Take out the recycling', { due: { hours: 30 }, repeats: 'FREQ=WEEKLY' }],
  ],
  Demo: [
    [
      'Try the interactive documentation',
      { description: 'It is at /docs; paste your token under Authorize.' },
    ],
    ['Create a task of your own'],
    ['Complete this task', { due: { days: 1 }, priority: 'medium', tags: ['first steps'] }],
    ['Look at a task that is overdue', { due: { days: -1 } }],
    ['Complete this task, and see the next one', { due: { days: 0 }, repeats: 'FREQ=DAILY' }],
    ['Start the service', { done: true }],
    ['Restore this task from the trash', { deleted: true }],
  ],
}

/** People with a handful of tasks each, due around `now`. The id is the name in lower case. */
export function demoUsers(now: Date): SeedUser[] {
  return Object.entries(LINES).map(([name, lines]) => {
    const id = name.toLowerCase()
    const tasks = lines.map((line, index) =>
      toTask(line, new Date(now.getTime() - (lines.length - index) * 7 * HOUR), now),
    )
    return { id, email: `${id}@example.com`, name, tasks }
  })
}

function toTask(
  [
    title,
    { description, due, done = false, deleted = false, priority = 'none', tags = [], repeats } = {},
  ]: Line,
  createdAt: Date,
  now: Date,
): SeedTask {
  const updatedAt = done ? new Date(createdAt.getTime() + HOUR) : createdAt
  const deletedAt = deleted ? new Date(updatedAt.getTime() + HOUR) : null
  const rest = {
    title,
    description: description ?? null,
    completed: done,
    priority,
    tags,
    recurrence:
      repeats === undefined ? null : { rule: repeats, time_zone: 'UTC', anchor: 'due_date' as const },
    createdAt,
    updatedAt,
    deletedAt,
  }
  if (due === undefined) return { ...rest, dueAt: null, dueAllDay: false }
  if ('days' in due) return { ...rest, dueAt: startOfDay(now.getTime() + due.days * DAY), dueAllDay: true }
  // People say "at four", not "at 15:47:12".
  return {
    ...rest,
    dueAt: new Date(Math.round((now.getTime() + due.hours * HOUR) / HOUR) * HOUR),
    dueAllDay: false,
  }
}

export const startOfDay = (time: number) => new Date(Math.floor(time / DAY) * DAY)
