import openapiTS, { astToString } from 'openapi-typescript'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { buildApp } from '../../../src/app.ts'
import { createConfig } from '../../../src/config/config.ts'
import { createDatabase } from '../../../src/database/client.ts'

export const SCHEMA_FILE = join(import.meta.dirname, '..', 'src', 'schema.d.ts')

/** The types of the service as it is now. Nothing listens, and the database is not asked. */
export async function generateSchema(): Promise<string> {
  const config = createConfig({
    DATABASE_URL: 'postgresql://localhost/none',
    BETTER_AUTH_SECRET: 'x'.repeat(32),
    LOG_LEVEL: 'silent',
  })
  const database = createDatabase(config.database)
  const app = await buildApp(config, database)
  await app.ready()
  const document = JSON.stringify(app.swagger())
  await app.close()
  await database.close()
  const text = astToString(await openapiTS(document))
  return format(`${HEADER}${text}`, { ...(await resolveConfig(SCHEMA_FILE)), filepath: SCHEMA_FILE })
}

const HEADER =
  '// Made by `npm run generate` from the OpenAPI document of the service: do not change it by hand.\n\n'

if (import.meta.filename === process.argv[1]) writeFileSync(SCHEMA_FILE, await generateSchema())
