import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { BenchDatabase } from './database.ts'

/** CPU time so far, in microseconds. */
export interface CpuTimes {
  service: number
  postgres: number
}
export type CpuMeter = ((pid: number) => CpuTimes) | undefined

interface Stat {
  parent: number
  command: string
  ticks: number
  /** CPU time of children that have ended. */
  childTicks: number
}

/** Returns undefined if there is no /proc, or if PostgreSQL is not on this machine. */
export async function createCpuMeter({ client }: BenchDatabase): Promise<CpuMeter> {
  if (process.platform !== 'linux') return undefined
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const backend = readStat(rows[0]!.pid)
  if (backend?.command.startsWith('postgres') !== true) return undefined
  const tick = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return (pid) => ({
    service: (readStat(pid)?.ticks ?? 0) * tick,
    postgres: clusterTicks(backend.parent) * tick,
  })
}

const MAX_READINGS = 10

/**
 * CPU time of the postmaster, of its children, and of the children that have ended. A child that ends during a reading
 * counts twice in it. Then the reading is repeated.
 */
function clusterTicks(postmaster: number): number {
  for (let reading = 1; ; reading += 1) {
    const before = readStat(postmaster)!
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    const children = processes
      .map((pid) => readStat(Number(pid)))
      .filter((stat) => stat?.parent === postmaster)
    const { ticks, childTicks } = readStat(postmaster)!
    if (childTicks === before.childTicks || reading === MAX_READINGS)
      return children.reduce((sum, child) => sum + child!.ticks, ticks + childTicks)
  }
}

/** Reads /proc/PID/stat. The command is in parentheses and may contain any character. */
function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const end = text.lastIndexOf(')')
    const fields = text.slice(end + 2).split(' ')
    const ticks = (...numbers: number[]) =>
      numbers.reduce((sum, number) => sum + Number(fields[number - 3]), 0)
    return {
      command: text.slice(text.indexOf('(') + 1, end),
      parent: Number(fields[1]),
      ticks: ticks(14, 15),
      childTicks: ticks(16, 17),
    }
  } catch {
    return undefined
  }
}

/** Resident memory of a process in megabytes; undefined if it cannot be read. */
export function residentMb(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]
    return Math.round(Number(kilobytes) / 102.4) / 10
  } catch {
    return undefined
  }
}
