import type { TestApp, TestUser } from './app.ts'
import { databaseUrl, query } from './database.ts'

/** A task of the trash as clients see it. */
export interface Trashed {
  id: number
  title: string
  deleted_at: string
}

/** The titles in the first page of the trash. */
export async function trashOf({ call }: Pick<TestApp, 'call'>, user: TestUser): Promise<string[]> {
  const { body } = await call<Trashed[]>('GET', '/api/tasks/trash', { user })
  return body.map(({ title }) => title)
}

/** In how many of the two tables each of these tasks is. */
export async function placesOf(ids: readonly number[]): Promise<Map<number, string[]>> {
  const rows = await query<{ id: string; place: string }>(
    databaseUrl(),
    `SELECT id, 'tasks' AS place FROM tasks WHERE id = ANY ($1)
      UNION ALL SELECT id, 'trash' FROM deleted_tasks WHERE id = ANY ($1)`,
    [ids],
  )
  const places = new Map(ids.map((id) => [id, [] as string[]]))
  for (const { id, place } of rows) places.get(Number(id))!.push(place)
  return places
}

/** Makes tasks of the trash older, as their owner cannot. */
export const age = (ids: readonly number[], days: number) =>
  query(
    databaseUrl(),
    `UPDATE deleted_tasks SET deleted_at = deleted_at - $2 * interval '24 hours' WHERE id = ANY ($1)`,
    [ids, days],
  )
