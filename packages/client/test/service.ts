import { createTaskClient, type TaskClientOptions } from 'TaskApiClient'
import t from 'tap'
import { createUser, signToken, startApp, type TestUser } from '../../../test/helpers/app.ts'

export { refusal } from './refusal.ts'

const services = new Map<string, ReturnType<typeof start>>()

/**
 * The real service on a port of its own: one for all tests of a file that ask for the same variables. `createClient`
 * makes a client of a new user and records what it sends.
 */
export function startService(variables: Record<string, string> = { RATE_LIMIT_MAX: '0' }) {
  const name = JSON.stringify(variables)
  const running = services.get(name) ?? start(variables)
  services.set(name, running)
  return running
}

async function start(variables: Record<string, string>) {
  const { app } = await startApp(t, variables)
  const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' })
  const createClient = async (options: Partial<TaskClientOptions> = {}) => {
    const user = await createUser()
    const sent: Request[] = []
    const { fetch = globalThis.fetch, ...others } = options
    const client = createTaskClient({
      baseUrl,
      token: () => user.token,
      fetch(request) {
        sent.push(request)
        return fetch(request)
      },
      retry: { delayMs: 10 },
      ...others,
    })
    return { client, user, sent }
  }
  return { baseUrl, createClient }
}

export const expiredToken = ({ id, email }: TestUser) =>
  signToken({ sub: id, email, exp: Math.floor(Date.now() / 1000) - 3600 })

/** A request that is never answered. It ends when it is aborted. */
export const noAnswer = ({ signal }: Request) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error)),
  )

/** A fetch that meets each fault once, one after the other, and then reaches the service. */
export function faulty(...faults: (Response | Error | typeof noAnswer)[]) {
  return async (request: Request) => {
    const fault = faults.shift()
    if (fault instanceof Error) throw fault
    if (typeof fault === 'function') return fault(request)
    return fault ?? fetch(request)
  }
}
