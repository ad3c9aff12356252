-- Recurring tasks: docs/recurrence.md. Columns without a default do not rewrite the table, and a constraint that is NOT
-- VALID does not read it: it holds for every row that is written from now on, and in the rows of before both columns are
-- null. If another transaction holds the table, the migration fails instead of making every request wait. It can then be
-- run again.
SET lock_timeout = '5s';

ALTER TABLE "deleted_tasks"
    ADD COLUMN "recurrence" JSONB,
    ADD COLUMN "next_task_id" BIGINT;

ALTER TABLE "tasks"
    ADD COLUMN "recurrence" JSONB,
    -- No foreign key: the next task may be in the trash, or deleted for good.
    ADD COLUMN "next_task_id" BIGINT,
    -- The service checks rules before they get here. This is the second line of defence.
    ADD CONSTRAINT "tasks_recurrence_valid" CHECK (
        "recurrence" IS NULL OR (
            "due_at" IS NOT NULL
            AND coalesce(char_length("recurrence" ->> 'rule') BETWEEN 1 AND 500, false)
            AND coalesce(char_length("recurrence" ->> 'time_zone') > 0, false)
            AND coalesce("recurrence" ->> 'anchor' IN ('due_date', 'completion'), false)
        )
    ) NOT VALID;
