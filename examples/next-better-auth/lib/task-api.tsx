'use client'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useState } from 'react'
import { SessionEndedError } from './errors'
import { createInTurn, type InTurn } from './in-turn'
import { leaveForSignIn } from './session-events'
import type { BrowserSettings } from './settings'
import { createTaskClient, type TaskClient } from './task-client'
import { createTokenKeeper } from './token'

interface TaskApi {
  /** The typed client of the service, for the user who is signed in. */
  client: TaskClient
  userId: string
  /** How many days the service keeps deleted tasks; 0: it does not. */
  trashDays: number
  /** Keeps calls that touch the same task in order. */
  inTurn: InTurn
}

const TaskApiContext = createContext<TaskApi | null>(null)

export function useTaskApi(): TaskApi {
  const api = use(TaskApiContext)
  if (api === null) throw new Error('useTaskApi needs a TaskApiProvider around it.')
  return api
}

/** Client and cache of one user. A page that shows another user makes new ones. */
export function TaskApiProvider(props: { settings: BrowserSettings; userId: string; children: ReactNode }) {
  const [api] = useState(() => createTaskApi(props.settings, props.userId))
  const [queryClient] = useState(createQueryClient)
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
    token: ({ refused }) => tokens.get(refused),
    // A request that is sent while the page closes still arrives.
    keepalive: true,
    retry: { attempts: 3, maxWaitMs: 5000 },
  })
  return { client, userId, trashDays, inTurn: createInTurn() }
}

function createQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof SessionEndedError) leaveForSignIn('ended')
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    // After the mutation's own onError, which keeps what was typed.
    mutationCache: new MutationCache({ onSettled: (_data, error) => error && onError(error) }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // The client has tried again already. After a failure the query is repeated until it succeeds.
        retry: false,
        refetchInterval: ({ state }) => (state.status === 'error' ? 4000 : false),
        refetchIntervalInBackground: true,
      },
    },
  })
}
