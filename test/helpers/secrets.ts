import { SECRET } from './app.ts'

/** Shorter ones stand in a log by chance. */
const LEAST_PASSWORD_LENGTH = 8
const TOKEN = /eyJ[\w-]+\.eyJ/

/** The lines of a log in which there is a secret, a token, or the header that carries one. */
export function findSecrets(lines: readonly string[], databaseUrl: string): string[] {
  const password = decodeURIComponent(new URL(databaseUrl).password)
  const secrets = [SECRET, ...(password.length < LEAST_PASSWORD_LENGTH ? [] : [password])]
  return lines.filter(
    (line) =>
      TOKEN.test(line) || /authorization/i.test(line) || secrets.some((secret) => line.includes(secret)),
  )
}
