import type { Config } from '../config/config.ts'
import { signToken } from './start.ts'

export { createReadableLog } from './log.ts'

const DEMO = { sub: 'demo', email: 'demo@example.com', name: 'Demo' }

/**
 * What a developer wants to know after a start. A token is only printed for the embedded database: another one may
 * hold the data of real users, and its secret may be the real one.
 */
export async function describeStart(config: Config, port: number, isEmbedded: boolean): Promise<string> {
  const url = `http://localhost:${port}`
  const lines = [
    `Task API   ${url}`,
    `Docs       ${url}/docs`,
    `Front end  ${config.http.corsOrigins[0] ?? 'none: CORS_ORIGINS is empty'}, once yours or examples/next-better-auth runs there`,
  ]
  if (isEmbedded && config.tokens.secret) {
    const token = await signToken(DEMO, config.tokens.secret)
    lines.push(`Try it     curl -H 'Authorization: Bearer ${token}' ${url}/api/tasks`)
  } else {
    lines.push('Migrate    npm run migrate', 'Token      npm run token -- --user alice')
  }
  return ['', ...lines.map((line) => `  ${line}`), ''].join('\n')
}
