import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { TaskApp } from '../components/task-app'
import { Unavailable } from '../components/unavailable'
import { currentUser } from '../lib/session'
import { browserSettings } from '../lib/settings'

/** The tasks themselves come to the browser from the service: no request for them passes through here. */
export default async function Home() {
  const user = await currentUser(await headers()).catch(() => undefined)
  if (user === undefined) return <Unavailable />
  if (user === null) redirect('/sign-in')
  return <TaskApp key={user.id} user={user} settings={browserSettings()} />
}
