import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Path of the httpYac executable. CI installs it; undefined if this machine has none. */
export const HTTPYAC = process.env.HTTPYAC

interface Sent {
  title: string
  response?: { statusCode: number }
}

/**
 * Sends every request of an .http file with httpYac, from top to bottom.
 * Returns the title and the status of each request; the status is undefined if httpYac could not send it.
 */
export async function sendWithHttpyac(executable: string, text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'task-api-httpyac-'))
  try {
    writeFileSync(join(folder, 'api.http'), text)
    const output = await run(
      executable,
      ['send', 'api.http', '--all', '--json', '--output', 'response'],
      folder,
    )
    const { requests } = JSON.parse(output) as { requests: Sent[] }
    return requests.map(({ title, response }) => ({ title, status: response?.statusCode }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Returns what the program prints. A failed request makes httpYac exit with 1, but it still prints its report. */
function run(file: string, args: string[], cwd: string) {
  return new Promise<string>((resolve, reject) => {
    execFile(file, args, { cwd, timeout: 120_000 }, (error, stdout, stderr) =>
      stdout ? resolve(stdout) : reject(error ?? new Error(stderr)),
    )
  })
}
