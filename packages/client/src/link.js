/**
 * The cursor of the next page, from a Link header (RFC 8288). Only the cursor: the path that the service knows may
 * not be the one that leads to it through a proxy, and a token must not follow a URL to elsewhere.
 *
 * @param {string | null} header
 */
export function nextCursor(header) {
  for (const [, url, parameters] of (header ?? '').matchAll(/<([^>]*)>((?:[^,"]|"[^"]*")*)/g)) {
    const [, rel] = /^(?:;[^;"]*(?:"[^"]*")?)*?;\s*rel\s*=\s*("[^"]*"|[^\s;]+)/i.exec(parameters ?? '') ?? []
    if (/(^|[\s"])next($|[\s"])/i.test(rel ?? '')) return cursorIn(url)
  }
  return undefined
}

/** @param {string | undefined} url */
const cursorIn = (url = '') => new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('cursor') ?? undefined
