import { createHmac } from 'node:crypto'
import type { Test } from 'tap'
import { type Answer, SECRET } from './app.ts'

export type Json = Record<string, unknown>

/** Objects as JSON, texts as they are. */
export const encode = (part: unknown) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

export const hmac =
  (secret: string | Buffer = SECRET, hash = 'sha256') =>
  (input: string) =>
    createHmac(hash, secret).update(input).digest('base64url')

/** A token out of any parts, which no honest library would make; signed with the right secret by default. */
export function forge(header: unknown, payload: unknown, sign = hmac()): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${sign(input)}`
}

export const HS256 = { alg: 'HS256' }
export const seconds = (fromNow = 0) => Math.floor(Date.now() / 1000) + fromNow
/** Claims that are accepted, so that a token is refused for the one thing which is changed. */
export const goodClaims = (changes: Json = {}): Json => ({ sub: 'somebody', exp: seconds(600), ...changes })

const SENTENCES: Record<string, string> = {
  token_missing: 'This call needs the header Authorization: Bearer <token>.',
  token_invalid: 'The token is not valid.',
  token_expired: 'The token has expired.',
}

/** A 401 in its one shape: nothing in it depends on what is wrong with the token. */
export function assertRefused(t: Test, answer: Answer, what: string, code = 'token_invalid') {
  const { status, headers, body } = answer as Answer<Json>
  const sentence = SENTENCES[code]
  const expected = {
    type: 'about:blank',
    title: 'Unauthorized',
    status: 401,
    detail: sentence,
    message: sentence,
    code,
    request_id: headers['x-request-id'],
  }
  const challenge = {
    token_missing: 'Bearer',
    token_invalid: 'Bearer error="invalid_token"',
    token_expired: 'Bearer error="invalid_token", error_description="expired"',
  }[code]
  const seen = { status, challenge: headers['www-authenticate'], cache: headers['cache-control'], body }
  t.same(seen, { status: 401, challenge, cache: 'no-store', body: expected }, what)
}
