import { useState } from 'react'
import type { LocalTask } from '../lib/task-client'
import { useSkip } from '../lib/use-skip'

/** Skips this date of a recurring task. */
export function SkipButton({ task, onSkipped }: { task: LocalTask; onSkipped: () => void }) {
  const [busy, setBusy] = useState(false)
  const skip = useSkip()
  const begin = async () => {
    if (busy) return
    setBusy(true)
    await skip(task)
    onSkipped()
  }
  return (
    <button type="button" className="button quiet" aria-disabled={busy} onClick={() => void begin()}>
      Skip this date
    </button>
  )
}
