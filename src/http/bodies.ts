import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isUtf8 } from 'node:buffer'
import { problem } from './problem.ts'
import { unsupportedMediaType } from './problems.ts'

/** How bodies are read: JSON in UTF-8, without a content coding. */
export const bodies = fp(async (app) => {
  const parseJson = app.getDefaultJsonParser('remove', 'remove')
  app.removeAllContentTypeParsers()
  const types = ['application/json', 'application/merge-patch+json']
  app.addContentTypeParser(types, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // Front ends send the header with an empty body: that is a request without a body.
    if (body.length === 0) return done(null, undefined)
    const refusal = refusalOf(request, body)
    if (refusal) return done(refusal, undefined)
    return parseJson(request, body.toString(), done)
  })
  // Some clients name the type of a body that they do not have: `curl -X POST -d ''` that of a form.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
    body.length === 0 ? done(null, undefined) : done(unsupportedMediaType(), undefined),
  )
})

function refusalOf({ method, headers }: FastifyRequest, body: Buffer) {
  const { 'content-type': type = '' } = headers
  if (isEncoded(headers)) return unsupportedCoding()
  // A merge patch (RFC 7396) describes changes of a resource, so it cannot create one.
  if (method !== 'PATCH' && /^application\/merge-patch/i.test(type)) return unsupportedMediaType()
  return isUtf8(body) ? undefined : problem('malformed_json', { values: ['UTF-8'] })
}

const isEncoded = ({ 'content-encoding': coding = 'identity' }: FastifyRequest['headers']) =>
  coding.trim().toLowerCase() !== 'identity'

/** Accepts bodies of every type as a Buffer, in the scope of `app`: for files. */
export function acceptRawBodies(app: FastifyInstance) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, ({ headers }, body, done) =>
    isEncoded(headers) ? done(unsupportedCoding(), undefined) : done(null, body),
  )
}

/** RFC 9110, 12.5.3: the header names the codings that are accepted. */
const unsupportedCoding = () =>
  problem('unsupported_content_encoding', {
    headers: { 'accept-encoding': 'identity' },
  })
