import pino from 'pino'

const MAX_UNWRITTEN_BYTES = 1_000_000

const HEADERS = ['headers', 'req.headers', 'request.headers']
/**
 * Left out of every line. Nothing logs a request or its headers; should something ever do so, it tells no token, no
 * cookie, and no words that somebody searched for. The paths are exact because a wildcard slows down every line.
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
 * Standard output as the log's destination. Where nothing can be written (a terminal that is gone, a disk that
 * is full) lines are dropped: a service must not end, nor wait, because of its log.
 *
 * @param minLength bytes to gather before they are written at once; what is gathered is written twice a second.
 *   A service that is killed loses what it gathered, so this is 0 where somebody watches.
 */
export function createLogDestination(minLength: number) {
  const settings = { dest: 1, sync: true, minLength, maxLength: MAX_UNWRITTEN_BYTES, periodicFlush: 500 }
  const destination = pino.destination(settings)
  destination.on('error', () => {})
  return destination
}
