-- Every order of a list is read along an index: its pages cost the same however many tasks a user has.
--
-- The first migration left updated_at and title without one, so that PostgreSQL could change tasks in place
-- (HOT). That made a page in these orders sort all tasks of its user: nothing for most, but a tenth of a second
-- of CPU for a user of 100 000 tasks, for each of these requests. updated_at changes with every change of a task,
-- so none is in place any longer, and each one writes to every index; docs/performance.md has both prices.
--
-- Behind the id, which decides every order, stands what is only looked at: `completed`, so that a page of one
-- status passes over the other within the index, and in one index all that summaries and counts need. They read
-- that and not the tasks, except for those on pages that have changed since the last vacuum. Not as INCLUDE:
-- PostgreSQL would not pass over anything by such a column, and Prisma cannot tell it from the others.
--
-- CREATE INDEX keeps writers waiting while it builds, some seconds for a million tasks. CONCURRENTLY would not,
-- but cannot run in a transaction, and a migration that fails halfway must leave nothing behind. Where that wait
-- is too long, make the indexes by hand beforehand, CONCURRENTLY and under these names: IF NOT EXISTS.
CREATE INDEX IF NOT EXISTS "tasks_user_id_created_at_id_completed_idx"
    ON "tasks"("user_id", "created_at" DESC, "id" DESC, "completed");
CREATE INDEX IF NOT EXISTS "tasks_user_id_updated_at_id_completed_idx"
    ON "tasks"("user_id", "updated_at" DESC, "id" DESC, "completed");
CREATE INDEX IF NOT EXISTS "tasks_user_id_title_id_completed_idx"
    ON "tasks"("user_id", "title" COLLATE "task_title", "id", "completed");
CREATE INDEX IF NOT EXISTS "tasks_user_id_due_at_id_completed_due_all_day_idx"
    ON "tasks"("user_id", "due_at", "id", "completed", "due_all_day");
DROP INDEX "tasks_user_id_created_at_id_idx";
DROP INDEX "tasks_user_id_due_at_id_idx";
