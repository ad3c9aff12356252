import { type Static, Type } from '@sinclair/typebox'
import { OneOf } from '../openapi/schema-types.ts'
import { PRIORITIES } from './priorities.ts'
import { DEFAULT_SORT, type Order, SORT_NAMES, sortsByDefault } from './sorts.ts'
import { MAX_TAGS } from './tags/names.ts'
import { DEFAULT_OCCURRENCES, MAX_OCCURRENCES } from './recurrence/series.ts'

/* The query parameters of lists and summaries. */

const time_zone = Type.Optional(
  Type.String({
    format: 'time-zone',
    description: 'IANA name of the time zone in which calendar days begin and end. Default UTC.',
    examples: ['Europe/Berlin'],
  }),
)
const dueBoundary = (description: string) =>
  Type.Optional(Type.String({ format: 'due-date', description, examples: ['2026-12-01'] }))

export const SummaryQuery = Type.Object({ time_zone })

export const OccurrencesQuery = Type.Object({
  count: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_OCCURRENCES,
      description: `The number of dates. Default ${DEFAULT_OCCURRENCES}.`,
      examples: [5],
    }),
  ),
})

const search = (description: string) =>
  Type.Optional(
    Type.Unsafe<string>({
      type: 'string',
      trim: true,
      maxLength: 100,
      format: 'storable-text',
      description,
      examples: ['cafe'],
    }),
  )

const tagList = (description: string) =>
  Type.Optional(
    Type.String({
      maxLength: 2000,
      format: 'tag-list',
      description: `${description}, separated by commas, in any letter case. At most ${MAX_TAGS} tags.`,
      examples: ['home,garden'],
    }),
  )

const namesBy = (order: Order) => sortsByDefault(order).join(' and ')

export const ListQuery = Type.Object({
  search: search(
    'Only tasks that contain every one of these words in the title, the description or a tag, also within longer words. ' +
      'Case, accents and the spelling of apostrophes, quotes, dashes, digits and Arabic letters make no ' +
      'difference, and ß is the same as ss. No character has a special meaning. At most 100 characters.',
  ),
  q: search('Another name for search. If both are sent they must be the same.'),
  status: Type.Optional(
    OneOf(['all', 'pending', 'active', 'incomplete', 'completed'], {
      description: 'Only tasks in this state. Default all. active and incomplete mean pending.',
      examples: ['pending'],
    }),
  ),
  priority: Type.Optional(
    Type.String({
      maxLength: 200,
      format: 'priority-list',
      description: `Only tasks with one of these priorities, separated by commas: ${PRIORITIES.join(', ')}.`,
      examples: ['high,urgent'],
    }),
  ),
  tags: tagList('Only tasks that have all of these tags'),
  any_tags: tagList('Only tasks that have at least one of these tags'),
  overdue: Type.Optional(
    Type.Boolean({
      description: 'true: only pending tasks that are past their due date. false: all other tasks.',
      examples: [true],
    }),
  ),
  due_from: dueBoundary('Only tasks that are due on this day, at this time, or later.'),
  due_before: dueBoundary('Only tasks that are due before this day begins, or before this time.'),
  time_zone,
  completed: Type.Optional(
    Type.String({
      maxLength: 100,
      description:
        'true means status=completed, false means status=pending. Ignored if status is sent, and for other values.',
      examples: ['true'],
    }),
  ),
  sort: Type.Optional(
    OneOf(SORT_NAMES, {
      description: `What the list is sorted by. Default ${DEFAULT_SORT}. Tasks without a due date come last in either order.`,
      examples: ['due_date'],
    }),
  ),
  sort_by: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'Another name for sort. Ignored if sort is sent, and for values that sort does not have.',
      examples: ['due_date'],
    }),
  ),
  order: Type.Optional(
    OneOf(['asc', 'desc'], {
      description: `Default desc for ${namesBy('desc')}, asc for ${namesBy('asc')}.`,
      examples: ['asc'],
    }),
  ),
  sort_order: Type.Optional(
    OneOf(['asc', 'desc'], {
      description: 'Another name for order. Ignored if order is sent.',
      examples: ['asc'],
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 200,
      description: 'The page size. Without limit the list is complete.',
      examples: [20],
    }),
  ),
  offset: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2_147_483_647,
      description: 'The number of tasks to skip. Needs limit, and cannot be combined with cursor.',
      examples: [40],
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: 2000,
      description: 'The start of the page, from the Link header of the previous page. Needs limit.',
      examples: ['eyJpZCI6IjQyIn0'],
    }),
  ),
  count: Type.Optional(
    Type.Boolean({ description: 'true adds the header X-Total-Count.', examples: [true] }),
  ),
})
export type ListQuery = Static<typeof ListQuery>

export const DEFAULT_CHANGES_PAGE = 100

export const ChangesQuery = Type.Object({
  cursor: Type.Optional(
    Type.String({
      maxLength: 12_000,
      description:
        'The cursor of the last answer: the changes after it are returned. Without it, all tasks are returned.',
      examples: ['MSA5ZjM0YzE'],
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 500,
      description: `The maximum number of changes in one answer. Default ${DEFAULT_CHANGES_PAGE}.`,
      examples: [100],
    }),
  ),
})
export type ChangesQuery = Static<typeof ChangesQuery>
