import type { FastifyInstance } from 'fastify'

export interface ReadTask {
  id: number
  title: string
  updated_at: string
}
export interface Page {
  tasks: ReadTask[]
  deleted: number[]
  cursor: string
  has_more: boolean
}

/** A client that keeps a copy of a user's tasks by walking along their changes. */
export function createReader(app: Pick<FastifyInstance, 'inject'>, token: string) {
  const copy = new Map<number, ReadTask>()
  const reader = {
    cursor: undefined as string | undefined,
    pages: 0,

    get tasks() {
      return [...copy.values()].sort((one, other) => one.id - other.id)
    },

    /** Reads one page and applies it. */
    async page(limit: number): Promise<Page> {
      const cursor = reader.cursor === undefined ? '' : `&cursor=${reader.cursor}`
      const answer = await app.inject({
        url: `/api/tasks/changes?limit=${limit}${cursor}`,
        headers: { authorization: `Bearer ${token}` },
      })
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.payload}`)
      const page = JSON.parse(answer.payload) as Page
      for (const task of page.tasks) copy.set(task.id, task)
      for (const id of page.deleted) copy.delete(id)
      reader.cursor = page.cursor
      reader.pages += 1
      return page
    },

    /** Reads pages until there are no more. */
    async walk(limit = () => 500): Promise<Page[]> {
      const pages: Page[] = []
      do pages.push(await reader.page(limit()))
      while (pages.at(-1)!.has_more)
      return pages
    },
  }
  return reader
}
