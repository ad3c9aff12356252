/** `npm run db:role [-- --name task_api_service]`: the role for the service, and the DATABASE_URL to give it. */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createServiceRole } from './service-role.ts'

if (existsSync('.env')) process.loadEnvFile()
const { name } = parseArgs({ options: { name: { type: 'string', default: 'task_api_service' } } }).values
const owner = process.env.DIRECT_URL || process.env.DATABASE_URL

if (!owner) {
  console.error('DIRECT_URL or DATABASE_URL must be set: the URL of the role that owns the tables.')
  process.exitCode = 1
} else {
  try {
    console.log(`DATABASE_URL=${await createServiceRole(owner, name)}`)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
