import pino from 'pino'

const MAX_UNWRITTEN_BYTES = 1_000_000

const HEADERS = ['headers', 'req.headers', 'request.headers']
/**
 * Fields that are removed from every line. No code logs a request or its headers today. If code ever does, tokens,
 * cookies and search words are removed. The paths are exact because a wildcard would slow down every line.
 */
export const redact = {
  paths: [
    ...HEADERS.flatMap((headers) => [`${headers}.authorization`, `${headers}.cookie`]),
    'req.url',
    'request.url',
  ],
  remove: true,
}

/**
 * Standard output as the log's destination. If it cannot be written (a closed terminal, a full disk), lines are
 * dropped: the service must neither end nor wait because of its log.
 *
 * @param minLength bytes to buffer before a write; the buffer is also written twice a second. A service that is killed
 *   loses its buffer, so this is 0 in development.
 */
export function createLogDestination(minLength: number) {
  const settings = { dest: 1, sync: true, minLength, maxLength: MAX_UNWRITTEN_BYTES, periodicFlush: 500 }
  const destination = pino.destination(settings)
  destination.on('error', () => {})
  return destination
}
