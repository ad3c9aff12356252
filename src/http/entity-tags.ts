import type { FastifyReply } from 'fastify'
import { Readable } from 'node:stream'

/* Entity tags in the headers of requests (RFC 9110, 8.8.3, 13.1.1 and 13.1.2). */

const TAG = '(W/)?"([\\x21\\x23-\\x7e\\x80-\\xff]*)"'

/** `*`, or a list of entity tags. Empty elements of the list are ignored (RFC 9110, 5.6.1.2). */
export const ENTITY_TAGS_PATTERN = `^[ \\t]*(\\*[ \\t]*|[ \\t,]*${TAG}([ \\t]*,[ \\t,]*${TAG})*[ \\t,]*)$`

const ENTITY_TAGS = new RegExp(ENTITY_TAGS_PATTERN)
const EACH_TAG = new RegExp(TAG, 'g')

export const isEntityTags = (header: string) => ENTITY_TAGS.test(header)

/** The header ETag of a resource with this tag. */
export const etagOf = (tag: string) => `"${tag}"`

const isAny = (header: string) => header.trim() === '*'

/**
 * The tags in If-Match, without quotes; undefined for `*` and for a request without the header. If-Match compares
 * strongly: a weak tag matches nothing, so it is left out.
 */
export function parseIfMatch(header: string | undefined): string[] | undefined {
  if (header === undefined || isAny(header)) return undefined
  return [...header.matchAll(EACH_TAG)].flatMap(([, weak, tag]) => (weak === undefined ? [tag!] : []))
}

/** Whether If-None-Match names the tag, so that the client has this version. It compares weakly. */
export function matchesIfNoneMatch(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  return isAny(header) || [...header.matchAll(EACH_TAG)].some(([, , known]) => known === tag)
}

/**
 * Answers with a 304. For HEAD with an empty stream: Fastify would send Content-Length: 0, which is not the length of the
 * answer to GET (RFC 9110, 8.6).
 */
export const sendNotModified = (reply: FastifyReply) =>
  reply.code(304).send(reply.request.method === 'HEAD' ? Readable.from([]) : undefined)
