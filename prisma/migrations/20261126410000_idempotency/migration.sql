-- Idempotency-Key: the answers to requests that created something, for 24 hours. A key is written in the transaction of
-- the task, so a crash leaves both or neither. The primary key makes a second request with the same key wait for the
-- first.
CREATE TABLE "idempotency_keys" (
    "user_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("user_id", "key"),
    CONSTRAINT "idempotency_keys_key_length" CHECK (char_length("key") BETWEEN 1 AND 255),
    CONSTRAINT "idempotency_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id")
        ON DELETE CASCADE ON UPDATE CASCADE
);
-- For the purge. The rows are stored roughly in the order of created_at, so a summary of each part of the table suffices.
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys" USING BRIN ("created_at");
SELECT isolate_by_owner('idempotency_keys', 'user_id');

-- Undoes the transaction if the key was used before. PostgreSQL itself uses no SQLSTATE that begins with IK.
CREATE FUNCTION "require_new_key"("answer" TEXT, "is_new" BOOLEAN) RETURNS TEXT
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF NOT "is_new" THEN
        RAISE EXCEPTION 'The idempotency key was used before.' USING ERRCODE = 'IK001';
    END IF;
    RETURN "answer";
END $$;

-- Collects the results of a batch within its transaction, so that its last statement can store them with the key.
CREATE FUNCTION "collect_result"("result" TEXT) RETURNS TEXT
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM set_config('app.results', concat(current_setting('app.results', true), "result", E'\x1e'), true);
    RETURN "result";
END $$;

-- 20261126200000_trash has the rules for purges.
CREATE FUNCTION "purge_idempotency_keys"("max_rows" INTEGER) RETURNS INTEGER
LANGUAGE sql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH "expired" AS (
        SELECT "ctid" FROM "public"."idempotency_keys" WHERE "created_at" <= now() - interval '24 hours'
        LIMIT greatest("max_rows", 0) FOR UPDATE SKIP LOCKED
    ), "gone" AS (
        DELETE FROM "public"."idempotency_keys" WHERE "ctid" = ANY (ARRAY(SELECT "ctid" FROM "expired")) RETURNING 1
    )
    SELECT count(*)::integer FROM "gone"
$$;
SELECT allow_purge('purge_idempotency_keys(integer)');
