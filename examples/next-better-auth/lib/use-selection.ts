'use client'
import { useState } from 'react'
import { MAX_BATCH } from './send-batch'
import type { Task } from './task-client'

interface State {
  ids: readonly number[]
  /** Where a range begins: the task that was selected last. */
  anchor: number | undefined
}

const NOTHING: State = { ids: [], anchor: undefined }

/** The tasks that the user has selected among those on screen: as many as one request can change. */
export function useSelection(shown: readonly Task[]) {
  const [state, setState] = useState<State | null>(null)
  const tasks = shown.filter(({ id }) => state?.ids.includes(id))
  const isSelected = (id: number) => tasks.some((task) => task.id === id)
  const select = (ids: readonly number[], anchor: number | undefined) =>
    setState({ ids: [...new Set(ids)].slice(0, MAX_BATCH), anchor })
  const ids = tasks.map(({ id }) => id)
  return {
    isActive: state !== null,
    tasks,
    isSelected,
    begin: () => setState(NOTHING),
    end: () => setState(null),
    selectAll: () => select([...ids, ...shown.map(({ id }) => id)], state?.anchor),
    /** Selects a task or takes it out. With `range`: selects everything from the task before to this one. */
    toggle(id: number, range: boolean) {
      const between = range ? idsBetween(shown, state?.anchor, id) : []
      if (between.length > 0) select([...ids, ...between], id)
      else select(isSelected(id) ? ids.filter((other) => other !== id) : [...ids, id], id)
    },
  }
}
export type Selection = ReturnType<typeof useSelection>

function idsBetween(shown: readonly Task[], from: number | undefined, to: number): number[] {
  const indexes = [from, to].map((id) => shown.findIndex((task) => task.id === id))
  if (indexes.includes(-1)) return []
  return shown.slice(Math.min(...indexes), Math.max(...indexes) + 1).map(({ id }) => id)
}
