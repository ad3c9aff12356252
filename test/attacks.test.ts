import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import {
  createTask,
  createUser,
  resolveUrl,
  SECRET,
  signToken,
  startApp,
  type TestApp,
} from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { assertRefused, forge, goodClaims, HS256, hmac, type Json, seconds } from './helpers/forge.ts'
import { createKey, startIssuer } from './helpers/issuer.ts'
import { answersIn, startRaw } from './helpers/raw.ts'

/* Attacks as tables of cases; what other files already attack is not repeated here. */

const SQL = [
  "' OR '1'='1",
  "'; DROP TABLE tasks; --",
  "') RETURNING *; --",
  '1; SELECT pg_sleep(9)',
  '" OR ""="',
  "\\'; DELETE FROM users; --",
  '$1 $2 ${1} :id ? %s',
  "' UNION SELECT id, email FROM users --",
  'E\\x27 OR 1=1',
  "0x27 || (SELECT version()) || '",
  '/* */ -- \n ;',
]

/** A title takes no line break. */
const oneLine = (text: string) => text.replace(/\s/g, ' ')

t.test('SQL in a text field is stored as text', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const text of SQL) {
    const made = await createTask(app, user, { title: oneLine(text), description: text })
    const { body } = await app.call('PATCH', `/api/tasks/${made.id}`, {
      user,
      body: { description: `${text}!` },
    })
    t.match([body.title, body.description], [oneLine(text).trim(), `${text}!`], text)
  }
  t.equal(
    (await app.call('GET', '/api/tasks?sort=title&count=true', { user })).headers['x-total-count'],
    String(SQL.length),
  )
})

t.test('SQL in a user id, an e-mail address or a name is stored as text', async (t) => {
  const app = await startApp(t)
  for (const text of SQL.map(oneLine)) {
    const id = `${text} ${Math.random()}`
    const user = {
      id,
      email: `${id}@example.com`,
      token: await signToken({ sub: id, email: `${id}@example.com`, name: text }),
    }
    t.match((await app.call('GET', '/api/me', { user })).body, { id, email: user.email, name: text }, text)
    const mount = `/api/${encodeURIComponent(id)}/tasks`
    const created = await app.call('POST', mount, { user, body: { title: text } })
    t.equal(created.body.user_id, id)
    const url = resolveUrl(created.headers.location!, mount)
    t.equal((await app.call('GET', url, { user })).body.title, text.trim())
  }
})

t.test('SQL in a parameter is a 400 and reaches no statement', async (t) => {
  const { call, statements } = await startApp(t)
  const user = await createUser()
  await call('GET', '/api/me', { user })
  const before = statements.length
  const parameters = [
    'status',
    'sort',
    'order',
    'limit',
    'offset',
    'cursor',
    'due_from',
    'due_before',
    'time_zone',
    'overdue',
    'count',
  ]
  for (const text of SQL.map(encodeURIComponent)) {
    for (const name of parameters)
      t.equal(
        (await call('GET', `/api/tasks?limit=5&${name}=${text}`, { user })).status,
        400,
        `${name}=${text}`,
      )
    t.equal((await call('GET', `/api/tasks/summary?time_zone=${text}`, { user })).status, 400)
    t.equal((await call('GET', `/api/tasks/${text}`, { user })).status, 400)
    t.equal((await call('GET', `/api/${text}/tasks`, { user })).status, 403)
  }
  t.equal(statements.length, before)
})

t.test('a key id is only compared, never used as a path or in SQL', async (t) => {
  const key = await createKey('ES256')
  const issuer = await startIssuer(t, [key])
  const app = await startApp(t, { BETTER_AUTH_URL: issuer.origin, JWKS_COOLDOWN_S: '3600' })
  const token = (header: Json) => key.sign(issuer.claims(), header)
  t.equal((await app.call('GET', '/api/me', { token: await token({}) })).status, 200)
  const kids: unknown[] = [
    '../../../../dev/null',
    '/proc/self/environ',
    'file:///etc/passwd',
    `${issuer.url}?x`,
    "' UNION SELECT 'key' --",
    `${key.kid}\u0000`,
    `${key.kid} `,
    key.kid.toUpperCase(),
    '__proto__',
    'constructor',
    '',
    'k'.repeat(3000),
    '| touch /tmp/x',
    '${jndi:ldap://127.0.0.1/x}',
  ]
  for (const kid of kids)
    assertRefused(
      t,
      await app.call('GET', '/api/me', { token: await token({ kid }) }),
      String(kid).slice(0, 40),
    )
  for (const kid of [{ toString: 'x' }, [key.kid], 1, true, null]) {
    const [, payload, signature] = (await token({})).split('.') as [string, string, string]
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid })).toString('base64url')
    const forged = `${header}.${payload}.${signature}`
    assertRefused(t, await app.call('GET', '/api/me', { token: forged }), JSON.stringify(kid))
  }
  t.equal(issuer.fetches, 1, 'within the cooldown no key id causes another fetch')
})

t.test('a key or a key URL in the header of a token is ignored', async (t) => {
  const [key, foreign] = [await createKey('ES256'), await createKey('ES256')]
  const issuer = await startIssuer(t, [key])
  const elsewhere = await startIssuer(t, [foreign])
  const app = await startApp(t, { BETTER_AUTH_URL: issuer.origin, JWKS_COOLDOWN_S: '1' })
  const headers: Json[] = [
    { jku: elsewhere.url },
    { jku: elsewhere.url, kid: key.kid },
    { x5u: elsewhere.url },
    { jwk: foreign.jwk },
    { jwk: foreign.jwk, kid: key.kid },
    { x5c: ['MIIB'], x5t: 'x' },
    { iss: elsewhere.origin, url: elsewhere.url },
  ]
  for (const header of headers) {
    const asymmetric = await foreign.sign(issuer.claims(), header)
    assertRefused(t, await app.call('GET', '/api/me', { token: asymmetric }), JSON.stringify(header))
    const symmetric = forge(
      { ...HS256, ...header },
      goodClaims(),
      hmac('a secret of somebody else, long enough too'),
    )
    assertRefused(t, await app.call('GET', '/api/me', { token: symmetric }), JSON.stringify(header))
  }
  t.equal(elsewhere.fetches, 0, 'the URL in the token was not requested')
})

t.test('very large or deep claims cause no fault and change no prototype', async (t) => {
  const { call } = await startApp(t)
  const nested = `${'['.repeat(2500)}${']'.repeat(2500)}`
  const payload = (more: string) => `{"sub":"somebody","exp":${seconds(600)},${more}}`
  const taken = [
    `"nested":${nested}`,
    `"long":"${'x'.repeat(5000)}"`,
    `"many":${JSON.stringify(Array.from({ length: 1000 }, (_, index) => index))}`,
    '"__proto__":{"isAdmin":true,"sub":"root"}',
    '"constructor":{"prototype":{"isAdmin":true}}',
    '"number":1e999',
    '"sub":"somebody","sub":"somebody"',
  ]
  for (const more of taken) {
    const { status, body } = await call('GET', '/api/me', { token: forge(HS256, payload(more)) })
    t.match([status, body.id], [200, 'somebody'], more.slice(0, 40))
  }
  for (const more of [`"iss":${nested}`, `"aud":${nested}`])
    t.ok((await call('GET', '/api/me', { token: forge(HS256, payload(more)) })).status < 500)
  const tooDeep = forge(HS256, payload(`"nested":${'['.repeat(50_000)}${']'.repeat(50_000)}`))
  assertRefused(t, await call('GET', '/api/me', { token: tooDeep }), '100 kB')
  const claimsNobody = forge(HS256, `{"__proto__":{"sub":"root"},"exp":${seconds(600)}}`)
  assertRefused(t, await call('GET', '/api/me', { token: claimsNobody }), 'an identity by prototype')
  t.same(Object.keys(Object.prototype), [])
  t.notOk(({} as Json).isAdmin)
})

t.test('if a token has a claim twice, the last one counts for every user', async (t) => {
  const { call } = await startApp(t)
  const exp = seconds(600)
  const expired = forge(HS256, `{"sub":"somebody","exp":${exp},"exp":1}`)
  assertRefused(t, await call('GET', '/api/me', { token: expired }), 'exp', 'token_expired')
  const other = await call('GET', '/api/me', {
    token: forge(HS256, `{"sub":"one","sub":"two","exp":${exp}}`),
  })
  t.equal(other.body.id, 'two')
})

t.test('a token may begin up to 30 seconds in the future, but has no tolerance at its end', async (t) => {
  const { call } = await startApp(t)
  const answer = (claims: Json) => call('GET', '/api/me', { token: forge(HS256, goodClaims(claims)) })
  for (const claim of ['nbf', 'iat']) {
    t.equal((await answer({ [claim]: seconds(25) })).status, 200, `${claim} a little ahead`)
    assertRefused(t, await answer({ [claim]: seconds(45) }), `${claim} too far ahead`)
    t.equal((await answer({ [claim]: 0 })).status, 200, `${claim} long ago`)
    t.equal((await answer({ [claim]: -1e15 })).status, 200, `${claim} before all dates`)
  }
  for (const exp of [seconds(0) - 1, 1, 0, -1])
    assertRefused(t, await answer({ exp }), `exp ${exp}`, 'token_expired')
  t.equal((await answer({ exp: seconds(10) + 0.5 })).status, 200, 'a fraction of a second')
})

t.test('a token that was valid is refused by every copy of the service after it has expired', async (t) => {
  const first = await startApp(t)
  const user = await createUser()
  const exp = seconds(2)
  const token = await signToken({ sub: user.id, exp })
  t.equal((await first.call('GET', '/api/tasks', { token })).status, 200)
  while (Date.now() < exp * 1000 + 10) await new Promise((resolve) => setTimeout(resolve, 20))
  const second = await startApp(t)
  for (const { call } of [first, second, first])
    assertRefused(
      t,
      await call('POST', '/api/tasks', { token, body: { title: 'x' } }),
      'replayed',
      'token_expired',
    )
})

t.test(
  'the answers for a foreign task and for a missing one have the same bytes, on every copy of the service',
  async (t) => {
    const app = await startApp(t)
    const [alice, mallory] = [await createUser(), await createUser()]
    const { id } = await createTask(app, alice, { title: 'secret' })
    const essence = (text: string) => text.replace(/"request_id":"[^"]+"/, '')
    for (const token of [undefined, 'bad', mallory.token]) {
      const ask = (id: number) => app.call('GET', `/api/tasks/${id}`, { token })
      const [foreign, missing] = [await ask(id), await ask(Number.MAX_SAFE_INTEGER)]
      t.equal(foreign.status, missing.status)
      t.equal(essence(foreign.text), essence(missing.text))
      t.same(Object.keys(foreign.headers), Object.keys(missing.headers))
      t.equal(foreign.headers['content-length'], missing.headers['content-length'])
    }
  },
)

t.test(
  'a foreign task and a missing one cost the same statements, so timing does not reveal the difference',
  async (t) => {
    const app = await startApp(t)
    const [alice, mallory] = [await createUser(), await createUser()]
    const { id } = await createTask(app, alice, { title: 'secret' })
    await app.call('GET', '/api/me', { user: mallory })
    // Where a task is completed, a second statement looks whether it repeats.
    for (const [count, method, suffix, body] of [
      [1, 'GET', ''],
      [1, 'PUT', '', { title: 'x' }],
      [1, 'PUT', '', {}],
      [2, 'PATCH', '', { completed: true }],
      [1, 'DELETE', ''],
      [2, 'PATCH', '/complete'],
      [2, 'PATCH', '/complete', { completed: true }],
      [1, 'POST', '/skip'],
    ] as [number, string, string, object?][]) {
      const costOf = async (id: number) => {
        const before = app.statements.length
        const { status } = await app.call(method, `/api/tasks/${id}${suffix}`, { user: mallory, body })
        t.equal(status, 404)
        const isId = (value: unknown) => [String(id), `{${id}}`].includes(String(value))
        const values = app.values
          .slice(before)
          .map((all) => all?.map((value) => (isId(value) ? 'id' : value)))
        return { statements: app.statements.slice(before), values }
      }
      const [foreign, missing] = [await costOf(id), await costOf(999_999_999_999)]
      t.equal(foreign.statements.length, count, `${method} ${suffix}`)
      t.same(foreign, missing, `${method} ${suffix}`)
    }
  },
)

t.test('__proto__ and the like in a body, a query or a path change no prototype', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  const before = Object.getOwnPropertyNames(Object.prototype)
  const bodies = [
    '{"title":"x","__proto__":{"polluted":1}}',
    '{"title":"x","constructor":{"prototype":{"polluted":1}}}',
    '{"title":"x","a":{"__proto__":{"polluted":1}},"b":[{"__proto__":{"polluted":1}}]}',
    '{"title":"x","\\u005f\\u005fproto__":{"polluted":1}}',
    '{"title":"x","__proto__":null,"constructor":null}',
    '{"title":"x","__proto__":[],"__defineGetter__":{},"hasOwnProperty":1}',
  ]
  for (const body of bodies) t.equal((await call('POST', '/api/tasks', { user, body })).status, 201, body)
  for (const search of [
    '__proto__[polluted]=1',
    '__proto__.polluted=1',
    '__proto__=1&__proto__=2',
    'constructor[prototype][polluted]=1',
    'constructor.prototype.polluted=1',
    'hasOwnProperty=1&toString=1&valueOf=1',
  ])
    t.equal((await call('GET', `/api/tasks?${search}`, { user })).status, 200, search)
  for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
    t.equal((await call('GET', `/api/tasks/${name}`, { user })).status, 400)
    t.equal((await call('GET', `/api/${name}/tasks`, { user })).status, 403)
    t.equal((await call('GET', `/api/${name}`, { user })).status, 404)
  }
  t.same(Object.getOwnPropertyNames(Object.prototype), before)
  t.notOk(({} as Json).polluted)
})

t.test('the path of a user reaches the service whatever the user id is', async (t) => {
  const app = await startApp(t)
  const random = () => Math.random().toString(36).slice(2)
  const ids = [
    '//evil.example',
    '..',
    '../../admin',
    'a>; rel="next", <https://evil.example',
    'a?b#c',
    'x" y',
    '%2e%2e',
    '\\evil',
    'ü😀',
    'a;b,c',
  ]
  for (const name of ids) {
    const user = await createUser(`${name}${name === '..' ? '' : random()}`)
    const mount = `/api/${encodeURIComponent(user.id)}/tasks`
    const ask = (method: 'GET' | 'POST', url: string) =>
      app.app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${user.token}` },
        ...(method === 'POST' && { payload: { title: 'x' } }),
      })
    if (name === '..') {
      t.equal(
        (await ask('POST', '/api/%2e%2e/tasks')).statusCode,
        404,
        'clients resolve such a path themselves',
      )
      continue
    }
    const { headers, statusCode } = await ask('POST', mount)
    await ask('POST', mount)
    t.equal(statusCode, 201, name)
    t.match(headers.location, /^tasks\/\d+$/, name)
    const { link } = (await ask('GET', `${mount}?limit=1`)).headers
    t.match(link, /^<\?limit=1&cursor=[\w-]+>; rel="next"$/, name)
  }
})

t.test('Host and forwarding headers appear in no answer, even through a trusted proxy', async (t) => {
  for (const settings of [{}, { TRUST_PROXY: '1' }, { TRUST_PROXY: 'true' }])
    await assertUnnamed(t, await startApp(t, settings))
})

async function assertUnnamed(t: Test, app: TestApp) {
  const user = await createUser()
  const evil = 'evil.example'
  const headers = {
    host: evil,
    'x-forwarded-host': evil,
    'x-forwarded-proto': `https://${evil}`,
    'x-forwarded-prefix': `//${evil}`,
    'x-original-url': `//${evil}`,
    'x-rewrite-url': `//${evil}`,
    forwarded: `host=${evil}`,
    referer: `https://${evil}`,
  }
  for (let count = 0; count < 2; count += 1) {
    const created = await app.call('POST', `/api/tasks?next=//${evil}`, {
      user,
      headers,
      body: { title: 'x' },
    })
    t.match(created.headers.location, /^tasks\/\d+$/)
  }
  for (const url of ['/api/tasks?limit=1', '/api/nothing', '/', '/docs', '/docs/', '/openapi.json']) {
    const answer = await app.call('GET', url, { user, headers })
    t.notMatch(answer.text + JSON.stringify(answer.headers), evil, url)
  }
  const { exchange } = await startRaw(t, app)
  for (const path of [
    `//${evil}`,
    `//${evil}/%2f..`,
    `/\\${evil}`,
    `///${evil}//`,
    `http://${evil}//docs`,
    `/docs/..//${evil}`,
    `/docs//${evil}`,
  ]) {
    const received = await exchange(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    t.notMatch(received, evil, path)
    t.notMatch(received, /^location: (?!\.?\/(?!\/))/im, path)
  }
}

t.test('an origin that only resembles an allowed one is not allowed', async (t) => {
  const { call } = await startApp(t, { CORS_ORIGINS: 'https://app.example.com' })
  const origins = [
    'null',
    '*',
    '',
    'https://evil.example',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://evil.example/https://app.example.com',
    'https://app.example.com@evil.example',
    'https://app.example.com:444',
    'https://app.example.com/',
    'https://APP.example.com',
    'http://app.example.com',
    'https://appxexample.com',
    'https://sub.app.example.com',
    'https://app.example.co',
    ' https://app.example.com',
    'https://app.example.com, https://evil.example',
    'file://',
    'https://app.example.com\u0000.evil.example',
  ]
  const asked = {
    'access-control-request-method': 'DELETE',
    'access-control-request-headers': 'authorization',
  }
  for (const origin of origins) {
    for (const [method, headers] of [
      ['GET', { origin }],
      ['OPTIONS', { origin, ...asked }],
    ] as const) {
      const allowed = (await call(method, '/api/tasks', { headers })).headers['access-control-allow-origin']
      t.equal(allowed, undefined, `${method} from "${origin}"`)
    }
  }
})

t.test('a request header cannot add a header to the answer', async (t) => {
  const { call } = await startApp(t, { CORS_ORIGINS: 'https://app.example.com' })
  const user = await createUser()
  const injected = 'x\r\nset-cookie: a=b'
  for (const name of [
    'x-request-id',
    'origin',
    'accept',
    'user-agent',
    'access-control-request-headers',
    'if-none-match',
  ]) {
    const answer = await call('GET', '/api/tasks', { user, headers: { [name]: injected } })
    t.notOk(answer.headers['set-cookie'])
    t.notMatch(JSON.stringify(answer.headers), 'set-cookie', name)
  }
  const encoded = await call('GET', '/api/tasks%0d%0aset-cookie:%20a=b?limit=1%0d%0aset-cookie:a=b', { user })
  t.notOk(encoded.headers['set-cookie'])
})

/** Ends of a request for the answers to which another request, hidden behind it, would be taken. */
const body = '{"title":"smuggled"}'
const length = `content-length: ${body.length}\r\n`
const chunked = 'transfer-encoding: chunked\r\n'
const size = body.length.toString(16)
const chunks = `${size}\r\n${body}\r\n0\r\n\r\n`
const AMBIGUOUS: Record<string, [headers: string, body: string]> = {
  'a length before chunks': [`${length}${chunked}`, chunks],
  'a length behind chunks': [`${chunked}${length}`, chunks],
  'two lengths': [`${length}content-length: 0\r\n`, body],
  'the same length twice': [`${length}${length}`, body],
  'a list of lengths': [`content-length: ${body.length}, ${body.length}\r\n`, body],
  'a length with a plus': [`content-length: +${body.length}\r\n`, body],
  'a negative length': ['content-length: -1\r\n', body],
  'a length in hexadecimal': [`content-length: 0x${size}\r\n`, body],
  'a length of two numbers': ['content-length: 2 0\r\n', body],
  'a length without a number': ['content-length: \r\n', body],
  'a length beyond all numbers': ['content-length: 99999999999999999999999\r\n', body],
  'an unknown coding': ['transfer-encoding: xchunked\r\n', chunks],
  'chunks that are not the last coding': ['transfer-encoding: chunked, identity\r\n', chunks],
  'chunks twice': [`${chunked}${chunked}`, chunks],
  'chunks and then another coding': [`${chunked}transfer-encoding: x\r\n`, chunks],
  'no coding at all': ['transfer-encoding: identity\r\n', body],
  'a coding in quotes': ['transfer-encoding: "chunked"\r\n', chunks],
  'a vertical tab before the coding': ['transfer-encoding: \x0bchunked\r\n', chunks],
  'a tab behind the coding': ['transfer-encoding: chunked\t\r\n', chunks],
  'a NUL behind the coding': ['transfer-encoding: chunked\0\r\n', chunks],
  'a space before the colon': ['transfer-encoding : chunked\r\n', chunks],
  'a tab before the colon': ['transfer-encoding\t: chunked\r\n', chunks],
  'a space before the colon of a length': [`content-length : ${body.length}\r\n`, body],
  'a coding on a folded line': ['transfer-encoding:\r\n chunked\r\n', chunks],
  'a header on a folded line': [`x: a\r\n b\r\n${length}`, body],
  'a header behind a bare line feed': [`x: y\n${chunked}`, chunks],
  'a header behind a bare carriage return': [`x: y\r${chunked}`, chunks],
  'a NUL in a header': [`x: a\0b\r\n${length}`, body],
  'a header without a name': [`: a\r\n${length}`, body],
  'a chunk size with 0x': [chunked, `0x${chunks}`],
  'a chunk size with a plus': [chunked, `+${chunks}`],
  'a negative chunk size': [chunked, `-1\r\n${body}\r\n0\r\n\r\n`],
  'a chunk size beyond all numbers': [chunked, `ffffffffffffffff${chunks}`],
  'a space before a chunk size': [chunked, ` ${chunks}`],
  'a space behind a chunk size': [chunked, chunks.replace('\r\n', ' \r\n')],
  'no chunk size': [chunked, `\r\n${body}\r\n0\r\n\r\n`],
  'a bare line feed behind a chunk size': [chunked, chunks.replace('\r\n', '\n')],
  'a bare line feed in a chunk extension': [chunked, chunks.replace('\r\n', ';a\nb\r\n')],
  'a chunk that is longer than its size': [chunked, chunks.replace(body, `${body}0`)],
  'a length in a trailer': [chunked, chunks.replace('0\r\n', '0\r\ncontent-length: 5\r\n')],
}

t.test('an ambiguous request is a 400, and the bytes after it get no answer', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { exchange } = await startRaw(t, app)
  const hidden = `GET /api/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${user.token}\r\n\r\n`
  const start = `POST /api/tasks HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${user.token}\r\n`
  const requests = Object.entries(AMBIGUOUS).map(
    ([what, [headers, body]]) => [what, `${start}${headers}\r\n${body}`] as const,
  )
  const lineFeeds = `${start}${length}\r\n${body}`.replaceAll('\r\n', '\n')
  for (const [what, request] of [...requests, ['bare line feeds', lineFeeds] as const]) {
    const answers = answersIn(await exchange(request + hidden))
    t.same(
      answers.map(({ status }) => status),
      [400],
      what,
    )
    t.match(answers[0]!.head, /\r\nconnection: close/i, what)
    t.match(JSON.parse(answers[0]!.body), { code: 'bad_request', status: 400 }, what)
  }
  t.same((await app.call('GET', '/api/tasks', { user })).body, [], 'nothing was created')
})

t.test('two Authorization headers are a 400, whichever of them is valid', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { exchange } = await startRaw(t, app)
  const good = `Bearer ${user.token}`
  for (const [first, second] of [
    [good, good],
    [good, 'Bearer x'],
    ['Bearer x', good],
    ['', good],
    ['Basic eDp4', good],
  ] as const) {
    const headers = `authorization: ${first}\r\nx: y\r\nAuthorization: ${second}\r\n`
    const [answer] = answersIn(
      await exchange(`GET /api/tasks HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`),
    )
    t.match([answer!.status, JSON.parse(answer!.body)], [400, { code: 'duplicate_token' }], first)
  }
})

t.test('several requests in one packet are answered one by one', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { exchange } = await startRaw(t, app)
  const headers = `host: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${user.token}\r\n`
  const post = `POST /api/tasks HTTP/1.1\r\n${headers}`
  const received = await exchange(
    `${post}${length}\r\n${body}${post}${chunked}\r\n${chunks}GET /api/tasks HTTP/1.1\r\n${headers}connection: close\r\n\r\n`,
  )
  t.same(
    answersIn(received).map(({ status }) => status),
    [201, 201, 200],
  )
})

t.test('invalid bytes after a request do not change its answer', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await app.call('GET', '/api/me', { user })
  await query(
    databaseUrl(),
    "INSERT INTO tasks (user_id, title, description) SELECT $1, 'x', repeat('x', 1000) FROM generate_series(1, 15000)",
    [user.id],
  )
  const { port } = await startRaw(t, app)
  const received = await new Promise<string>((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET /api/tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${user.token}\r\n\r\n`)
    // The list is longer than the buffers: it cannot end before the client reads it.
    socket.once('readable', () => {
      socket.write('nonsense\r\n\r\n')
      app.app.server.once('clientError', () =>
        socket.setEncoding('latin1').on('data', (part: string) => (text += part)),
      )
    })
    socket.on('error', () => {}).on('close', () => resolve(text))
  })
  t.same(
    answersIn(received).map(({ status }) => status),
    [200],
  )
  t.notMatch(received.slice(-300), 'bad_request')
})

t.test('a client that disconnects while sending its body does not count as a database fault', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { port } = await startRaw(t, app)
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `POST /api/tasks HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 100\r\n` +
      `content-type: application/json\r\nauthorization: Bearer ${user.token}\r\n\r\n{`,
  )
  // The service asks for the body: it has begun to read.
  await once(socket, 'data')
  socket.destroy()
  await eventually(async () => (await countConnections(app)) === 0)
  await app.call('GET', '/api/tasks', { user })
  t.notMatch(app.logLines.join(''), /database_unavailable|"level":[456]0/)
})

const countConnections = ({ app }: TestApp) =>
  new Promise<number>((resolve) => app.server.getConnections((_, count) => resolve(count)))

t.test('every line of the log is one JSON object, whatever a request contains', async (t) => {
  const app = await startApp(t)
  const evil = [
    '\n{"level":60,"msg":"forged"}\n',
    '\r\n[INFO] forged',
    '\u001b[31mforged\u001b[0m',
    '","msg":"forged","x":"',
    '\u2028forged',
    '${jndi:ldap://127.0.0.1/forged}',
    '%0a%0dforged',
    '\u0000forged',
  ]
  for (const text of evil) {
    const user = await createUser(`forged ${text.replace(/\p{Cc}/gu, '')}`)
    const token = await signToken({ sub: user.id, email: `${text}@example.com`, name: text })
    const headers = {
      'x-request-id': text,
      'user-agent': text,
      referer: text,
      'x-forwarded-for': text,
      host: 'x',
      cookie: text,
    }
    await app.call('GET', `/api/tasks?forged=${encodeURIComponent(text)}`, { token, headers })
    await app.call('GET', `/api/${encodeURIComponent(text)}/tasks`, { token, headers })
    await app.call('GET', `/${encodeURIComponent(text)}`, { headers })
    await app.call('POST', '/api/tasks', { token, headers, body: text })
    await app.call('POST', '/api/tasks', { token, headers, body: { title: `x${text}`.replace('\0', '') } })
  }
  t.ok(app.logLines.length >= evil.length * 5)
  for (const line of app.logLines) {
    t.equal(line.indexOf('\n'), line.length - 1)
    t.notMatch(line.slice(0, -1), /\p{Cc}/u, 'no control character stands in it as it is')
    const parsed = JSON.parse(line) as Json
    t.not(parsed.msg, 'forged')
    t.equal(line.split('"msg":').length, 2)
  }
})

t.test('X-Forwarded-For is ignored without a trusted proxy', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_MAX: '3' })
  const user = await createUser()
  const statuses = []
  for (let count = 0; count < 5; count += 1) {
    const claimed = `203.0.113.${count}`
    const headers = {
      'x-forwarded-for': claimed,
      'x-real-ip': claimed,
      forwarded: `for=${claimed}`,
      'cf-connecting-ip': claimed,
    }
    statuses.push((await app.call('GET', '/api/tasks', { user, headers })).status)
  }
  t.same(statuses, [200, 200, 200, 429, 429])
  t.notMatch(app.logLines.join(''), '203.0.113.')
})

t.test('the docs page runs its own scripts only', async (t) => {
  const { call } = await startApp(t)
  const { headers, text } = await call('GET', '/docs/')
  const policy = Object.fromEntries(
    headers['content-security-policy']!.split(';').map((part) => part.trim().split(/ (.*)/)),
  ) as Record<string, string>
  t.match(policy, { 'default-src': "'none'", 'script-src': "'self'", 'frame-ancestors': "'none'" })
  t.notMatch(JSON.stringify(policy), /unsafe|https?:|\*/, 'nothing inline, and nothing from elsewhere')
  t.notOk('upgrade-insecure-requests' in policy, 'the page also works over plain HTTP')
  t.notMatch(text, /<script(?![^>]*\ssrc=)|<style|\son\w+=/i, 'so it may have nothing inline')
  const used = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => new URL(url!, 'http://x/docs/'))
  t.ok(used.length >= 5)
  for (const { origin, pathname } of used) {
    t.equal(origin, 'http://x')
    t.equal((await call('GET', pathname)).status, 200, pathname)
  }
})

t.test('the check of the log finds what must not be logged', async (t) => {
  const { findSecrets } = await import('./helpers/secrets.ts')
  const token = await signToken({ sub: 'somebody' })
  const url = 'postgresql://postgres:a-long-password@127.0.0.1/x'
  for (const line of [
    `{"a":"${SECRET}"}`,
    `{"a":"${token}"}`,
    '{"a":"a-long-password"}',
    '{"headers":{"Authorization":"x"}}',
  ])
    t.equal(findSecrets([line], url).length, 1, line.slice(0, 20))
  t.same(findSecrets(['{"msg":"request"}', '{"url":"postgresql://127.0.0.1"}'], url), [])
})
