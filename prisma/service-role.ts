import { randomBytes } from 'node:crypto'
import pg from 'pg'

/**
 * Makes the role that the service should connect as, or gives it a new password where it exists: it may read and
 * write the rows of users and tasks, and nothing else, and row-level security holds for it.
 *
 * @param ownerUrl connection URL of a role that owns the tables and may create roles
 * @returns the URL of the same database for the new role
 * @throws the error of PostgreSQL where the owner may not do that, or the tables do not exist yet
 */
export async function createServiceRole(ownerUrl: string, name: string): Promise<string> {
  const client = new pg.Client(ownerUrl)
  await client.connect()
  try {
    const password = randomBytes(24).toString('base64url')
    await client.query(statements(client, name, password))
    return Object.assign(new URL(ownerUrl), { username: encodeURIComponent(name), password }).href
  } finally {
    await client.end()
  }
}

/** Sent as one text, which PostgreSQL runs as one transaction. */
function statements(client: pg.Client, name: string, password: string): string {
  const role = client.escapeIdentifier(name)
  const rights = `LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(password)}`
  return `
    DO $$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
    ALTER ROLE ${role} ${rights};
    GRANT USAGE ON SCHEMA public TO ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON users, tasks TO ${role};
    GRANT USAGE ON SEQUENCE tasks_id_seq TO ${role};`
}
