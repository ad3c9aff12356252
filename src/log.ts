import pino from 'pino'

const MAX_UNWRITTEN_BYTES = 1_000_000

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
