/**
 * The cursor of the next page, from a Link header (RFC 8288). Only the cursor is used: behind a proxy the service may
 * not know the path that leads to it, and a token must never go to another host.
 *
 * @param {string | null} header
 * @param {string} url of the answer; relative references are resolved against it (RFC 3986)
 */
export function nextCursor(header, url) {
  for (const [, reference, parameters] of (header ?? '').matchAll(/<([^>]*)>((?:[^,"]|"[^"]*")*)/g)) {
    const [, rel] = /^(?:;[^;"]*(?:"[^"]*")?)*?;\s*rel\s*=\s*("[^"]*"|[^\s;]+)/i.exec(parameters ?? '') ?? []
    if (/(^|[\s"])next($|[\s"])/i.test(rel ?? '')) return cursorIn(reference ?? '', url)
  }
  return undefined
}

/**
 * @param {string} reference
 * @param {string} base
 */
function cursorIn(reference, base) {
  try {
    return new URL(reference, base).searchParams.get('cursor') ?? undefined
  } catch {
    return undefined
  }
}
