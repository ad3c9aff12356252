-- Titles sort alphabetically whatever their case, and the same on every server: ICU's root collation at
-- strength 2 knows letters and accents but not case, so equal titles fall through to the tie-break by id.
CREATE COLLATION "task_title" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "email" TEXT,
    "name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "users_id_length" CHECK (char_length("id") BETWEEN 1 AND 255),
    CONSTRAINT "users_email_length" CHECK (char_length("email") BETWEEN 1 AND 320),
    CONSTRAINT "users_name_length" CHECK (char_length("name") BETWEEN 1 AND 255)
);

CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

CREATE TABLE "tasks" (
    "id" BIGSERIAL NOT NULL,
    "user_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "completed" BOOLEAN NOT NULL DEFAULT false,
    "due_at" TIMESTAMPTZ(3),
    "due_all_day" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "tasks_title_length" CHECK (char_length("title") BETWEEN 1 AND 200),
    CONSTRAINT "tasks_description_length" CHECK (char_length("description") <= 1000),
    -- A whole day is kept as the midnight it begins with, and only a task that is due can be due all day.
    CONSTRAINT "tasks_due_all_day_midnight" CHECK (
        NOT "due_all_day"
        OR ("due_at" IS NOT NULL AND ("due_at" AT TIME ZONE 'UTC')::time = '00:00')
    ),
    CONSTRAINT "tasks_updated_after_created" CHECK ("updated_at" >= "created_at"),
    CONSTRAINT "tasks_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id")
        ON DELETE CASCADE ON UPDATE CASCADE
);

-- Every index of tasks begins with the owner: no list ever reads past its own user's rows.
-- Not for updated_at and title: PostgreSQL could no longer update tasks in place (HOT), which is what they
-- are for most of the time. docs/performance.md has the figures.
CREATE INDEX "tasks_user_id_created_at_id_idx" ON "tasks"("user_id", "created_at" DESC, "id" DESC);
CREATE INDEX "tasks_user_id_due_at_id_idx" ON "tasks"("user_id", "due_at", "id");
