import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createTask, createUser, SECRET, signToken, startApp } from './helpers/app.ts'
import { assertRefused, encode, forge, goodClaims, hmac, HS256, type Json, seconds } from './helpers/forge.ts'

const good = forge(HS256, goodClaims())
const [header, payload, signature] = good.split('.') as [string, string, string]
const unsigned = () => ''
const withClaims = (changes: Json) => forge(HS256, goodClaims(changes))
/** Claims as text, for what JSON.stringify does not write. */
const withExp = (exp: string) => forge(HS256, `{"sub":"somebody","exp":${exp}}`)

const badTokens: Record<string, string> = {
  'random text': 'not-a-token',
  'an opaque session token': randomBytes(24).toString('base64url'),
  'three letters': 'a.b.c',
  'only dots': '..',
  'a single dot': '.',
  'an empty header': `.${payload}.${signature}`,
  'an empty payload': `${header}..${signature}`,
  'an empty signature': `${header}.${payload}.`,
  'no signature': `${header}.${payload}`,
  'four parts': `${good}.${signature}`,
  'five parts, as of an encrypted token': `${encode({ alg: 'dir', enc: 'A256GCM' })}..aaaa.bbbb.cccc`,
  'five parts behind the header of a signed token': `${header}..aaaa.bbbb.cccc`,
  'base64 garbage': `${randomBytes(30).toString('base64url')}.${randomBytes(90).toString('base64url')}.${signature}`,
  'characters outside base64url': `${header}.${payload}.${signature.slice(0, -3)}+/=`,
  padding: `${good}=`,
  'a NUL character': `${header}.${payload}.${signature}%00`,
  'two tokens, separated by a space': `${good} ${good}`,
  'two tokens, separated by a comma': `${good}, ${good}`,
  'the scheme twice': `Bearer ${good}`,
  'quotes around it': `"${good}"`,
  'a header that is no JSON': forge('alg: HS256', goodClaims()),
  'a header that is a text': forge('"HS256"', goodClaims()),
  'a header that is a list': forge(['HS256'], goodClaims()),
  'a header that is null': forge(null, goodClaims()),
  'a header that is a number': forge(256, goodClaims()),
  'no algorithm': forge({ typ: 'JWT' }, goodClaims()),
  'algorithm null': forge({ alg: null }, goodClaims()),
  'an algorithm in a list': forge({ alg: ['HS256'] }, goodClaims()),
  'an algorithm in lower case': forge({ alg: 'hs256' }, goodClaims()),
  'an algorithm nobody knows': forge({ alg: 'constructor' }, goodClaims()),
  'HS384 under the right secret': forge({ alg: 'HS384' }, goodClaims(), hmac(SECRET, 'sha384')),
  'HS512 under the right secret': forge({ alg: 'HS512' }, goodClaims(), hmac(SECRET, 'sha512')),
  'HS256 under another secret': forge(
    HS256,
    goodClaims(),
    hmac('a secret of somebody else, long enough too'),
  ),
  'HS256 under an empty secret': forge(HS256, goodClaims(), hmac('')),
  'HS256 under the secret in base64': forge(
    HS256,
    goodClaims(),
    hmac(Buffer.from(SECRET).toString('base64')),
  ),
  'a SHA-512 signature that says HS256': forge(HS256, goodClaims(), hmac(SECRET, 'sha512')),
  'RS256 under the secret': forge({ alg: 'RS256' }, goodClaims()),
  'EdDSA under the secret': forge({ alg: 'EdDSA', kid: 'key' }, goodClaims()),
  'a truncated signature': good.slice(0, -4),
  'a signature that is too long': `${good}AAAA`,
  'an altered signature': `${header}.${payload}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
  'another spelling of the signature': `${good.slice(0, -1)}${String.fromCharCode(good.charCodeAt(good.length - 1) + 1)}`,
  'an altered payload': `${header}.${encode(goodClaims({ sub: 'somebody-else' }))}.${signature}`,
  'an altered header': `${encode({ ...HS256, typ: 'JWT' })}.${payload}.${signature}`,
  'the signature of another token': `${header}.${payload}.${withClaims({ sub: 'else' }).split('.')[2]}`,
  'a payload that is a list': forge(HS256, [goodClaims()]),
  'a payload that is a text': forge(HS256, '"somebody"'),
  'a payload that is null': forge(HS256, null),
  'a payload that is a number': forge(HS256, 7),
  'a payload that is no JSON': forge(HS256, 'sub=somebody'),
  'an empty object': forge(HS256, {}),
  'no exp': forge(HS256, { sub: 'somebody' }),
  'exp as a text': withClaims({ exp: String(seconds(600)) }),
  'exp as a date': withClaims({ exp: new Date(Date.now() + 600_000).toISOString() }),
  'exp null': withClaims({ exp: null }),
  'exp in a list': withClaims({ exp: [seconds(600)] }),
  'exp true': withClaims({ exp: true }),
  'exp NaN': withExp('NaN'),
  'exp Infinity': withExp('Infinity'),
  'exp beyond all numbers': withExp('1e999'),
  'exp beyond all dates': withExp('1e18'),
  'exp before all dates': withExp('-1e18'),
  'nbf in the future': withClaims({ nbf: seconds(60) }),
  'nbf as a text': withClaims({ nbf: String(seconds(-60)) }),
  'nbf null': withClaims({ nbf: null }),
  'iat in the future': withClaims({ iat: seconds(60) }),
  'iat as a text': withClaims({ iat: String(seconds(-60)) }),
  'an extension that must be understood': forge({ ...HS256, crit: ['exp'] }, goodClaims()),
  'an unknown extension that must be understood': forge({ ...HS256, crit: ['b64'], b64: true }, goodClaims()),
  'an empty list of extensions': forge({ ...HS256, crit: [] }, goodClaims()),
  'extensions null': forge({ ...HS256, crit: null }, goodClaims()),
  'an unencoded payload': `${encode({ ...HS256, b64: false, crit: ['b64'] })}.${JSON.stringify(goodClaims())}.${signature}`,
  'an unencoded payload that is not declared': `${encode({ ...HS256, b64: false })}.${JSON.stringify(goodClaims())}.${signature}`,
  '20 kB of token': withClaims({ padding: 'x'.repeat(15_000) }),
  '20 kB of nothing': 'a'.repeat(20_000),
  '20 kB of dots': '.'.repeat(20_000),
}
for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
  badTokens[`algorithm "${alg}", unsigned`] = forge({ alg }, goodClaims(), unsigned)
  badTokens[`algorithm "${alg}", signed`] = forge({ alg }, goodClaims())
}

t.test('every bad token gets the same answer, and costs the database nothing', async (t) => {
  const { call, statements } = await startApp(t)
  for (const [what, token] of Object.entries(badTokens)) {
    assertRefused(t, await call('GET', '/api/tasks', { token }), what)
  }
  t.same(statements, [])
  t.equal(
    (await call('GET', '/api/tasks', { token: good })).status,
    200,
    'the token they are made of is good',
  )
})

t.test('the answer to a request without a token says how to send one', async (t) => {
  const { call, statements } = await startApp(t)
  assertRefused(t, await call('GET', '/api/tasks'), 'no header', 'token_missing')
  for (const authorization of [
    '',
    ' ',
    'Bearer',
    'Bearer ',
    'bearer   ',
    `Basic ${good}`,
    `Token ${good}`,
    good,
    `Bearer${good}`,
  ]) {
    const answer = await call('GET', '/api/tasks', { headers: { authorization } })
    assertRefused(t, answer, `"${authorization.slice(0, 20)}"`, 'token_missing')
  }
  const inOtherPlaces = {
    cookie: `token=${good}`,
    'x-access-token': good,
    'proxy-authorization': `Bearer ${good}`,
  }
  assertRefused(
    t,
    await call('GET', `/api/tasks?token=${good}&access_token=${good}`, { headers: inOtherPlaces }),
    'a token elsewhere',
    'token_missing',
  )
  t.same(statements, [])
})

t.test('the scheme may be written in any case, with any number of spaces', async (t) => {
  const { call } = await startApp(t)
  for (const scheme of ['Bearer ', 'bearer ', 'BEARER ', 'bEaReR   ']) {
    t.equal(
      (await call('GET', '/api/tasks', { headers: { authorization: scheme + good } })).status,
      200,
      scheme,
    )
  }
})

t.test('two Authorization headers are a 400', async (t) => {
  const { app } = await startApp(t)
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const ask = async (...values: string[]) => {
    const headers = ['Host', 'localhost', ...values.flatMap((value) => ['Authorization', value])]
    const [response] = (await once(
      request(`${origin}/api/tasks`, { headers, agent: false }).end(),
      'response',
    )) as [IncomingMessage]
    response.resume()
    return response.statusCode
  }
  t.equal(await ask(`Bearer ${good}`), 200)
  t.equal(await ask('Bearer nothing', `Bearer ${good}`), 400)
  t.equal(await ask('', `Bearer ${good}`), 400)
  t.equal(await ask(`Bearer ${good}`, 'Bearer nothing'), 400)
})

t.test('a bad token is a 401 before any other error', async (t) => {
  const { call, statements } = await startApp(t)
  const json = (body: string) => ({ body, headers: { 'content-type': 'application/json' } })
  const requests: [string, string, object?][] = [
    ['POST', '/api/tasks', { body: {} }],
    ['POST', '/api/tasks', json('{"title":')],
    ['POST', '/api/tasks', json('{"__proto__":{}}')],
    ['POST', '/api/tasks', json(`{"title":"${'x'.repeat(70_000)}"}`)],
    [
      'POST',
      '/api/tasks',
      { body: 'title=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    ['POST', '/api/tasks', { body: Buffer.from([0xff]) }],
    ['GET', '/api/tasks?limit=0&status=nothing'],
    ['GET', '/api/tasks/0'],
    ['GET', '/api/tasks/abc'],
    ['GET', '/api/tasks/1'],
    ['GET', '/api/tasks/99999999999999999999999'],
    ['GET', '/api/tasks/summary?time_zone=Nowhere'],
    ['GET', '/api/somebody/tasks'],
    ['GET', '/api/somebody/tasks/abc'],
    ['PATCH', '/api/tasks/1/complete', { body: { completed: 'x' } }],
    ['DELETE', '/api/tasks/1'],
    ['DELETE', '/api/me'],
    ['GET', '/api/auth/me'],
    ['PUT', '/api/tasks', { body: {} }],
    ['TRACE', '/api/tasks'],
    ['POST', '/api/me'],
    ['HEAD', '/api/tasks'],
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/nothing'],
    ['POST', '/api/nothing/at/all', json('{')],
    ['GET', '/api/tasks/'],
    ['GET', '/%61pi/tasks'],
    ['GET', '/%61pi/nothing'],
    ['GET', '/api/%ZZ'],
    ['GET', '/%61pi/%ZZ'],
    ['GET', '/a%70%69/tasks/%'],
    ['PROPFIND', '/api/tasks'],
    ['QUERY', '/api/tasks'],
    ['GET', '/api/tasks/%'],
    ['GET', '/api/%E0%A4%A/tasks'],
    ['GET', `/api/${'x'.repeat(5000)}/tasks`],
    ['OPTIONS', '/api/tasks'],
  ]
  for (const [method, url, options] of requests) {
    const what = `${method} ${url.slice(0, 50)}`
    const [none, bad] = [
      await call(method, url, options),
      await call(method, url, { token: 'nothing', ...options }),
    ]
    if (method === 'OPTIONS') {
      t.same([none.status, none.text], [204, ''], 'a browser asks for leave without a token')
      continue
    }
    t.same([none.status, bad.status], [401, 401], what)
    if (method === 'HEAD') continue
    assertRefused(t, none, `${what} without a token`, 'token_missing')
    assertRefused(t, bad, `${what} with a bad token`)
  }
  const expired = withClaims({ exp: seconds(-1) })
  assertRefused(
    t,
    await call('POST', '/api/tasks', { token: expired, ...json('{') }),
    'expired',
    'token_expired',
  )
  t.same(statements, [])
})

t.test('with a token, the same paths answer with the other errors', async (t) => {
  const { call } = await startApp(t)
  const token = good
  const expected: [string, string, number][] = [
    ['GET', '/api', 404],
    ['GET', '/api/nothing', 404],
    ['GET', '/%61pi/nothing', 404],
    ['GET', '/api/%ZZ', 400],
    ['PUT', '/api/tasks', 405],
    ['GET', '/api/tasks/abc', 400],
    ['GET', '/api/somebody-else/tasks/abc', 403],
  ]
  for (const [method, url, status] of expected)
    t.equal((await call(method, url, { token })).status, status, `${method} ${url}`)
})

t.test('a refused call changes nothing', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  const forged = await signToken(
    { sub: user.id, email: 'forged@example.com', name: 'Forged' },
    'a secret of somebody else, long enough too',
  )
  for (const [method, url, body] of [
    ['PATCH', `/api/tasks/${task.id}`, { title: 'Forged' }],
    ['PATCH', `/api/tasks/${task.id}/complete`, {}],
    ['DELETE', `/api/tasks/${task.id}`],
    ['POST', '/api/tasks', { title: 'Forged' }],
    ['DELETE', '/api/me'],
  ] as const) {
    assertRefused(t, await app.call(method, url, { token: forged, body }), `${method} ${url}`)
  }
  const { body } = await app.call('GET', '/api/tasks', { user })
  t.same(body, [task])
  t.match((await app.call('GET', '/api/me', { user })).body, { email: user.email, name: 'Test User' })
})

t.test('a remembered token works on every route until it expires', async (t) => {
  const { call } = await startApp(t)
  const user = { ...(await createUser()), token: '' }
  const exp = seconds(3)
  user.token = await signToken({ sub: user.id, exp })
  for (const url of [
    '/api/me',
    '/api/auth/me',
    '/api/tasks',
    '/api/tasks',
    `/api/${user.id}/tasks`,
    '/api/tasks/summary',
  ]) {
    t.equal((await call('GET', url, { user })).status, 200, url)
  }
  await sleep(exp * 1000 - Date.now() + 50)
  for (const url of ['/api/me', '/api/tasks', '/api/nothing']) {
    assertRefused(t, await call('GET', url, { user }), url, 'token_expired')
  }
  assertRefused(
    t,
    await call('GET', '/api/tasks', { token: withClaims({ exp: -1 }) }),
    'a negative exp',
    'token_expired',
  )
})

t.test('JWT_ISSUER and JWT_AUDIENCE apply to HS256 tokens with these claims', async (t) => {
  const { call } = await startApp(t, {
    JWT_ISSUER: 'https://one.example, https://two.example',
    JWT_AUDIENCE: 'tasks',
  })
  const isTaken = async (claims: Json) =>
    (await call('GET', '/api/tasks', { token: withClaims(claims) })).status === 200
  const taken: Json[] = [
    {},
    { iss: 'https://one.example' },
    { iss: 'https://two.example', aud: 'tasks' },
    { aud: ['others', 'tasks'] },
  ]
  const refused: Json[] = [
    { iss: 'https://three.example' },
    { iss: 'https://one.example/', aud: 'tasks' },
    { iss: '' },
    { iss: null },
    { iss: 'https://one.example', aud: 'others' },
    { aud: [] },
    { aud: {} },
    { aud: null },
    { aud: 'Tasks' },
  ]
  for (const claims of taken) t.equal(await isTaken(claims), true, JSON.stringify(claims))
  for (const claims of refused) t.equal(await isTaken(claims), false, JSON.stringify(claims))
})

t.test('BETTER_AUTH_URL alone does not restrict the claims of HS256 tokens', async (t) => {
  const { call } = await startApp(t, { BETTER_AUTH_URL: 'http://localhost:3000' })
  t.equal(
    (await call('GET', '/api/tasks', { token: withClaims({ iss: 'my-app', aud: 'my-api' }) })).status,
    200,
  )
})

t.test('neither secrets nor tokens are logged', async (t) => {
  const { call, logLines } = await startApp(t)
  const user = await createUser()
  const bad = withClaims({ sub: { secretive: 'claim' } })
  await call('GET', `/api/tasks`, { user })
  await call('GET', `/api/nothing`, { user })
  await call('POST', `/api/tasks`, { user, body: '{' })
  await call('GET', `/api/tasks`, { token: bad })
  await call('GET', `/api/tasks`, { token: user.token.slice(0, -5) })
  const log = logLines.join('\n')
  t.match(log, '"status":401', 'there is a log')
  for (const part of [
    SECRET,
    ...user.token.split('.').slice(1),
    ...bad.split('.').slice(1),
    'secretive',
    user.token.slice(-40, -5),
  ]) {
    t.notOk(log.includes(part), part.slice(0, 20))
  }
})
