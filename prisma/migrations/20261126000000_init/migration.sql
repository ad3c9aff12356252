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
-- docs/performance-details.md has the cost of each index.
CREATE INDEX "tasks_user_id_created_at_id_completed_idx"
    ON "tasks"("user_id", "created_at" DESC, "id" DESC, "completed");
CREATE INDEX "tasks_user_id_updated_at_id_completed_idx"
    ON "tasks"("user_id", "updated_at" DESC, "id" DESC, "completed");
CREATE INDEX "tasks_user_id_title_id_completed_idx"
    ON "tasks"("user_id", "title" COLLATE "task_title", "id", "completed");
CREATE INDEX "tasks_user_id_due_at_id_completed_due_all_day_idx"
    ON "tasks"("user_id", "due_at", "id", "completed", "due_all_day");

-- Text as the search compares it: without case, accents and compatibility forms (full width, ligatures), and with one
-- spelling for what keyboards write in several ways: apostrophes, quotes, dashes, dots, digits, Arabic letters. Both
-- sides of a comparison are folded here, so they cannot disagree. The result is the same on every server, and every
-- text can be folded. A text without visible characters may become empty.
-- ASCII text skips the expensive part. The rarer steps run only if a regular expression finds their characters, because
-- translate() compares each character of the text with each in its list.
-- The function is in PL/pgSQL: PostgreSQL would copy a function in SQL into the expression of the generated column and
-- plan all of it again for each row that is written (150 µs of CPU).
CREATE FUNCTION "fold_text"("value" TEXT) RETURNS TEXT
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    "folded" TEXT;
    "pair" TEXT[];
BEGIN
    IF octet_length("value") = char_length("value") THEN
        "folded" := lower("value" COLLATE "C");
    ELSE
        "folded" := normalize("value", NFKD);

        -- NFKD writes an accent that stands alone as a space and a combining mark. People type some of them
        -- for an apostrophe, a quote or a tilde.
        IF "folded" ~ E' [\u0300\u0301\u0303\u030b\u0313\u0314]' THEN
            "folded" := regexp_replace("folded", E' [\u0300\u0301\u0313\u0314]', '''', 'g');
            "folded" := replace(replace("folded", E' \u030b', '"'), E' \u0303', '~');
        END IF;

        -- Removes the combining marks of Latin, Greek and Cyrillic, and the Hebrew and Arabic points, which are optional
        -- in writing. The marks of other scripts are part of their letters and stay. Also removes what is invisible
        -- (Unicode's Default_Ignorable_Code_Point: soft hyphens, joiners, direction marks, variation selectors) and
        -- the Arabic tatweel, which only makes a word longer.
        "folded" := lower(regexp_replace("folded",
            E' ?[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc'
            '\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]'
            '|[\u00ad\u061c\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff'
            '\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
            '', 'g') COLLATE "und-x-icu");

        -- Letters that Unicode does not decompose, the sigma at the end of a word, Yiddish digraphs, and the double vowel
        -- of Thai and Lao, which is often typed as two single ones.
        IF "folded" ~ E'[ıøłđðħŧςßæœ\u05f0-\u05f2แແ]' THEN
            "folded" := translate("folded", 'ıøłđðħŧς', 'iolddhtσ');
            "folded" := replace(replace(replace("folded", 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');
            "folded" := replace(replace(replace("folded", E'\u05f0', E'\u05d5\u05d5'), E'\u05f1', E'\u05d5\u05d9'),
                E'\u05f2', E'\u05d9\u05d9');
            "folded" := replace(replace("folded", 'แ', 'เเ'), 'ແ', 'ເເ');
        END IF;

        -- Letters that Arabic, Persian, Urdu and Kurdish keyboards write differently: alef, yeh, kaf and heh.
        IF "folded" ~ E'[\u0621-\u06d5]' THEN
            "folded" := translate("folded",
                E'\u0671\u0672\u0673\u0649\u06cc\u06a9\u06aa\u0629\u06c1\u06c3\u06be\u06d5',
                E'\u0627\u0627\u0627\u064a\u064a\u0643\u0643\u0647\u0647\u0647\u0647\u0647');
        END IF;

        -- Digits of the scripts whose keyboards have their own beside 0 to 9, first those of Arabic and Persian.
        IF "folded" ~ E'[\u0660-\u0669\u06f0-\u06f9]' THEN
            "folded" := translate("folded",
                E'\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9',
                repeat('0123456789', 2));
        END IF;
        IF "folded" ~ '[०-९০-৯੦-੯૦-૯୦-୯௦-௯౦-౯೦-೯൦-൯๐-๙໐-໙༠-༩၀-၉០-៩᠐-᠙]' THEN
            "folded" := translate("folded",
                '०१२३४५६७८९০১২৩৪৫৬৭৮৯੦੧੨੩੪੫੬੭੮੯૦૧૨૩૪૫૬૭૮૯୦୧୨୩୪୫୬୭୮୯௦௧௨௩௪௫௬௭௮௯౦౧౨౩౪౫౬౭౮౯೦೧೨೩೪೫೬೭೮೯൦൧൨൩൪൫൬൭൮൯'
                '๐๑๒๓๔๕๖๗๘๙໐໑໒໓໔໕໖໗໘໙༠༡༢༣༤༥༦༧༨༩၀၁၂၃၄၅၆၇၈၉០១២៣៤៥៦៧៨៩᠐᠑᠒᠓᠔᠕᠖᠗᠘᠙',
                repeat('0123456789', 15));
        END IF;

        -- Punctuation with the same shape and use (the confusable characters of UTS #39): apostrophes and primes, quotes,
        -- dashes and the minus sign, tildes, middle dots, commas, full stops, then single signs.
        IF "folded" ~ E'[¦«°»×ʹ-˿\u055a\u0589\u058a\u05be\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u07f4\u07f5।ᆞ᠆‐-⁓−-∶∼⋅⋯❛-➖⧸⸗-⹂、-〟〰゠・꞉ꞌ]' THEN
            FOREACH "pair" SLICE 1 IN ARRAY ARRAY[
                [E'[‘’‚‛′‵‹›ʹʻʼʽʾʿˈˊˋ˴\u055a\u05f3\u07f4\u07f5ꞌ❛❜❟]', ''''],
                [E'[“”„‟«»ʺˮ˶\u05f4❝❞❠〝〞〟⹂「」『』]', '"'],
                [E'[‐‒–—―−⁃˗֊\u05be᠆⸚⸺⸻➖]', '-'],
                ['[〜〰∼⁓˷]', '~'],
                ['[•‧∙⋅・⸱ᆞ]', '·'],
                [E'[、\u060c\u066c]', ','],
                [E'[。\u06d4\u066b]', '.']
            ] LOOP
                "folded" := regexp_replace("folded", "pair"[1], "pair"[2], 'g');
            END LOOP;
            "folded" := replace("folded", '⋯', '...');
            IF "folded" ~ E'[⁄∕⧸∶։\u05c3꞉∗⁎\u066d×°।¦\u061b\u061f\u066a➕゠⸗⹀]' THEN
                "folded" := translate("folded",
                    E'⁄∕⧸∶։\u05c3꞉∗⁎\u066d×°।¦\u061b\u061f\u066a➕゠⸗⹀', '///::::***xo||;?%+===');
            END IF;
        END IF;
        -- Composes Hangul and kana, which NFKD decomposed, again: 하 is not in 한.
        "folded" := normalize("folded", NFC) COLLATE "C";
    END IF;

    -- A quote is two apostrophes, as many people type it. A dash is one hyphen or several.
    "folded" := replace(replace("folded", '`', ''''), '"', '''''');
    IF strpos("folded", '--') > 0 THEN
        "folded" := regexp_replace("folded", '-+', '-', 'g');
    END IF;
    RETURN "folded";
END
$$;

-- Stored, because folding text beyond ASCII costs more than the rest of a search. A line break separates title and
-- description: no word contains one. docs/performance-details.md has the figures.
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
