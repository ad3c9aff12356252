/** `npm run db:role [-- --name task_api_service]`: creates the service's role and prints its DATABASE_URL. */
import { parseArgs } from 'node:util'
import { findUrlMistake, normaliseDatabaseUrl } from '../config/database-url.ts'
import { loadEnvFile } from '../config/env-file.ts'
import { createServiceRole } from '../database/service-role.ts'

const USAGE = `Usage: npm run db:role [-- --name NAME]
  --name NAME   name of the role (default task_api_service); if it exists, it gets a new password
Connects to DIRECT_URL, or else to DATABASE_URL, as the role that owns the tables.`

try {
  await run()
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException
  console.error(message || code)
  process.exitCode = 1
}

async function run() {
  const { name, help } = parseArgs({
    options: { name: { type: 'string', default: 'task_api_service' }, help: { type: 'boolean', short: 'h' } },
  }).values
  if (help) return console.log(USAGE)
  loadEnvFile('.env', process.env)
  const variable = process.env.DIRECT_URL ? 'DIRECT_URL' : 'DATABASE_URL'
  const owner = process.env[variable]
  if (!owner)
    throw new Error('DIRECT_URL or DATABASE_URL must be set: the URL of the role that owns the tables.')
  const mistake = findUrlMistake(variable, owner)
  if (mistake !== undefined) throw new Error(mistake)
  console.log(`DATABASE_URL=${await createServiceRole(normaliseDatabaseUrl(owner), name)}`)
}
