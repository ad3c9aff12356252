-- Nothing was released before this migration. From here on migrations only expand the schema: they add tables,
-- columns and indexes, so that the previous version of the service keeps working while a release is rolled out.

-- Sorts titles alphabetically and case-insensitively, the same on every server: ICU's root collation at strength 2
-- compares letters and accents, not case. Titles that are equal under it are ordered by id.
CREATE COLLATION "task_title" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "email" TEXT,
    "name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "token_issued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "users_id_length" CHECK (char_length("id") BETWEEN 1 AND 255),
    CONSTRAINT "users_email_length" CHECK (char_length("email") BETWEEN 1 AND 320),
    CONSTRAINT "users_name_length" CHECK (char_length("name") BETWEEN 1 AND 255)
);

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
    -- A calendar day is stored as midnight in UTC, and only a task with a due date can be due all day.
    CONSTRAINT "tasks_due_all_day_midnight" CHECK (
        NOT "due_all_day"
        OR ("due_at" IS NOT NULL AND ("due_at" AT TIME ZONE 'UTC')::time = '00:00')
    ),
    CONSTRAINT "tasks_updated_after_created" CHECK ("updated_at" >= "created_at"),
    CONSTRAINT "tasks_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id")
        ON DELETE CASCADE ON UPDATE CASCADE
);

-- Every sort of a list reads along an index that begins with the owner: a page costs the same however many tasks
-- a user has. Columns after id are for filtering, not ordering: `completed` lets a page of one status skip the
-- other within the index, and summaries and counts find all they need in one index. They are key columns and not
-- INCLUDE columns, because PostgreSQL does not filter on INCLUDE columns and Prisma cannot describe them.
-- docs/performance.md has the price of each index.
CREATE INDEX "tasks_user_id_created_at_id_completed_idx"
    ON "tasks"("user_id", "created_at" DESC, "id" DESC, "completed");
CREATE INDEX "tasks_user_id_updated_at_id_completed_idx"
    ON "tasks"("user_id", "updated_at" DESC, "id" DESC, "completed");
CREATE INDEX "tasks_user_id_title_id_completed_idx"
    ON "tasks"("user_id", "title" COLLATE "task_title", "id", "completed");
CREATE INDEX "tasks_user_id_due_at_id_completed_due_all_day_idx"
    ON "tasks"("user_id", "due_at", "id", "completed", "due_all_day");

-- Text as a search sees it: without case, accents and compatibility forms (full width, ligatures), the same on
-- every server. Both sides of a comparison come from here, so they cannot disagree. ASCII, which has nothing
-- to take apart, skips the costly part. In PL/pgSQL, which keeps its plan: a function in SQL would be put into the
-- expression of the column, and all of that planned anew for each row that is written, for 150 µs of CPU.
CREATE FUNCTION "fold_text"("value" TEXT) RETURNS TEXT
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF octet_length("value") = char_length("value") THEN
        RETURN lower("value" COLLATE "C");
    END IF;
    RETURN normalize(
    replace(replace(replace(
        translate(
            lower(
                regexp_replace(
                    normalize("value", NFKD),
                    -- Combining marks of Latin, Greek and Cyrillic, Hebrew and Arabic points, which texts and searches
                    -- write or leave out; then what cannot be seen: soft hyphens, joiners, variation selectors.
                    -- The marks of other scripts are letters in all but name and stay.
                    E'[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]',
                    '', 'g'
                ) COLLATE "und-x-icu"
            ),
            -- Letters that Unicode does not take apart, and the sigma that ends a word.
            'ıøłđðħŧς', 'iolddhtσ'
        ),
        'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
    -- Puts Hangul and kana, taken apart with the rest, together again: 하 is not in 한.
    NFC
) COLLATE "C";
END
$$;

-- Kept, because taking text beyond ASCII apart costs more than all else about a search. A line break parts title
-- and description: no word holds one. docs/performance.md has the figures.
ALTER TABLE "tasks" ADD COLUMN "search_text" TEXT GENERATED ALWAYS AS (
    "fold_text"("title" || E'\n' || coalesce("description", ''))
) STORED;

-- Defence in depth: row-level security. Every query names its owner; if one ever forgets to, PostgreSQL shows it no
-- row of another user. Each transaction of the service sets app.user_id; without it no row is visible.
-- Policies do not apply to the role that owns the tables, nor to superusers. `npm run db:role` creates a role to
-- which they apply.
--
-- A new table whose rows belong to users needs one call: SELECT isolate_by_owner('notes', 'user_id'). It enables
-- row-level security, creates the policy, and grants the table to each role that the service already uses.
-- The subquery in the policy makes PostgreSQL read the setting once per statement, not once per row.
CREATE FUNCTION "isolate_by_owner"("table_name" REGCLASS, "owner_column" NAME) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
    "grantee" NAME;
    "counter" REGCLASS;
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', "table_name");
    EXECUTE format(
        'CREATE POLICY owner_only ON %s USING (%I = (SELECT current_setting(''app.user_id'', true)))',
        "table_name", "owner_column"
    );
    FOR "grantee" IN
        SELECT r.rolname FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = 'tasks'::regclass AND a.privilege_type = 'INSERT' AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', "table_name", "grantee");
        FOR "counter" IN
            SELECT d.objid FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
            WHERE d.refobjid = "table_name" AND d.deptype IN ('a', 'i')
        LOOP
            EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %I', "counter", "grantee");
        END LOOP;
    END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION "isolate_by_owner"(REGCLASS, NAME) FROM PUBLIC;

SELECT isolate_by_owner('users', 'id');
SELECT isolate_by_owner('tasks', 'user_id');
