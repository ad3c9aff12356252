-- Imports: docs/export.md. Columns without a default do not rewrite the table. If another transaction holds the table, the
-- migration fails instead of making every request wait. It can then be run again.
SET lock_timeout = '5s';

-- Which row of a file an import created the task from. There is no index: an import reads all tasks of its user once.
ALTER TABLE "deleted_tasks" ADD COLUMN "origin" TEXT;
ALTER TABLE "tasks" ADD COLUMN "origin" TEXT;
