'use client'
import { useState } from 'react'
import type { LocalTask } from './task-client'

interface State {
  keys: readonly string[]
  /** The task that was selected last: a range begins there. */
  anchor: string | undefined
}

const NOTHING: State = { keys: [], anchor: undefined }

/** The tasks that the user has selected among those on screen. */
export function useSelection(shown: readonly LocalTask[]) {
  const [state, setState] = useState<State | null>(null)
  const tasks = shown.filter(({ key }) => state?.keys.includes(key))
  const isSelected = (key: string) => tasks.some((task) => task.key === key)
  const select = (keys: readonly string[], anchor: string | undefined) =>
    setState({ keys: [...new Set(keys)], anchor })
  const keys = tasks.map(({ key }) => key)
  return {
    isActive: state !== null,
    tasks,
    isSelected,
    begin: () => setState(NOTHING),
    end: () => setState(null),
    selectAll: () => select([...keys, ...shown.map(({ key }) => key)], state?.anchor),
    /** Selects or deselects a task. With `range`, selects everything from the last selected task to this one. */
    toggle(key: string, range: boolean) {
      const between = range ? keysBetween(shown, state?.anchor, key) : []
      if (between.length > 0) select([...keys, ...between], key)
      else select(isSelected(key) ? keys.filter((other) => other !== key) : [...keys, key], key)
    },
  }
}
export type Selection = ReturnType<typeof useSelection>

function keysBetween(shown: readonly LocalTask[], from: string | undefined, to: string): string[] {
  const indexes = [from, to].map((key) => shown.findIndex((task) => task.key === key))
  if (indexes.includes(-1)) return []
  return shown.slice(Math.min(...indexes), Math.max(...indexes) + 1).map(({ key }) => key)
}
