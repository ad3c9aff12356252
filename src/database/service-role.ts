import { randomBytes } from 'node:crypto'
import pg from 'pg'

/**
 * Creates the role that the service should connect as, or sets a new password if it exists. The role may read and
 * write the rows of every table that has row-level security, call the purges, and do nothing else. Row-level security
 * applies to it.
 *
 * @param ownerUrl connection URL of a role that owns the tables and may create roles
 * @param password new password of the role; random by default
 * @returns the URL of the same database for the new role
 * @throws PostgreSQL's error if the owner may not do that, or if the tables do not exist yet
 */
export async function createServiceRole(
  ownerUrl: string,
  name: string,
  password = randomBytes(24).toString('base64url'),
): Promise<string> {
  const client = new pg.Client(ownerUrl)
  await client.connect()
  try {
    await client.query(statements(client, name, password))
    return Object.assign(new URL(ownerUrl), { username: encodeURIComponent(name), password }).href
  } finally {
    await client.end()
  }
}

/** Sent as one text, which PostgreSQL runs as one transaction. */
function statements(client: pg.Client, name: string, password: string): string {
  const role = client.escapeIdentifier(name)
  const grantee = client.escapeLiteral(name)
  const rights = `LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(password)}`
  return `
    -- Two at once would change the same row of the catalog, which is an error.
    SELECT pg_advisory_xact_lock(hashtext('task-api service role'));
    DO $$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
    ALTER ROLE ${role} ${rights};
    GRANT USAGE ON SCHEMA public TO ${role};
    DO $$
    DECLARE isolated regclass; counter regclass; purge regprocedure;
    BEGIN
      -- Fails if the tables do not exist yet.
      PERFORM 'tasks'::regclass;
      FOR isolated IN SELECT oid FROM pg_class
        WHERE relrowsecurity AND relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'USAGE')
      LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', isolated, ${grantee});
        FOR counter IN SELECT d.objid FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
          WHERE d.refobjid = isolated AND d.deptype IN ('a', 'i')
        LOOP EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %I', counter, ${grantee}); END LOOP;
      END LOOP;
      FOR purge IN SELECT oid FROM pg_proc WHERE prosecdef AND starts_with(proname, 'purge_')
        AND pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'USAGE')
      LOOP EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', purge, ${grantee}); END LOOP;
    END $$;`
}

/** The names of the migrations that are applied to a database; none if it has no tables yet. */
export async function findAppliedMigrations(ownerUrl: string): Promise<Set<string>> {
  const client = new pg.Client(ownerUrl)
  await client.connect()
  try {
    const table = await client.query(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`)
    if (!(table.rows[0] as { found: boolean }).found) return new Set()
    const { rows } = await client.query<{ migration_name: string }>(
      'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    )
    return new Set(rows.map(({ migration_name: name }) => name))
  } finally {
    await client.end()
  }
}
