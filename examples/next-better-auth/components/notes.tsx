import { useId, useLayoutEffect, useRef, useState } from 'react'
import styles from './task-row.module.css'

/** The notes of a task: the first lines, and a button for the others. */
export function Notes({ text }: { text: string }) {
  const [open, setOpen] = useState(false)
  const [isLong, setLong] = useState(false)
  const paragraph = useRef<HTMLParagraphElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const element = paragraph.current
    if (element === null || open) return
    const measure = () => setLong(element.scrollHeight > element.clientHeight + 1)
    const observer = new ResizeObserver(measure)
    measure()
    observer.observe(element)
    return () => observer.disconnect()
  }, [text, open])
  return (
    <>
      <p ref={paragraph} id={id} dir="auto" className={styles.description} data-open={open || undefined}>
        {text}
      </p>
      {isLong && (
        <button
          type="button"
          className={styles.more}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Show less' : 'Show all'}
        </button>
      )}
    </>
  )
}
