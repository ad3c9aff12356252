/** `npm run token -- --user alice`: prints an HS256 token for tries with curl. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadEnvFile } from '../config/env-file.ts'
import { readEnvironment } from '../config/read-environment.ts'

const USAGE = `Usage: npm run token -- --user ID [--email ADDRESS] [--name NAME] [--lifetime TIME]
  --user ID         the user's id: the claim sub
  --email ADDRESS   the claim email
  --name NAME       the claim name
  --lifetime TIME   how long the token is valid, such as 15m, 12h or 30d (default 30d)
Signs with BETTER_AUTH_SECRET, or with the secret of this folder if it is not set.`

try {
  await run()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

async function run() {
  const { user, email, name, lifetime, help } = readArguments()
  if (help) return console.log(USAGE)
  loadEnvFile('.env', process.env)
  if (process.env.NODE_ENV === 'production')
    throw new Error(
      'In production, Better Auth issues the tokens: this command only works outside production.',
    )
  if (!user) throw new Error(USAGE)
  const { mistakes } = readEnvironment({ BETTER_AUTH_SECRET: process.env.BETTER_AUTH_SECRET ?? '' })
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'))
  const { signToken, withLocalSecret } = await import('./start.ts')
  const { BETTER_AUTH_SECRET: secret } = withLocalSecret(process.env, join(import.meta.dirname, '../..'))
  const token = await signToken({ sub: user, email, name }, secret!, lifetime).catch((error: Error) => {
    throw new Error(`--lifetime must be a time such as 15m, 12h or 30d.\n${USAGE}`, { cause: error })
  })
  console.log(token)
}

function readArguments() {
  const text = { type: 'string' } as const
  const options = {
    user: text,
    email: text,
    name: text,
    lifetime: text,
    help: { type: 'boolean', short: 'h' },
  } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error })
  }
}
