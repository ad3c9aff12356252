import { Prisma } from '../../generated/prisma/client.ts'
import { column } from '../fields.ts'
import { changedNow, nextUpdate } from '../statements.ts'
import { MAX_LISTED_TAGS } from './names.ts'

const { sql } = Prisma
type Sql = Prisma.Sql

/*
 * The statements on all tasks with a tag. A change is one statement: it computes the tags from each row as it is when
 * its lock is held, so it loses nothing that others write at the same time.
 */

/** The key of one tag: what `tag_keys` has for it. */
const keyOf = (name: Sql) => sql`(fold_tags(ARRAY[${name}]))[1]`

/**
 * The tags of a user by name, each as JSON. Spellings are counted first: there are far fewer of them than tasks, so few
 * texts are folded.
 */
export const listTags = (owner: string): Sql =>
  sql`SELECT row_to_json(tag) FROM (
    SELECT name, count FROM (
      SELECT (array_agg(spelling ORDER BY tasks DESC, oldest))[1] AS name, sum(tasks)::bigint AS count
      FROM (
        SELECT spelling, count(*) AS tasks, min(${column.id}) AS oldest
        FROM tasks, unnest(${column.tags}) AS spelling WHERE user_id = ${owner} GROUP BY spelling) AS spellings
      GROUP BY ${keyOf(sql`spelling`)}) AS tags
    ORDER BY name COLLATE task_title, name COLLATE "C" LIMIT ${MAX_LISTED_TAGS}) AS tag`

/** Gives a tag another name, and the same spelling to tags that have this name already. A task that has both gets one. */
export function renameTag(owner: string, name: string, newName: string): Sql {
  const [oldTag, newTag] = [sql`${name}::text`, sql`${newName}::text`]
  const renamed = sql`CASE WHEN key IN (${keyOf(oldTag)}, ${keyOf(newTag)}) THEN ${newTag} ELSE tag END`
  return changeTags(owner, oldTag, sql`unique_tags(ARRAY(SELECT ${renamed} ${ownTags} ORDER BY place))`)
}

/** Takes a tag off every task. */
export function deleteTag(owner: string, name: string): Sql {
  const tag = sql`${name}::text`
  return changeTags(owner, tag, sql`ARRAY(SELECT tag ${ownTags} WHERE key <> ${keyOf(tag)} ORDER BY place)`)
}

/** The tags of one task, with their keys. */
const ownTags = sql`FROM unnest(${column.tags}, tag_keys) WITH ORDINALITY AS own (tag, key, place)`

/** Sets the tags of every task that has `tag`, and returns `{"changed":n}`. A task that has these tags already stays as it is. */
const changeTags = (owner: string, tag: Sql, tags: Sql) =>
  sql`WITH changed AS (
      UPDATE tasks SET ${column.tags} = ${tags}, ${column.updated_at} = ${nextUpdate}, ${changedNow}
      WHERE user_id = ${owner} AND ${keyOf(tag)} = ANY(tag_keys) AND ${column.tags} <> ${tags}
      RETURNING 1)
    SELECT row_to_json(outcome) FROM (SELECT count(*) AS changed FROM changed) AS outcome`
