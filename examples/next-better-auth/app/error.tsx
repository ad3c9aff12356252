'use client'
import { Trouble } from '../components/trouble'

/** Shown for an error that nothing else has caught. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <main>
      <Trouble
        heading="h1"
        title="That should not have happened"
        text="Your tasks are safe."
        onRetry={reset}
      />
    </main>
  )
}
