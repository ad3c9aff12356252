import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { goodClaims, type Json } from './forge.ts'

/** A key pair of an issuer: `jwk` is what it publishes. */
export type IssuerKey = Awaited<ReturnType<typeof createKey>>
export type Issuer = Awaited<ReturnType<typeof startIssuer>>

let made = 0

/** A fresh key. Its tokens carry its `kid` and a header and claims that are accepted, save for the changes. */
export async function createKey(alg: string, published: Json = {}) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const kid = `key-${++made}`
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg, ...published }
  return {
    kid,
    jwk,
    publicKey,
    privateKey,
    sign: (claims: Json, header: Json = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
  }
}

/** A server with a JWKS, on a port of its own, that can be anything but well. */
export async function startIssuer(t: Test, keys: readonly IssuerKey[] = []) {
  const publish: RequestListener = (_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: issuer.published }))
  }
  const server = createServer((request, response) => {
    issuer.fetches++
    issuer.answer(request, response)
  })
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  t.teardown(close)

  const issuer = {
    origin,
    url: `${origin}/api/auth/jwks`,
    /** How often the JWKS was asked for. */
    fetches: 0,
    published: keys.map(({ jwk }) => jwk) as unknown[],
    answer: publish,
    publish: (...others: IssuerKey[]) => {
      issuer.published = others.map(({ jwk }) => jwk)
      issuer.answer = publish
    },
    goDown: close,
    comeUp: () => listen(port),
    claims: (changes: Json = {}) => goodClaims({ iss: origin, aud: origin, ...changes }),
  }
  return issuer
}
