'use client'
import { useState } from 'react'
import { suggestTags } from './tags'
import { useTags } from './use-tasks'

/** The tags in use that fit the text, and the one that the arrow keys have reached. */
export function useTagSuggestions(chosen: readonly string[], text: string) {
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const known = useTags()
  const fitting = suggestTags(known, chosen, text)
  const options = isOpen ? fitting : []
  const open = () => {
    setOpen(true)
    setActive(-1)
  }
  const close = () => {
    setOpen(false)
    setActive(-1)
  }
  /** Goes to the next one, or with -1 to the one before. After the last comes the first. */
  const move = (step: 1 | -1) => {
    setOpen(true)
    const count = fitting.length
    if (count > 0) setActive(active === -1 && step < 0 ? count - 1 : (active + step + count) % count)
  }
  return { options, active, open, close, move }
}
