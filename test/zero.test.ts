import t from 'tap'
import { databaseUrl, query } from './helpers/database.ts'
t.test('x', async (t) => { t.same((await query(databaseUrl(), 'select 1 as a')), [{a:1}]) })
