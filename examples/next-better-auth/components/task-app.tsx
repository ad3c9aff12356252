'use client'
import type { SignedInUser } from '../lib/session'
import type { BrowserSettings } from '../lib/settings'
import { TaskApiProvider } from '../lib/task-api'
import { useDeletion } from '../lib/use-deletion'
import { useFilters } from '../lib/use-filters'
import { useHydrated } from '../lib/use-hydrated'
import { Composer } from './composer'
import { ConnectionBanner } from './connection-banner'
import { Header } from './header'
import { NoticesProvider } from './notices'
import { SummaryCard } from './summary-card'
import styles from './task-app.module.css'
import { TaskList } from './task-list'
import { Toolbar } from './toolbar'

/** Everything that somebody who is signed in sees. */
export function TaskApp({ user, settings }: { user: SignedInUser; settings: BrowserSettings }) {
  if (!useHydrated()) return <main className={styles.main} aria-busy="true" />
  return (
    <TaskApiProvider settings={settings} userId={user.id}>
      <NoticesProvider>
        <a className="skip-link" href="#tasks">
          Skip to the tasks
        </a>
        <Header user={user} />
        <Tasks />
      </NoticesProvider>
    </TaskApiProvider>
  )
}

function Tasks() {
  const [filters, changeFilters] = useFilters()
  const deletion = useDeletion()
  return (
    <main className={styles.main}>
      <ConnectionBanner />
      <SummaryCard withoutTasks={deletion.waiting} />
      <Composer />
      <Toolbar filters={filters} onChange={changeFilters} />
      <TaskList filters={filters} onChangeFilters={changeFilters} deletion={deletion} />
    </main>
  )
}
