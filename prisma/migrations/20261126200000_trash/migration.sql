-- Tasks in the trash have a table of their own: lists, summaries and searches cost nothing more for them. A row
-- moves here and back in one statement each, so that a task is in exactly one of the two tables. The columns are those
-- of "tasks" that are not generated, and the time of the deletion. The rows passed the constraints of "tasks", and
-- meet them again when they are restored.
CREATE TABLE "deleted_tasks" (
    "id" BIGINT NOT NULL,
    "user_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "completed" BOOLEAN NOT NULL DEFAULT false,
    "due_at" TIMESTAMPTZ(3),
    "due_all_day" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deleted_tasks_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "deleted_tasks_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id")
        ON DELETE CASCADE ON UPDATE CASCADE
);

-- For the list of the trash, and for the purge, which is the only query that crosses users.
CREATE INDEX "deleted_tasks_user_id_deleted_at_id_idx" ON "deleted_tasks"("user_id", "deleted_at" DESC, "id" DESC);
CREATE INDEX "deleted_tasks_deleted_at_idx" ON "deleted_tasks"("deleted_at");

SELECT isolate_by_owner('deleted_tasks', 'user_id');

-- A purge deletes what is too old, of all users. Row-level security hides their rows from the role of the service, so
-- each purge is a function that runs as the owner of the tables. Rules for every purge: its name begins with purge_,
-- it names tables with their schema, its search_path is fixed, and its arguments only say how old and how many.
-- FOR UPDATE SKIP LOCKED lets several copies of the service purge at once without waiting for each other.
CREATE FUNCTION "purge_deleted_tasks"("min_age_days" INTEGER, "max_rows" INTEGER) RETURNS INTEGER
LANGUAGE sql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH "expired" AS (
        SELECT "id" FROM "public"."deleted_tasks"
        WHERE "deleted_at" <= now() - greatest("min_age_days", 0) * interval '24 hours'
        ORDER BY "deleted_at" LIMIT greatest("max_rows", 0) FOR UPDATE SKIP LOCKED
    ), "gone" AS (
        DELETE FROM "public"."deleted_tasks" WHERE "id" IN (SELECT "id" FROM "expired") RETURNING 1
    )
    SELECT count(*)::integer FROM "gone"
$$;

-- Lets the roles that the service already uses call a purge, and nobody else. src/database/service-role.ts does the
-- same for a role that is created later.
CREATE FUNCTION "allow_purge"("purge" REGPROCEDURE) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
    "grantee" NAME;
BEGIN
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', "purge");
    FOR "grantee" IN
        SELECT r.rolname FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = 'tasks'::regclass AND a.privilege_type = 'INSERT' AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', "purge", "grantee");
    END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION "allow_purge"(REGPROCEDURE) FROM PUBLIC;

SELECT allow_purge('purge_deleted_tasks(integer, integer)');
