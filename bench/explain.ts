import pg from 'pg'
import { spread } from './pairs.ts'
import type { Statement } from './statements.ts'

/** The cost of a statement in PostgreSQL when its pages are in memory. */
export interface Cost {
  milliseconds: number
  buffers: number
  /** The time divided by that of the first target. */
  ratio: number
}
type Run = Omit<Cost, 'ratio'>
interface Plan {
  Plan: Record<'Shared Hit Blocks' | 'Shared Read Blocks', number>
  'Execution Time': number
}

/** From the sixth execution on, PostgreSQL may use a generic plan, as it does for the service. */
const WARM_UP = 6
const RUNS = 21

/**
 * Runs EXPLAIN (ANALYZE, BUFFERS) on prepared statements, as the service sends them. The targets take turns, so that
 * other load on the machine affects all of them.
 */
export async function explain(targets: { client: pg.Client; statement: Statement }[]): Promise<Cost[]> {
  const calls = await Promise.all(
    targets.map(async ({ client, statement: { text, values } }, index) => {
      await client.query(`PREPARE measured_${index} AS ${text}`)
      const literals = values.map((value) => (value == null ? 'NULL' : pg.escapeLiteral(asText(value))))
      const execute = `EXECUTE measured_${index}${literals.length > 0 ? `(${literals.join(', ')})` : ''}`
      for (let run = 0; run < WARM_UP; run += 1) await client.query(execute)
      return { client, execute, runs: [] as Run[] }
    }),
  )
  for (let run = 0; run < RUNS; run += 1)
    for (const { client, execute, runs } of calls) runs.push(await analyze(client, execute))
  for (const [index, { client }] of calls.entries()) await client.query(`DEALLOCATE measured_${index}`)
  return calls.map(({ runs }) => ({
    milliseconds: spread(runs.map(({ milliseconds }) => milliseconds)).median,
    buffers: spread(runs.map(({ buffers }) => buffers)).median,
    // The ratio is computed within each turn, in which the load of the machine was similar for all targets.
    ratio: spread(runs.map(({ milliseconds }, run) => milliseconds / calls[0]!.runs[run]!.milliseconds))
      .median,
  }))
}

async function analyze(client: pg.Client, execute: string): Promise<Run> {
  const result = await client.query<{ 'QUERY PLAN': [Plan] }>(
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${execute}`,
  )
  const [plan] = result.rows[0]!['QUERY PLAN']
  const buffers = plan.Plan['Shared Hit Blocks'] + plan.Plan['Shared Read Blocks']
  return { milliseconds: plan['Execution Time'], buffers }
}

function asText(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return `{${value.map((item) => JSON.stringify(asText(item))).join()}}`
  return String(value)
}
