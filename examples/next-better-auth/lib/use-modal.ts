'use client'
import { useLayoutEffect, useRef } from 'react'

/** Opens a dialog as long as its component is shown. Returns the ref for its element. */
export function useModal() {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return dialog
}
