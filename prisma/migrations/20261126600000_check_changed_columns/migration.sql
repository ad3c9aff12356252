-- PostgreSQL reads and compiles the expression of every CHECK constraint for every statement that writes a row, whatever
-- columns it changes. Four of the five constraints of "tasks" move into a trigger that runs only for statements that
-- set one of their columns, and the condition on recurrences is there from the start: completing a task pays for none of
-- them (docs/performance-writes.md has the figures).
-- Errors stay the same: check_violation (23514), with the name of the constraint. "tasks_updated_after_created" stays a
-- constraint, because every statement sets updated_at.
-- The trigger runs AFTER the change. With a trigger BEFORE UPDATE, PostgreSQL computes generated columns for every change.
-- Rows that exist already have passed the constraints. The migration reads no row. If another transaction holds the
-- table, it fails instead of making every request wait. It can then be run again.
SET lock_timeout = '5s';

CREATE FUNCTION "check_task"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    "violated" TEXT := CASE
        WHEN char_length(NEW."title") NOT BETWEEN 1 AND 200 THEN 'tasks_title_length'
        WHEN char_length(NEW."description") > 1000 THEN 'tasks_description_length'
        -- A calendar day is stored as midnight in UTC, and only a task with a due date can be due all day.
        WHEN NEW."due_all_day"
            AND (NEW."due_at" IS NULL OR (NEW."due_at" AT TIME ZONE 'UTC')::time <> '00:00')
            THEN 'tasks_due_all_day_midnight'
        WHEN NEW."tags" <> '{}' AND NOT "public"."are_tags"(NEW."tags") THEN 'tasks_tags_valid'
        -- The service checks rules before they get here. This is the second line of defence.
        WHEN NEW."recurrence" IS NOT NULL AND (
            NEW."due_at" IS NULL
            OR coalesce(char_length(NEW."recurrence" ->> 'rule') NOT BETWEEN 1 AND 500, true)
            OR coalesce(char_length(NEW."recurrence" ->> 'time_zone') = 0, true)
            OR coalesce(NEW."recurrence" ->> 'anchor' NOT IN ('due_date', 'completion'), true)
        ) THEN 'tasks_recurrence_valid'
    END;
BEGIN
    IF "violated" IS NOT NULL THEN
        RAISE EXCEPTION 'The new row of relation "tasks" violates check constraint "%".', "violated"
            USING ERRCODE = 'check_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = "violated";
    END IF;
    RETURN NULL;
END
$$;
-- One statement after the other in one transaction: no row is written between them.
CREATE TRIGGER "check_task"
    AFTER INSERT OR UPDATE OF "title", "description", "due_at", "due_all_day", "tags", "recurrence" ON "tasks"
    FOR EACH ROW EXECUTE FUNCTION "check_task"();
ALTER TABLE "tasks"
    DROP CONSTRAINT "tasks_title_length",
    DROP CONSTRAINT "tasks_description_length",
    DROP CONSTRAINT "tasks_due_all_day_midnight",
    DROP CONSTRAINT "tasks_tags_valid";
