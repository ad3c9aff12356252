import { useEffect, useRef } from 'react'

/** Loads on when it comes near the window. It is a button, too: for keyboards, and after a failure. */
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
      { rootMargin: '600px' },
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
