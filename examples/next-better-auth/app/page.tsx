import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { preconnect } from 'react-dom'
import { TaskApp } from '../components/task-app'
import { Unavailable } from '../components/unavailable'
import { readFilters, writeFilters } from '../lib/filters'
import { signInPath } from '../lib/paths'
import { currentUser } from '../lib/session'
import { browserSettings } from '../lib/settings'
import { TRASH_ADDRESS } from '../lib/paths'

/** Renders the page without the tasks. The browser loads those from the service directly. */
export default async function Home({ searchParams }: PageProps<'/'>) {
  const user = await currentUser(await headers()).catch(() => undefined)
  if (user === undefined) return <Unavailable />
  if (user === null) {
    const query = Object.entries(await searchParams).filter(([, value]) => typeof value === 'string')
    const filters = readFilters(new URLSearchParams(query as [string, string][]))
    redirect(signInPath((await searchParams).view === 'trash' ? TRASH_ADDRESS : writeFilters(filters)))
  }
  const settings = browserSettings()
  preconnect(settings.apiUrl, { crossOrigin: 'anonymous' })
  return <TaskApp key={user.id} user={user} settings={settings} />
}
