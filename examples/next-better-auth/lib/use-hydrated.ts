'use client'
import { useSyncExternalStore } from 'react'

const never = () => () => {}

/**
 * Whether the scripts of the page are running. Before that the browser itself would send a form, and React would
 * drop what was typed.
 */
export const useHydrated = () =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
