'use client'
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

/** Where the row that has the focus goes away, the one that takes its place gets it, or else the section. */
export function useKeepFocus(section: RefObject<HTMLElement | null>) {
  const last = useRef<{ element: Element; index: number } | null>(null)

  useEffect(() => {
    const container = section.current
    const remember = ({ target }: FocusEvent) => {
      const row = (target as Element).closest('li')
      const index = [...container!.querySelectorAll('li')].findIndex((one) => one === row)
      last.current = index === -1 ? null : { element: target as Element, index }
    }
    container?.addEventListener('focusin', remember)
    return () => container?.removeEventListener('focusin', remember)
  }, [section])

  useLayoutEffect(() => {
    const lost = last.current
    if (lost === null || document.activeElement === lost.element) return
    last.current = null
    if (lost.element.isConnected || document.activeElement !== document.body) return
    const rows = section.current!.querySelectorAll('li')
    const neighbour = rows[lost.index] ?? rows[rows.length - 1]
    const target = neighbour?.querySelector<HTMLElement>('input, button') ?? section.current
    target?.focus()
  })
}
