'use client'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { explain, isGone } from './errors'
import { changesOf, type Fields, tidy } from './fields'
import { useNotices } from './notices'
import { sendBatch } from './send-batch'
import { useTaskApi } from './task-api'
import type { Task, TaskChanges, TaskClient } from './task-client'
import { useDraftChanges } from './use-drafts'
import { useFailureReport } from './use-failure-report'
import { useSettle } from './use-settle'
import { agree, named } from './words'

export interface TaskChange {
  task: Task
  changes: TaskChanges
}
/** The variables of a mutation of tasks. The page shows the changes while they are on their way: see use-pending.ts. */
export interface Changing {
  changes: readonly TaskChange[]
  /** The notice that offers to undo the changes. It goes if they fail. */
  notice?: number
}

const CHANGE = ['change']

/** Several tasks are changed in one request. Returns them without those that are gone. */
async function send(client: TaskClient, changes: readonly TaskChange[]): Promise<Task[]> {
  const [first, ...others] = changes
  if (first === undefined || others.length > 0)
    return sendBatch(
      client,
      changes.map(({ task: { id }, changes }) => ({ op: 'update', id, ...changes })),
    )
  const { completed, ...rest } = first.changes
  // The service is told the state, not to flip it, so this call may be repeated.
  const isTick = completed !== undefined && Object.keys(rest).length === 0
  return [
    await (isTick ? client.complete(first.task.id, completed) : client.update(first.task.id, first.changes)),
  ]
}

/** Changes of one task are sent one after the other. */
function useSend() {
  const { client, inTurn } = useTaskApi()
  return ({ changes }: Changing) =>
    inTurn(
      changes.map(({ task }) => task.id),
      () => send(client, changes),
    )
}

/** Saves an edit. Its form closes at once, and opens again with the text if the service does not take it. */
export function useSaveTask(id: number) {
  const drafts = useDraftChanges()
  const settle = useSettle()
  const { announce } = useNotices()
  const { mutate } = useMutation({
    mutationKey: CHANGE,
    mutationFn: useSend(),
    onSuccess: async ([saved], { changes: [change] }) => {
      await settle({ before: change!.task, after: saved })
      drafts.changeEdit(id, (edit) => (edit.isSending ? undefined : { ...edit, task: saved! }))
      announce(`Saved “${saved!.title}”.`)
    },
    onError: async (error, { changes: [change] }) => {
      if (!isGone(error))
        return drafts.changeEdit(id, (edit) => ({ ...edit, isSending: false, problem: explain(error) }))
      drafts.editToUnsent(id, 'This task was deleted elsewhere. You can add it as a new one.')
      await settle({ before: change!.task, after: undefined })
    },
  })
  return (task: Task, typed: Fields) => {
    const fields = tidy(typed)
    const changes = changesOf(task, fields)
    if (Object.keys(changes).length === 0) return drafts.endEdit(id)
    drafts.changeEdit(id, (edit) => ({ ...edit, ...fields, isSending: true, problem: undefined }))
    mutate({ changes: [{ task, changes }] })
  }
}

/** Changes one task or several. The rows stay where they are until the last change of their task is confirmed. */
export function useChangeTasks() {
  const cache = useQueryClient()
  const settle = useSettle()
  const report = useFailureReport()
  const { close, notify } = useNotices()
  const { mutate } = useMutation({
    mutationKey: CHANGE,
    mutationFn: useSend(),
    onSuccess: async (saved, { changes }) => {
      const afterOf = (id: number) => saved.find((task) => task.id === id)
      const gone = changes.filter(({ task }) => !afterOf(task.id)).map(({ task }) => task)
      const keepOf = (id: number) => (isLastChange(cache, id) ? 'place' : 'row')
      await settle(
        ...changes.map(
          ({ task }) => ({ before: task, after: afterOf(task.id), keep: keepOf(task.id) }) as const,
        ),
      )
      if (gone.length > 0)
        notify({ tone: 'error', text: `${named(gone)} ${agree(gone, 'is', 'are')} no longer there.` })
    },
    onError: (error, changing) => {
      const { changes, notice } = changing
      if (notice !== undefined) close(notice)
      const { notice: _gone, ...again } = changing
      return report(
        error,
        changes.map(({ task }) => task),
        failureOf(changes),
        () => mutate(again),
      )
    },
  })
  return mutate
}

function failureOf(changes: readonly TaskChange[]): string {
  const tasks = changes.map(({ task }) => task)
  const [first, ...others] = changes
  if (first?.changes.completed !== undefined && others.length === 0)
    return `${named(tasks)} is ${first.changes.completed ? 'still open' : 'still done'}.`
  return `${named(tasks)} ${agree(tasks, 'is', 'are')} as before.`
}

/** Whether no other change of the task is on its way. */
function isLastChange(cache: QueryClient, id: number): boolean {
  const changing = cache.getMutationCache().findAll({ mutationKey: CHANGE, status: 'pending' })
  const isOfTask = ({ changes }: Changing) => changes.some(({ task }) => task.id === id)
  return changing.filter(({ state }) => isOfTask(state.variables as Changing)).length === 1
}
