/** `npm run token -- --user alice [--email alice@example.com] [--name Alice] [--lifetime 1h]` */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

if (existsSync('.env')) process.loadEnvFile()
const text = { type: 'string' } as const
const { user, email, name, lifetime } = parseArgs({
  options: { user: text, email: text, name: text, lifetime: text },
}).values

if (process.env.NODE_ENV === 'production') fail('In production tokens come from Better Auth, not from here.')
else if (user === undefined)
  fail('Usage: npm run token -- --user alice [--email alice@example.com] [--name Alice] [--lifetime 1h]')
else {
  const { signToken, withLocalSecret } = await import('./start.ts')
  const { BETTER_AUTH_SECRET: secret } = withLocalSecret(process.env, join(import.meta.dirname, '../..'))
  console.log(await signToken({ sub: user, email, name }, secret!, lifetime))
}

function fail(sentence: string) {
  console.error(sentence)
  process.exitCode = 1
}
