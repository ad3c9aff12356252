-- The change feed (GET /tasks/changes): docs/sync.md explains how it works.

-- The transaction that last wrote the row. Rows that exist already get the number of this transaction, without being
-- rewritten.
ALTER TABLE "tasks" ADD COLUMN "changed_xid" XID8 NOT NULL DEFAULT pg_current_xact_id();

-- A page of the feed reads along this index, however many tasks a user has.
CREATE INDEX "tasks_user_id_changed_xid_id_idx" ON "tasks"("user_id", "changed_xid", "id");

-- The statements of the service set "changed_xid" themselves. Other changes count, too: those of the previous version of
-- the service while a release is rolled out, of psql and of Prisma Studio. For them the trigger writes the row again.
-- A trigger BEFORE UPDATE would be simpler. With one, PostgreSQL computes generated columns again for every change, and
-- "search_text" costs more than the rest of a change: 20 % to 30 % more CPU for every statement.
CREATE FUNCTION "note_task_change"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE "tasks" SET "changed_xid" = pg_current_xact_id() WHERE "id" = NEW."id";
    RETURN NULL;
END
$$;
CREATE TRIGGER "note_task_change" AFTER UPDATE ON "tasks"
    FOR EACH ROW WHEN (NEW."changed_xid" <> pg_current_xact_id()) EXECUTE FUNCTION "note_task_change"();

-- A deletion into the trash is a change of the row there. The other two triggers keep the ids of tasks that left both
-- tables.
ALTER TABLE "deleted_tasks" ADD COLUMN "changed_xid" XID8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX "deleted_tasks_user_id_changed_xid_id_idx" ON "deleted_tasks"("user_id", "changed_xid", "id");

-- The ids of tasks that were deleted for good.
CREATE TABLE "deleted_task_ids" (
    "user_id" TEXT NOT NULL,
    "id" BIGINT NOT NULL,
    "changed_xid" XID8 NOT NULL DEFAULT pg_current_xact_id(),
    "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deleted_task_ids_pkey" PRIMARY KEY ("user_id", "changed_xid", "id"),
    CONSTRAINT "deleted_task_ids_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id")
        ON DELETE CASCADE ON UPDATE CASCADE
);
-- For the purge. The rows are stored roughly in the order of deleted_at, so a summary of each part of the table suffices.
CREATE INDEX "deleted_task_ids_deleted_at_idx" ON "deleted_task_ids" USING BRIN ("deleted_at");
SELECT isolate_by_owner('deleted_task_ids', 'user_id');

-- A task that leaves the trash for good was deleted when it went there. A task that is restored was not. Neither trigger
-- fires for tasks that are deleted with their user, through the foreign key. The schema is named because the purge of
-- the trash has no search_path.
CREATE FUNCTION "keep_purged_task_ids"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "public"."deleted_task_ids" ("user_id", "id", "changed_xid", "deleted_at")
    SELECT "user_id", "id", "changed_xid", "deleted_at" FROM "gone"
    WHERE NOT EXISTS (SELECT FROM "public"."tasks" WHERE "tasks"."id" = "gone"."id") ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER "keep_purged_task_ids" AFTER DELETE ON "deleted_tasks" REFERENCING OLD TABLE AS "gone"
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "keep_purged_task_ids"();

-- The service keeps the ids of the tasks that it deletes, in the same statement. This is for others: psql and Studio,
-- which do not set app.user_id.
CREATE FUNCTION "keep_deleted_task_id"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "public"."deleted_task_ids" ("user_id", "id") VALUES (OLD."user_id", OLD."id") ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER "keep_deleted_task_id" AFTER DELETE ON "tasks" FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND coalesce(current_setting('app.user_id', true), '') = '')
    EXECUTE FUNCTION "keep_deleted_task_id"();

-- Cursors are valid for 90 days (CURSOR_DAYS in src/tasks/changes/cursor.ts). A day more, because a transaction can take a while
-- from deleted_at to its end, and clocks are set back. 20261126200000_trash has the rules for purges.
CREATE FUNCTION "purge_deleted_task_ids"("max_rows" INTEGER) RETURNS INTEGER
LANGUAGE sql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH "expired" AS (
        SELECT "ctid" FROM "public"."deleted_task_ids" WHERE "deleted_at" < now() - 91 * interval '24 hours'
        LIMIT greatest("max_rows", 0) FOR UPDATE SKIP LOCKED
    ), "gone" AS (
        DELETE FROM "public"."deleted_task_ids" WHERE "ctid" = ANY (ARRAY(SELECT "ctid" FROM "expired")) RETURNING 1
    )
    SELECT count(*)::integer FROM "gone"
$$;
SELECT allow_purge('purge_deleted_task_ids(integer)');

-- Names the history of transactions that a cursor of the feed counts on, and the account. It differs after a restored
-- dump, on another server or branch, after a recovery to an earlier point or a failover (the timeline of the log), after
-- TRUNCATE (the file of the table), and if the user was deleted and created again. What a provider forbids to read
-- is left out.
CREATE FUNCTION "change_feed_identity"("owner" TEXT) RETURNS TEXT
LANGUAGE plpgsql STABLE AS $$
DECLARE
    "parts" TEXT[] := ARRAY[
        "owner",
        (SELECT extract(epoch FROM "created_at")::text FROM "users" WHERE "id" = "owner"),
        (SELECT "oid"::text FROM pg_database WHERE "datname" = current_database()),
        'tasks'::regclass::oid::text,
        pg_relation_filenode('tasks')::text
    ];
BEGIN
    BEGIN
        "parts" := "parts" || (SELECT "system_identifier"::text FROM pg_control_system());
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
    BEGIN
        "parts" := "parts" || left(pg_walfile_name(pg_current_wal_lsn()), 8);
    EXCEPTION WHEN insufficient_privilege OR object_not_in_prerequisite_state THEN NULL;
    END;
    BEGIN
        "parts" := "parts" || current_setting('neon.timeline_id', true);
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
    RETURN left(encode(sha256(convert_to(array_to_string("parts", ' ', '-'), 'UTF8')), 'hex'), 16);
END
$$;

-- A batch with if_match: the function also undoes it if the task of an operation has changed meanwhile. PF007 is the
-- eighth operation. The statement then returns a refusal, which begins with the current task
-- (src/tasks/conditional-statements.ts).
CREATE OR REPLACE FUNCTION "require_task"("task" TEXT, "operation" INTEGER) RETURNS TEXT
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF "task" IS NULL THEN
        RAISE EXCEPTION 'Operation % finds no task.', "operation"
            USING ERRCODE = 'NF' || to_char("operation", 'FM000');
    END IF;
    IF starts_with("task", '{"current":') THEN
        RAISE EXCEPTION 'The task of operation % has changed.', "operation"
            USING ERRCODE = 'PF' || to_char("operation", 'FM000');
    END IF;
    RETURN "task";
END $$;
