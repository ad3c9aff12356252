import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ClosedLoop, Load } from './closed-loop.ts'
import type { Call } from './routes.ts'
import type { Server } from './servers.ts'

/** Seconds after which wrk counts a request without an answer as an error. */
const TIMEOUT_S = 30

/**
 * The same closed loop with wrk, which must be installed. It needs much less CPU than autocannon, so the servers get more of
 * it. Each connection takes the next one of all calls. wrk adds latencies for the requests that a slow answer delayed
 * (coordinated omission), so its percentiles are too high rather than too low.
 */
export async function runWrk({ url }: Server, { connections, seconds, callsOf }: ClosedLoop): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'wrk-'))
  try {
    const script = join(folder, 'calls.lua')
    writeFileSync(script, scriptOf(inTurn(connections, callsOf)))
    const flags = [
      '-t1',
      `-c${connections}`,
      `-d${Math.ceil(seconds)}s`,
      `--timeout=${TIMEOUT_S}s`,
      '-s',
      script,
    ]
    const child = spawn('wrk', [...flags, url], { stdio: ['ignore', 'pipe', 'inherit'] })
    const failure = new Promise<never>((_, reject) => child.once('error', reject))
    const output = await Promise.race([text(child.stdout), failure])
    return JSON.parse(output.slice(output.lastIndexOf('\n{'))) as Load
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The first call of each client, then the second one of each, and so on. */
function inTurn(clients: number, callsOf: (client: number) => Call[]): Call[] {
  const all = Array.from({ length: clients }, (_, client) => callsOf(client))
  return all[0]!.flatMap((_, turn) => all.map((calls) => calls[turn]!))
}

const scriptOf = (calls: Call[]) => `
local calls = {}
function init()
${calls.map((call) => `  calls[#calls + 1] = ${requestOf(call)}`).join('\n')}
end
local turn = 0
function request()
  turn = turn % #calls + 1
  return calls[turn]
end
function done(summary, latency)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  local ms = function(share) return latency:percentile(share) / 1000 end
  io.write(string.format('\\n{"requests":%d,"rps":%f,"p50":%f,"p97_5":%f,"p99":%f,"max":%f,"errors":%d,"non2xx":%d}',
    summary.requests, summary.requests / summary.duration * 1e6, ms(50), ms(97.5), ms(99), latency.max / 1000,
    lost, errors.status))
end
`

function requestOf({ method, path, token, body }: Call): string {
  const type = body === undefined ? '' : ', ["Content-Type"] = "application/json"'
  const headers = `{ Authorization = ${quoted(`Bearer ${token}`)}${type} }`
  return `wrk.format(${quoted(method)}, ${quoted(path)}, ${headers}, ${body === undefined ? 'nil' : quoted(body)})`
}

/** For the texts of these calls, a JSON string is a Lua string, too. */
const quoted = (value: string) => JSON.stringify(value)
