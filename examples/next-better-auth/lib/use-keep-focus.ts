'use client'
import { type RefObject, useEffect } from 'react'

/**
 * When the element that has the focus disappears, moves the focus to its neighbour: the next row of the list, or
 * else the element with the id `fallback`. Otherwise <body> gets the focus, and keyboard users must start again.
 */
export function useKeepFocus(container: RefObject<HTMLElement | null>, fallback: string) {
  useEffect(() => {
    const root = container.current
    if (root === null) return
    // The keys that scroll work on the part that has the focus.
    if (document.activeElement === document.body)
      root.querySelector<HTMLElement>('[data-scroller]')?.focus({ preventScroll: true })
    let last: { element: HTMLElement; index: number } | null = null
    const remember = ({ target }: FocusEvent) => {
      const element = target as HTMLElement
      last = { element, index: rowsOf(root).findIndex((row) => row.contains(element)) }
    }
    const repair = () => {
      if (last === null || document.activeElement !== document.body) return
      if (last.element.isConnected && last.element.checkVisibility() && !isDisabled(last.element)) return
      const rows = last.index === -1 ? [] : rowsOf(root)
      const neighbour = rows[last.index] ?? rows.at(-1)
      const target = neighbour?.querySelector<HTMLElement>('input, button')
      ;(target ?? document.getElementById(fallback))?.focus({ preventScroll: true })
    }
    const observer = new MutationObserver(repair)
    observer.observe(root, { childList: true, subtree: true, attributeFilter: ['hidden', 'disabled'] })
    root.addEventListener('focusin', remember)
    return () => {
      observer.disconnect()
      root.removeEventListener('focusin', remember)
    }
  }, [container, fallback])
}

const rowsOf = (root: HTMLElement) => [...root.querySelectorAll('#tasks li')]
const isDisabled = (element: HTMLElement) => element.matches(':disabled')
