import { buildApp } from '../../src/app.ts'
import type { Client, SendOptions } from '../../src/database/client.ts'
import type { TestApp } from './app.ts'

/** A statement that the service is about to send. */
export interface Sending {
  text: string
  values: unknown[]
  options: SendOptions | undefined
}

/** A second service on the database of `app`; `before` is awaited before each statement of its lists is sent. */
export async function startInterposed(app: TestApp, before: (sending: Sending) => Promise<void> | void) {
  const { prisma } = app.database
  const send: Client['$queryJson'] = async (owner, statement, options) => {
    await before({ text: statement.text, values: statement.values, options })
    return prisma.$queryJson(owner, statement, options)
  }
  const interposed = new Proxy(prisma, {
    get: (target, name) => (name === '$queryJson' ? send : (Reflect.get(target, name) as unknown)),
  })
  const logLines: string[] = []
  const stream = { write: (line: string) => void logLines.push(line) }
  const service = await buildApp(
    app.config,
    { ...app.database, prisma: interposed },
    { level: 'info', stream },
  )
  await service.ready()
  return Object.assign(service, { logLines })
}
