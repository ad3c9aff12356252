import { existsSync } from 'node:fs'
import { defineConfig } from 'prisma/config'

if (existsSync('.env')) process.loadEnvFile()
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath
export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' }, datasource: { url: process.env.DIRECT_URL ?? process.env.DATABASE_URL ?? '' } })
