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
