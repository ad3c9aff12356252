import pg from 'pg'
import { spread } from './pairs.ts'
import type { Statement } from './statements.ts'

/** What PostgreSQL spent on a statement once its pages were in memory. */
export interface Cost {
  milliseconds: number
  buffers: number
}
interface Plan {
  Plan: Record<'Shared Hit Blocks' | 'Shared Read Blocks', number>
  'Execution Time': number
}

/** From the sixth time on PostgreSQL may take a plan that fits all parameters, as it does in the service. */
const WARM_UP = 6
const RUNS = 21

/** EXPLAIN (ANALYZE, BUFFERS) of a prepared statement, as the service sends it. */
export async function explain(client: pg.Client, { text, values }: Statement): Promise<Cost> {
  const literals = values.map((value) => (value == null ? 'NULL' : pg.escapeLiteral(asText(value))))
  const execute = `EXECUTE measured${literals.length > 0 ? `(${literals.join(', ')})` : ''}`
  await client.query(`PREPARE measured AS ${text}`)
  try {
    for (let run = 0; run < WARM_UP; run += 1) await client.query(execute)
    const costs: Cost[] = []
    for (let run = 0; run < RUNS; run += 1) costs.push(await analyze(client, execute))
    return {
      milliseconds: spread(costs.map(({ milliseconds }) => milliseconds)).median,
      buffers: spread(costs.map(({ buffers }) => buffers)).median,
    }
  } finally {
    await client.query('DEALLOCATE measured')
  }
}

async function analyze(client: pg.Client, execute: string): Promise<Cost> {
  const result = await client.query<{ 'QUERY PLAN': [Plan] }>(
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${execute}`,
  )
  const [plan] = result.rows[0]!['QUERY PLAN']
  const buffers = plan.Plan['Shared Hit Blocks'] + plan.Plan['Shared Read Blocks']
  return { milliseconds: plan['Execution Time'], buffers }
}

function asText(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return String(value)
}
