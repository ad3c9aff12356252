'use client'
import { useCallback, useEffect, useRef } from 'react'
import { writeFilters } from '../lib/filters'
import { lastUser } from '../lib/last-user'
import { NoticesProvider } from '../lib/notices'
import type { SignedInUser } from '../lib/session'
import { leaveForSignIn, useSessionEvents } from '../lib/session-events'
import type { BrowserSettings } from '../lib/settings'
import { TaskApiProvider, useTaskApi } from '../lib/task-api'
import { DraftsProvider } from '../lib/use-drafts'
import { useFilters } from '../lib/use-filters'
import { useFreshPage } from '../lib/use-fresh-page'
import { useKeepFocus } from '../lib/use-keep-focus'
import { useServiceWorker } from '../lib/use-service-worker'
import { goTo, useView } from '../lib/use-view'
import { Attention } from './attention'
import { Composer } from './composer'
import { Header } from './header'
import { NoticesView } from './notices'
import { StatusLine } from './status-line'
import { SummaryCard } from './summary-card'
import styles from './task-app.module.css'
import { TaskList } from './task-list'
import { Toolbar } from './toolbar'
import { TrashView } from './trash-view'

/** The page of a signed-in user. The server renders it without tasks, so it is visible before the scripts have loaded. */
export function TaskApp({ user, settings }: { user: SignedInUser; settings: BrowserSettings }) {
  useEffect(() => {
    const { id, name } = user
    lastUser.change(() => ({ user: { id, name }, settings }))
  }, [user, settings])
  return (
    <TaskApiProvider settings={settings} userId={user.id}>
      <NoticesProvider>
        <DraftsProvider userId={user.id}>
          <Page user={user} />
        </DraftsProvider>
      </NoticesProvider>
    </TaskApiProvider>
  )
}

function Page({ user }: { user: SignedInUser }) {
  const [filters, changeFilters] = useFilters()
  const page = useRef<HTMLDivElement>(null)
  const view = useView()
  const { sync } = useTaskApi()
  useServiceWorker()
  useFreshPage()
  useKeepFocus(page, 'tasks')
  useSessionEvents(
    useCallback(
      (userId: string | null) => {
        if (userId === null) void sync.clear().finally(() => leaveForSignIn('elsewhere'))
        else if (userId !== user.id) window.location.reload()
      },
      [user.id, sync],
    ),
  )
  return (
    <div ref={page} className={styles.page}>
      <div className={styles.scroller} data-scroller tabIndex={-1}>
        <a className="skip-link" href="#tasks">
          Skip to the tasks
        </a>
        <Header user={user} />
        <main className={styles.main}>
          {view === 'trash' ? (
            <TrashView backAddress={writeFilters(filters)} onBack={() => goTo(writeFilters(filters))} />
          ) : (
            <>
              <SummaryCard />
              <Attention />
              <Composer />
              <Toolbar filters={filters} onChange={changeFilters} />
              <TaskList filters={filters} onChangeFilters={changeFilters} />
            </>
          )}
        </main>
      </div>
      {/* Below the scrolling part and not over it, so that a message covers no button and moves nothing. */}
      <div className={styles.dock}>
        <NoticesView />
        <StatusLine />
      </div>
    </div>
  )
}
