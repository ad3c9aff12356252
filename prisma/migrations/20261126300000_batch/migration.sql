-- Undoes the transaction of a batch if one of its operations finds no task. The SQLSTATE names the operation, counted
-- from 0: NF007 is the eighth. PostgreSQL itself uses no SQLSTATE that begins with N.
-- The function is VOLATILE: PostgreSQL must call it when the statement runs, and once per operation.
CREATE FUNCTION "require_task"("task" TEXT, "operation" INTEGER) RETURNS TEXT
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF "task" IS NULL THEN
        RAISE EXCEPTION 'Operation % finds no task.', "operation"
            USING ERRCODE = 'NF' || to_char("operation", 'FM000');
    END IF;
    RETURN "task";
END $$;
