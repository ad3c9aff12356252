-- The second wall between users. Every query names its owner; should one ever forget to, PostgreSQL shows it
-- nothing that is not the owner's. The service says in each transaction on whose behalf it acts
-- (src/statement.ts): where it says nothing there are no rows at all.
--
-- Policies hold for roles that neither own the tables nor may bypass them. `npm run db:role` makes such a role.
-- As a subquery the setting is read once per statement, not once per row.
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tasks" ENABLE ROW LEVEL SECURITY;

CREATE POLICY "users_self" ON "users"
    USING ("id" = (SELECT current_setting('app.user_id', true)));
CREATE POLICY "tasks_owner" ON "tasks"
    USING ("user_id" = (SELECT current_setting('app.user_id', true)));
