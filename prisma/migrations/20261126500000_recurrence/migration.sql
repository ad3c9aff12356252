-- Recurring tasks: docs/recurrence.md. Columns without a default do not rewrite the table. 20261126600000 checks their
-- values. If another transaction holds the table, the migration fails instead of making every request wait. It can then be
-- run again.
SET lock_timeout = '5s';

ALTER TABLE "deleted_tasks"
    ADD COLUMN "recurrence" JSONB,
    ADD COLUMN "next_task_id" BIGINT;

ALTER TABLE "tasks"
    ADD COLUMN "recurrence" JSONB,
    -- No foreign key: the next task may be in the trash, or deleted for good.
    ADD COLUMN "next_task_id" BIGINT;
