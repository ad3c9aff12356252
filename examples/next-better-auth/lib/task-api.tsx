'use client'
import { createTaskClient, type TaskClient } from 'TaskApiClient'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useState } from 'react'
import { AuthUnavailableError, SessionEndedError } from './errors'
import type { BrowserSettings } from './settings'

const TaskClientContext = createContext<TaskClient | null>(null)

/** The typed client of the service, for the user who is signed in. */
export function useTaskClient(): TaskClient {
  const client = use(TaskClientContext)
  if (client === null) throw new Error('useTaskClient needs a TaskApiProvider around it.')
  return client
}

/** Client and cache of one user: they go when another one signs in. */
export function TaskApiProvider(props: { settings: BrowserSettings; userId: string; children: ReactNode }) {
  const [client] = useState(() => {
    const { apiUrl: baseUrl, tokenUrl } = props.settings
    const token = () => fetchToken(tokenUrl, props.userId)
    // keepalive: what is sent while the page is being left still arrives.
    return createTaskClient({ baseUrl, token, keepalive: true, retry: { attempts: 3, maxWaitMs: 5000 } })
  })
  const [queryClient] = useState(createQueryClient)
  return (
    <QueryClientProvider client={queryClient}>
      <TaskClientContext value={client}>{props.children}</TaskClientContext>
    </QueryClientProvider>
  )
}

/**
 * A token for the service. The client asks for one when it has none, and again when the service refused it,
 * as it does after 15 minutes.
 *
 * @throws SessionEndedError where nobody, or somebody else, is signed in by now
 * @throws AuthUnavailableError where there is no telling
 */
async function fetchToken(tokenUrl: string, userId: string): Promise<string> {
  const answer = await fetch(tokenUrl, { cache: 'no-store' }).catch((cause: unknown) => {
    throw new AuthUnavailableError('no answer', { cause })
  })
  if (answer.status === 401) throw new SessionEndedError()
  if (!answer.ok) throw new AuthUnavailableError()
  const { token } = (await answer.json()) as { token: string }
  // Another tab may have signed somebody else in: their tasks must not appear under this user's name.
  if (subjectOf(token) !== userId) throw new SessionEndedError()
  return token
}

function subjectOf(token: string): unknown {
  const [, payload = ''] = token.split('.')
  const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
  return (JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown }).sub
}

function createQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof SessionEndedError) window.location.assign('/sign-in?ended')
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // The client has tried again by then. What failed recovers by itself.
        retry: false,
        refetchInterval: ({ state }) => (state.status === 'error' ? 4000 : false),
        refetchIntervalInBackground: true,
      },
    },
  })
}
