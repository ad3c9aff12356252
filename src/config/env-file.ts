import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ConfigError } from './config-error.ts'

const UTF8_MARK = '\uFEFF'
/** UTF-16 begins with FF FE or FE FF; without that mark, every second byte of its ASCII characters is zero. */
const isUtf16 = (bytes: Buffer) => bytes.includes(0) || ['fffe', 'feff'].includes(bytes.toString('hex', 0, 2))

/**
 * Adds the variables of a `.env` file to the given ones, which take precedence. A missing file adds none.
 * Node's own loader would attach a byte order mark to the first name and read nothing from a UTF-16 file.
 *
 * @param variables the variables of the process; changed in place
 * @throws ConfigError if the file is not UTF-8 text
 */
export function loadEnvFile(path: string, variables: Record<string, string | undefined>): void {
  const bytes = readIfExists(path)
  if (bytes === undefined) return
  if (isUtf16(bytes)) throw new ConfigError([`${path} must be saved as UTF-8, not as UTF-16.`])
  const text = bytes.toString('utf8')
  if (text.includes('\uFFFD')) throw new ConfigError([`${path} must be saved as UTF-8.`])
  for (const [name, value] of Object.entries(parseEnv(text.replace(UTF8_MARK, '')))) variables[name] ??= value
}

function readIfExists(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // A folder of that name is not a file of variables either.
    if (code === 'ENOENT' || code === 'EISDIR') return undefined
    throw new ConfigError([`${path} cannot be read: ${message}.`])
  }
}
