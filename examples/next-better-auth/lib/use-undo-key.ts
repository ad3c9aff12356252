'use client'
import { useEffect } from 'react'

/** Ctrl+Z or ⌘Z outside of text fields, which have an undo of their own. `undo` returns whether there was one. */
export function useUndoKey(undo: () => boolean) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const writing =
        event.target instanceof HTMLElement && event.target.matches('input:not([type=checkbox]), textarea')
      if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey || writing) return
      if (undo()) event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [undo])
}
