'use client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useState } from 'react'
import { SessionEndedError } from './errors'
import { leaveForSignIn } from './session-events'
import type { BrowserSettings } from './settings'
import { createSync, createTaskClient, indexedDbStorage, type TaskClient, type TaskSync } from './task-client'
import { createTokenKeeper } from './token'

interface TaskApi {
  /** The user's tasks on this device. The page reads and writes everything here, except the trash. */
  sync: TaskSync
  /** The typed client of the service, for the user who is signed in. */
  client: TaskClient
  /** How many days the service keeps deleted tasks; 0: it does not. */
  trashDays: number
}

const TaskApiContext = createContext<TaskApi | null>(null)

export function useTaskApi(): TaskApi {
  const api = use(TaskApiContext)
  if (api === null) throw new Error('useTaskApi needs a TaskApiProvider around it.')
  return api
}

/** Client, local copy and cache of one user. A page that shows another user makes new ones. */
export function TaskApiProvider(props: { settings: BrowserSettings; userId: string; children: ReactNode }) {
  const [api] = useState(() => createTaskApi(props.settings, props.userId))
  const [queryClient] = useState(createQueryClient)
  useEffect(() => {
    void api.sync.start()
    return () => void api.sync.stop()
  }, [api])
  return (
    <QueryClientProvider client={queryClient}>
      <TaskApiContext value={api}>{props.children}</TaskApiContext>
    </QueryClientProvider>
  )
}

function createTaskApi({ apiUrl, tokenUrl, trashDays }: BrowserSettings, userId: string): TaskApi {
  const tokens = createTokenKeeper(tokenUrl, userId)
  const client = createTaskClient({
    baseUrl: apiUrl,
    token: ({ refused }) => tokens.get(refused).catch(leaveAtTheEnd),
    retry: { attempts: 3, maxWaitMs: 5000 },
  })
  const storage = indexedDbStorage({ name: `daybook ${userId}` })
  return { client, trashDays, sync: createSync({ client, userId, storage }) }
}

/** Unsent changes stay on the device, and are sent after the next sign-in of the same user. */
function leaveAtTheEnd(error: unknown): null {
  if (!(error instanceof SessionEndedError)) throw error
  leaveForSignIn('ended')
  return null
}

/** For the trash, which is not on the device. */
const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      // The client has tried again already. After a failure the query is repeated until it succeeds.
      queries: {
        networkMode: 'always',
        retry: false,
        refetchInterval: ({ state }) => (state.status === 'error' ? 4000 : false),
      },
      mutations: { networkMode: 'always' },
    },
  })
