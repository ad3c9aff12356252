import { createHash, createHmac } from 'node:crypto'

export const SECRET = 'a-secret-that-only-the-benchmark-knows-long-enough'
/** With 1000 connections, each can belong to another user. */
export const PEOPLE = 1200

/** A user of the service in a benchmark. */
export interface Person {
  id: string
  token: string
  /** Ids of their tasks, oldest first. */
  tasks: number[]
  /** Query strings of their second page, by server. */
  cursors: Record<string, string>
}

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
const header = encode({ alg: 'HS256', typ: 'JWT' })

/** An HS256 token like those that a front end signs, valid for a day. */
function signToken(claims: object): string {
  const now = Math.floor(Date.now() / 1000)
  const input = `${header}.${encode({ ...claims, iat: now, exp: now + 86_400 })}`
  return `${input}.${createHmac('sha256', SECRET).update(input).digest('base64url')}`
}

/** An id like those of Better Auth: 32 letters and digits. */
export const idOf = (name: string) => createHash('md5').update(name).digest('hex')

export function createPerson(name: string): Person {
  const id = idOf(name)
  const token = signToken({ sub: id, email: `${name}@example.com`, name: `Person ${name}` })
  return { id, token, tasks: [], cursors: {} }
}

let strangers = 0

/** Creates people who have not called any server yet. */
export const createStrangers = (count: number) =>
  Array.from({ length: count }, () => createPerson(`stranger-${process.pid}-${++strangers}`))
