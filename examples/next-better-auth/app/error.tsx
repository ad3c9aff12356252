'use client'
import { Trouble } from '../components/trouble'

/** What nothing else caught. */
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
