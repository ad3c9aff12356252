'use client'
import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** Whether the page listens yet. Before that a form would be sent by the browser itself, its text lost. */
export const useHydrated = () =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
