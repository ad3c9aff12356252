import { randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createKeyStore, KeysUnavailableError, MAX_WAITING } from '../src/auth/jwks.ts'
import { JWKS_ALGORITHMS } from '../src/auth/published-keys.ts'
import { SECRET } from './helpers/app.ts'
import { encode, type Json } from './helpers/forge.ts'
import { createKey, type Issuer, type IssuerKey, startIssuer } from './helpers/issuer.ts'

const key = await createKey('EdDSA')
const stranger = await createKey('EdDSA')

/** A key store whose time only passes when told to. */
function openStore(issuer: Issuer, fetchTimeoutMs = 10_000, patienceMs = 60_000) {
  let time = 0
  const errors: unknown[] = []
  const settings = { url: issuer.url, maxAgeMs: 600_000, cooldownMs: 5000 }
  const store = createKeyStore(settings, (error) => errors.push(error), {
    now: () => time,
    fetchTimeoutMs,
    patienceMs,
  })
  return {
    errors,
    pass: (duration: number) => (time += duration * 1000),
    find: ({ kid, jwk }: Pick<IssuerKey, 'kid' | 'jwk'>) => store.find({ kid, alg: jwk.alg }),
    findAny: (header: Json) => store.find(header),
    knows: async (wanted: IssuerKey) =>
      (await store.find({ kid: wanted.kid, alg: wanted.jwk.alg })) !== undefined,
  }
}

const isUnavailable = (found: Promise<unknown>) =>
  found.then(
    () => false,
    (error) => error instanceof KeysUnavailableError,
  )

const describeOutcome = (found: PromiseSettledResult<unknown>) =>
  found.status === 'rejected' ? 'unavailable' : found.value === undefined ? 'unknown' : 'known'

/** Waits for what happens in the background, at most a minute. */
async function until(condition: () => boolean | Promise<boolean>) {
  for (const end = Date.now() + 60_000; !(await condition());) {
    if (Date.now() > end) throw new Error('it did not happen within a minute')
    await setImmediate()
  }
}

t.test('many first requests at once cause one fetch', async (t) => {
  const issuer = await startIssuer(t, [key])
  const { knows } = openStore(issuer)
  const all = await Promise.all(Array.from({ length: 100 }, () => knows(key)))
  t.ok(all.every(Boolean))
  t.equal(issuer.fetches, 1)
})

t.test('a thousand unknown keys cause one fetch per cooldown', async (t) => {
  const issuer = await startIssuer(t, [key])
  const { find, pass, knows } = openStore(issuer)
  t.ok(await knows(key))
  const flood = async () => {
    const asked = Array.from({ length: 1000 }, () => find({ kid: randomUUID(), jwk: key.jwk }))
    return new Set((await Promise.allSettled(asked)).map(describeOutcome))
  }
  t.same(await flood(), new Set(['unknown']))
  t.equal(issuer.fetches, 1)
  pass(5)
  t.same(await flood(), new Set(['unknown', 'unavailable']), 'only so many wait for the fetch')
  t.same(await flood(), new Set(['unknown']))
  t.equal(issuer.fetches, 2)
  t.ok(await knows(key))
})

t.test(
  'while the issuer hangs, a request with an unknown key waits briefly, and one with a known key does not wait',
  async (t) => {
    const issuer = await startIssuer(t, [key])
    const { find, pass, knows, errors } = openStore(issuer, 2000, 100)
    t.ok(await knows(key))
    issuer.answer = () => {}
    pass(10)
    const outcomes: string[] = []
    const ask = (wanted: IssuerKey) =>
      find(wanted).then(
        (pem) => outcomes.push(pem === undefined ? 'unknown' : 'known'),
        () => outcomes.push('unavailable'),
      )
    const asked = [ask(stranger), ask(key), ask(key)]
    await Promise.all(asked)
    t.same(outcomes, ['known', 'known', 'unavailable'])
    t.same(errors, [], 'the fetch continues')
    outcomes.length = 0
    await Promise.all([ask(stranger), ask(key)])
    t.same(outcomes.toSorted(), ['known', 'unavailable'])
    pass(590)
    t.ok(await knows(key), 'keys beyond their maximum age also continue to work')
    t.same([issuer.fetches, errors], [2, []], 'all that during one fetch')
  },
)

t.test('a limited number of requests wait for the first keys: the others get a 503', async (t) => {
  const issuer = await startIssuer(t, [key])
  const { knows } = openStore(issuer)
  const all = await Promise.allSettled(Array.from({ length: MAX_WAITING + 100 }, () => knows(key)))
  t.equal(all.filter(({ status }) => status === 'fulfilled').length, MAX_WAITING)
  t.ok(await knows(key))
  t.equal(issuer.fetches, 1)
})

t.test('a new key is found once the cooldown is over', async (t) => {
  const issuer = await startIssuer(t, [key])
  const { pass, knows } = openStore(issuer)
  t.ok(await knows(key))
  issuer.publish(key, stranger)
  pass(4.9)
  t.notOk(await knows(stranger))
  pass(0.1)
  t.ok(await knows(stranger))
  t.ok(await knows(key), 'beside the old one')
})

t.test(
  'a removed key is forgotten in the background at half the maximum age, and at once at the maximum age',
  async (t) => {
    const issuer = await startIssuer(t, [key, stranger])
    const { pass, knows } = openStore(issuer)
    t.ok(await knows(key))
    issuer.publish(stranger)
    pass(299)
    t.ok(await knows(key))
    t.equal(issuer.fetches, 1, 'young keys are not fetched again')
    pass(1)
    t.ok(await knows(key), 'no request waits for the fetch')
    await until(async () => !(await knows(key)))
    t.equal(issuer.fetches, 2)
    issuer.publish(key)
    pass(600)
    t.notOk(await knows(stranger))
    t.ok(await knows(key))
  },
)

t.test('while the issuer is down, its keys stay valid for a limited time', async (t) => {
  const issuer = await startIssuer(t, [key])
  const { errors, pass, knows } = openStore(issuer)
  t.ok(await knows(key))
  await issuer.goDown()
  for (let minute = 1; minute < 70; minute++) {
    pass(60)
    t.ok(await knows(key), `minute ${minute}`)
    t.notOk(await knows(stranger))
  }
  t.not(errors.length, 0, 'the failures are reported')
  pass(60)
  t.ok(await isUnavailable(knows(key)))
  await issuer.comeUp()
  t.ok(await isUnavailable(knows(key)), 'the cooldown applies to failures, too')
  pass(5)
  t.ok(await knows(key))
})

t.test('only the first request waits for an issuer that hangs', async (t) => {
  const issuer = await startIssuer(t, [key, stranger])
  const { errors, pass, knows } = openStore(issuer, 1000)
  t.ok(await knows(key))
  issuer.answer = () => {}
  pass(600)
  t.ok(await knows(key))
  t.match(errors, [{ cause: { name: 'TimeoutError' } }], 'one had to: the keys may have changed')
  pass(5)
  t.ok(await knows(key))
  t.equal(errors.length, 1, 'the next did not')
  await until(() => errors.length === 2)

  issuer.publish(stranger)
  pass(60)
  t.notOk(await knows(key), 'an old failure is no excuse: a removed key is found out')
})

t.test('an issuer that hangs before or during its answer is unavailable', async (t) => {
  const silences: RequestListener[] = [() => {}, (_request, response) => void response.write('{"keys":[')]
  for (const silence of silences) {
    const issuer = await startIssuer(t, [key])
    issuer.answer = silence
    const { errors, knows } = openStore(issuer, 1000)
    const all = await Promise.allSettled([knows(key), knows(key), knows(stranger)])
    t.same(
      all.map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    )
    t.same([issuer.fetches, errors.length], [1, 1])
  }
})

const answer =
  (body: string, status = 200, headers = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body)
  }
const notKeys: Record<string, RequestListener> = {
  'a 500': answer('{"keys":[]}', 500),
  'a 404': answer('Not Found', 404),
  'a 204': answer('', 204),
  'a redirect': answer('', 302, { location: 'https://evil.example/jwks' }),
  'a page': answer('<!doctype html><p>Sign in</p>'),
  nothing: answer(''),
  null: answer('null'),
  'a list': answer(JSON.stringify([key.jwk])),
  'an object without keys': answer('{}'),
  'keys that are no list': answer(JSON.stringify({ keys: { 0: key.jwk } })),
  'half an answer': answer(`{"keys":[${JSON.stringify(key.jwk)}`),
  megabytes: answer(JSON.stringify({ keys: [key.jwk], padding: 'x'.repeat(5_000_000) })),
  'a broken connection': (request) => void request.socket.destroy(),
}

t.test('an answer that is not a list of keys is an error and replaces no keys', async (t) => {
  for (const [what, wrong] of Object.entries(notKeys)) {
    const issuer = await startIssuer(t, [key])
    const { errors, pass, knows } = openStore(issuer)
    issuer.answer = wrong
    t.ok(await isUnavailable(knows(key)), `${what} at first`)
    issuer.publish(key)
    pass(5)
    t.ok(await knows(key), 'then the keys')
    issuer.answer = wrong
    pass(600)
    t.ok(await knows(key), `then ${what} again`)
    t.equal(errors.length, 2)
  }
})

t.test('keys that are malformed, unsupported or for encryption are skipped', async (t) => {
  const { jwk } = key
  const encryption = await createKey('EdDSA', { use: 'enc' })
  const other = await createKey('RS512')
  const ec = await createKey('ES256')
  const p384 = await createKey('ES384', { alg: 'ES256' })
  const broken: unknown[] = [
    null,
    'key',
    7,
    [],
    {},
    { kty: 'constructor', kid: key.kid },
    { kty: '__proto__', kid: key.kid },
    { kty: 'oct', k: encode(SECRET), kid: 'oct', alg: 'HS256' },
    { ...jwk, x: undefined },
    { ...jwk, x: 'AAAA' },
    { ...jwk, kty: 'EC' },
    { ...jwk, crv: 'Ed448' },
    { ...ec.jwk, y: ec.jwk.x },
  ]
  const issuer = await startIssuer(t, [encryption, other, p384])
  issuer.published.unshift(...broken)
  issuer.published.push(jwk, { ...stranger.jwk, use: 'sig', kid: 7 })
  const { errors, find, findAny, knows } = openStore(issuer)
  t.ok(await knows(key))
  t.ok(await findAny({ kid: 7, alg: 'EdDSA' }))
  t.same(errors, [])
  for (const unusable of [encryption, other, p384, ec])
    t.equal(await find(unusable), undefined, unusable.jwk.alg!)
  t.equal(await findAny({ kid: 'oct', alg: 'HS256' }), undefined, 'a published symmetric key is not used')
  t.equal(await findAny({ kid: key.kid, alg: 'constructor' }), undefined)
})

t.test('a key without an algorithm is used for all algorithms that fit it', async (t) => {
  const issuer = await startIssuer(t)
  const [rsa, ec] = [await createKey('RS256'), await createKey('ES512')]
  issuer.published = [rsa, ec].map(({ jwk }) => ({ ...jwk, alg: null, use: null }))
  const { findAny } = openStore(issuer)
  const algorithms = async ({ kid }: IssuerKey) => {
    const fitting: string[] = []
    for (const alg of [...JWKS_ALGORITHMS, 'HS256', 'none'])
      if (await findAny({ kid, alg })) fitting.push(alg)
    return fitting
  }
  t.same(await algorithms(rsa), ['RS256', 'PS256'])
  t.same(await algorithms(ec), ['ES512'])
})

t.test('a token without kid is verified with the only key that fits, if there is exactly one', async (t) => {
  const issuer = await startIssuer(t, [key, await createKey('ES256')])
  const { findAny, pass } = openStore(issuer)
  const pem = await findAny({ alg: 'EdDSA' })
  t.match(pem, 'PUBLIC KEY')
  t.equal(await findAny({ alg: 'EdDSA', kid: key.kid }), pem)
  t.equal(await findAny({ alg: 'RS256' }), undefined)
  issuer.publish(key, stranger)
  pass(600)
  t.equal(await findAny({ alg: 'EdDSA' }), undefined, 'which of the two?')
  const twins = { ...stranger, jwk: { ...stranger.jwk, kid: key.kid } }
  issuer.publish(key, twins)
  pass(600)
  t.equal(await findAny({ alg: 'EdDSA', kid: key.kid }), undefined, 'two keys with one name')
})

t.test('an empty list is valid: then no key is accepted', async (t) => {
  const issuer = await startIssuer(t)
  const { errors, knows } = openStore(issuer)
  t.notOk(await knows(key))
  t.same(errors, [])
})
