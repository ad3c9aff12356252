-- Every order of a list is read along an index, its pages cost the same however many tasks a user has.
--
-- The first migration left updated_at and title without one, so that PostgreSQL could change tasks in place
-- (HOT). That made a page in these orders sort all tasks of its user: nothing for most, but a tenth of a second
-- of CPU for a user of 100 000 tasks, for each of these requests. updated_at changes with every change of a task,
-- so none is in place any longer, and each one writes to every index; docs/performance.md has both prices.
--
-- Since each change writes to this index anyway, it also holds what summaries and counts look at: they read it and
-- not the tasks, except for those on pages that have changed since the last vacuum. As columns behind the id and
-- not as INCLUDE, which is the same to PostgreSQL, and which Prisma cannot tell from them.
--
-- CREATE INDEX keeps writers waiting while it builds, some seconds for a million tasks. CONCURRENTLY would not,
-- but cannot run in a transaction, and a migration that fails halfway must leave nothing behind. Where that wait
-- is too long, make the indexes by hand beforehand, CONCURRENTLY and under these names: IF NOT EXISTS.
CREATE INDEX IF NOT EXISTS "tasks_user_id_updated_at_id_completed_due_at_due_all_day_idx"
    ON "tasks"("user_id", "updated_at" DESC, "id" DESC, "completed", "due_at", "due_all_day");
CREATE INDEX IF NOT EXISTS "tasks_user_id_title_id_idx" ON "tasks"("user_id", "title" COLLATE "task_title", "id");
