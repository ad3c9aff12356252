-- Locks the table while it is written anew: docs/operations.md says for how long. If another transaction holds the table,
-- the migration fails instead of making every request wait. It can then be run again.
SET lock_timeout = '5s';

CREATE TYPE "task_priority" AS ENUM ('none', 'low', 'medium', 'high', 'urgent');

-- The service checks tags before they get here. This is the second line of defence.
CREATE FUNCTION "are_tags"("tags" TEXT[]) RETURNS BOOLEAN
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    "tag" TEXT;
BEGIN
    IF cardinality("tags") > 20 OR array_ndims("tags") > 1 THEN
        RETURN false;
    END IF;
    FOREACH "tag" IN ARRAY "tags" LOOP
        IF "tag" IS NULL OR char_length("tag") NOT BETWEEN 1 AND 50 OR strpos("tag", ',') > 0 THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;

-- Tags as they are compared: without letter case. Both sides of a comparison are folded here, so they cannot disagree.
-- Lower, upper and lower case: some letters have two lower cases (σ, ς), two upper cases (ß: ẞ, SS) or several letters.
-- All tags are folded as one text: no tag contains a comma, and no comma belongs to a word.
CREATE FUNCTION "fold_tags"("tags" TEXT[]) RETURNS TEXT[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    "joined" TEXT := array_to_string("tags", ',');
BEGIN
    IF octet_length("joined") = char_length("joined") THEN
        "joined" := lower("joined" COLLATE "C");
    ELSE
        "joined" := lower(upper(lower("joined" COLLATE "und-x-icu")));
        "joined" := normalize(translate("joined", 'ς', 'σ'), NFC);
    END IF;
    RETURN string_to_array("joined", ',');
END
$$;

-- Tags without those that differ from an earlier one in letter case only. The order stays.
CREATE FUNCTION "unique_tags"("tags" TEXT[]) RETURNS TEXT[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF cardinality("tags") < 2 THEN
        RETURN "tags";
    END IF;
    RETURN ARRAY(
        SELECT "tag" FROM (
            SELECT DISTINCT ON ("key" COLLATE "C") "tag", "place"
            FROM unnest("tags", fold_tags("tags")) WITH ORDINALITY AS "folded" ("tag", "key", "place")
            ORDER BY "key" COLLATE "C", "place"
        ) AS "first"
        ORDER BY "place"
    );
END
$$;

-- array_to_string is not immutable, because it also takes arrays of other types. For text it is.
CREATE FUNCTION "tag_lines"("tags" TEXT[]) RETURNS TEXT
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN array_to_string("tags", E'\n');
END
$$;

-- One statement, so that the table is written once. The search finds tags too: its column is made anew. The previous
-- version of the service goes on using it.
ALTER TABLE "tasks"
    ADD COLUMN "priority" "task_priority" NOT NULL DEFAULT 'none',
    -- For sorts and filters. Row-level security is checked before any comparison that could tell what it compares, and
    -- PostgreSQL counts those of enums among them: an index on an enum could not be searched.
    ADD COLUMN "priority_rank" SMALLINT NOT NULL GENERATED ALWAYS AS (
        CASE "priority" WHEN 'none' THEN 0 WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 WHEN 'urgent' THEN 4 END
    ) STORED,
    ADD COLUMN "tags" TEXT[] NOT NULL DEFAULT '{}',
    -- Null for a task without tags, which takes no space.
    ADD COLUMN "tag_keys" TEXT[] GENERATED ALWAYS AS (
        CASE WHEN "tags" <> '{}' THEN "fold_tags"("tags") END
    ) STORED,
    DROP COLUMN "search_text",
    ADD COLUMN "search_text" TEXT GENERATED ALWAYS AS (
        "fold_text"("title" || E'\n' || coalesce("description", '')
            || CASE WHEN "tags" <> '{}' THEN E'\n' || "tag_lines"("tags") ELSE '' END)
    ) STORED,
    ADD CONSTRAINT "tasks_tags_valid" CHECK ("tags" = '{}' OR "are_tags"("tags"));

CREATE INDEX "tasks_user_id_priority_rank_id_completed_idx"
    ON "tasks"("user_id", "priority_rank" DESC, "id" DESC, "completed");
