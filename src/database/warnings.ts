import type { Client } from './client.ts'

/**
 * Warnings for the operator about a database that works: one sentence each.
 * A database without the tables of this version has no such problem yet.
 */
export async function findWarnings(prisma: Client): Promise<string[]> {
  const findings = await Promise.all([findBypassedPolicies(prisma), findOldCollations(prisma)].map(orNothing))
  return findings.flat()
}

const orNothing = (finding: Promise<string[]>) => finding.catch(() => [])

/** Row-level security does not apply to the owner of the tables, nor to roles that may bypass it. */
async function findBypassedPolicies(prisma: Client): Promise<string[]> {
  const [row] = await prisma.$queryRaw<{ active: boolean }[]>`SELECT row_security_active('tasks') AS active`
  if (row!.active) return []
  return ['the role of DATABASE_URL bypasses row-level security: npm run db:role creates one that does not']
}

/**
 * PostgreSQL remembers the version of the library (ICU or libc) with which indexes on text were built. After an update
 * of that library, such an index may be in the wrong order: lists sorted by title would miss tasks.
 */
async function findOldCollations(prisma: Client): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ name: string; recorded: string; actual: string }[]>`
    SELECT 'collation ' || quote_ident(collname) AS name, collversion AS recorded,
      pg_collation_actual_version(oid) AS actual
    FROM pg_collation
    WHERE collnamespace = 'public'::regnamespace AND collversion <> pg_collation_actual_version(oid)
    UNION ALL
    SELECT 'database ' || quote_ident(datname), datcollversion, pg_database_collation_actual_version(oid)
    FROM pg_database
    WHERE datname = current_database() AND datcollversion <> pg_database_collation_actual_version(oid)`
  return rows.map(
    ({ name, recorded, actual }) =>
      `${name} has version ${recorded}, and the server's library now has ${actual}: rebuild the indexes, then ` +
      `refresh the version (docs/operations.md, Collation versions)`,
  )
}
