import { useEffect, useRef } from 'react'

interface Props {
  /** How many rows there are. */
  count: number
  busy?: boolean
  failed?: boolean
  onLoad: () => void
}

/** Loads the next page when it comes near the visible part. It is a button for keyboards and after a failure. */
export function LoadMore({ count, busy = false, failed = false, onLoad }: Props) {
  const button = useRef<HTMLButtonElement>(null)
  const load = useRef(onLoad)
  useEffect(() => {
    load.current = onLoad
  })
  useEffect(() => {
    if (busy || failed || button.current === null) return
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && load.current(),
      { root: button.current.closest('[data-scroller]'), rootMargin: '600px' },
    )
    observer.observe(button.current)
    return () => observer.disconnect()
  }, [count, busy, failed])
  return (
    <button
      ref={button}
      type="button"
      className="button quiet load-more"
      aria-disabled={busy}
      onClick={onLoad}
    >
      {busy ? 'Loading more…' : 'Show more'}
    </button>
  )
}
