import { Type } from '@sinclair/typebox'
import { errorResponses, type Examples, json } from '../../openapi/responses.ts'
import { Ref } from '../../openapi/schema-types.ts'
import * as schemas from '../schemas.ts'
import { MAX_LISTED_TAGS } from './names.ts'

const listed: Examples<schemas.Tag[]> = {
  some: {
    summary: 'Two tags',
    value: [
      { name: 'garden', count: 3 },
      { name: 'home', count: 12 },
    ],
  },
  none: { summary: 'No task has a tag', value: [] },
}
const changed: Examples<schemas.TagsChanged> = {
  some: { summary: 'Three tasks changed', value: { changed: 3 } },
  none: { summary: 'No task has this tag', value: { changed: 0 } },
}
const newNames: Examples<{ name: string }> = {
  rename: { summary: 'Another name', value: { name: 'balcony' } },
  merge: { summary: 'The name of another tag: the two become one', value: { name: 'home' } },
  spelling: { summary: 'Another spelling', value: { name: 'Garden' } },
}

/**
 * The schemas of the routes for tags, and their texts in the OpenAPI document.
 *
 * @param namesUser for the routes with the user in the path: they have their own tag and operation ids
 */
export function describeTagRoutes(namesUser: boolean) {
  const tags = [namesUser ? 'Tasks by user' : 'Tasks']
  const idOf = (operation: string) => `${operation}${namesUser ? 'ByUser' : ''}`
  const params = Type.Object(namesUser ? schemas.OwnerParams.properties : {})
  const tagParams = Type.Object({ ...params.properties, ...schemas.TagParams.properties })
  const response = {
    200: json(Ref(schemas.TagsChanged), 'The number of changed tasks.', { examples: changed }),
    ...errorResponses(400),
  }

  return {
    list: {
      tags,
      operationId: idOf('listTags'),
      summary: 'List my tags',
      description: `Every tag with its number of tasks, sorted by name; at most the first ${MAX_LISTED_TAGS}.`,
      params,
      response: { 200: json(Type.Array(Ref(schemas.Tag)), 'The tags.', { examples: listed }) },
    },
    rename: {
      tags,
      operationId: idOf('renameTag'),
      summary: 'Rename a tag',
      description:
        'Renames the tag on every task that has it. A task that already has a tag of the new name gets it once, in the ' +
        'new spelling. If no task has the tag, nothing changes and the answer is also a 200.',
      params: tagParams,
      body: Ref(schemas.TagName),
      'x-examples': newNames,
      response,
    },
    delete: {
      tags,
      operationId: idOf('deleteTag'),
      summary: 'Remove a tag from every task',
      description:
        'The tasks stay. If no task has the tag, nothing changes and the answer is also a 200, so a retry is harmless.',
      params: tagParams,
      response,
    },
  }
}
