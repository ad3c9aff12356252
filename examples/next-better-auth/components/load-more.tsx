import { useEffect, useRef } from 'react'

/** Loads the next page when it comes near the visible part. It is a button for keyboards and after a failure. */
export function LoadMore({ busy, failed, onLoad }: { busy: boolean; failed: boolean; onLoad: () => void }) {
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
  }, [busy, failed])
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
