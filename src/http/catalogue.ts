interface ErrorEntry {
  status: number
  /** When the code occurs, and what a client can do. The OpenAPI document shows this text. */
  when: string
  /** The sentence that clients get. The document's example calls a function without arguments: its defaults apply. */
  detail: string | ((...values: never[]) => string)
  /** The error can occur anywhere: the document lists it once, not in the responses of each operation. */
  isGeneral?: true
}

/** Every error that a client can get, by its `code`. Answers and the OpenAPI document both come from here. */
export const ERRORS = {
  validation_failed: {
    status: 400,
    when: 'A value is missing or not allowed; errors lists each mistake',
    detail: (mistake = 'title is required') => `${mistake}.`,
  },
  malformed_json: {
    status: 400,
    when: 'The body cannot be parsed',
    detail: (format = 'JSON') => `The body is not valid ${format}.`,
  },
  bad_content_length: {
    status: 400,
    when: 'The body is shorter or longer than announced',
    detail: 'The length of the body differs from the Content-Length header.',
  },
  bad_url: {
    status: 400,
    when: 'The path or the query cannot be decoded',
    detail: 'The URL is not properly percent-encoded.',
  },
  bad_host: {
    status: 400,
    when: 'The Host header is missing or occurs more than once',
    detail: 'The request must have exactly one Host header.',
    isGeneral: true,
  },
  bad_request: {
    status: 400,
    when: 'The request breaks the HTTP protocol',
    detail: 'This is not a valid HTTP request.',
    isGeneral: true,
  },
  duplicate_token: {
    status: 400,
    when: 'The Authorization header occurs more than once',
    detail: 'The request has more than one Authorization header.',
  },
  token_missing: {
    status: 401,
    when: 'The request has no bearer token',
    detail: 'This call needs the header Authorization: Bearer <token>.',
  },
  token_invalid: {
    status: 401,
    when: 'The token is malformed, has a wrong signature or was not issued for this service',
    detail: 'The token is not valid.',
  },
  token_expired: {
    status: 401,
    when: 'The token has expired; nothing was done. Get a new token and repeat the request',
    detail: 'The token has expired.',
  },
  metrics_token_missing: {
    status: 401,
    when: 'The request for the metrics does not have the token of METRICS_TOKEN',
    detail: 'The metrics need the header Authorization: Bearer <METRICS_TOKEN>.',
    isGeneral: true,
  },
  wrong_user: {
    status: 403,
    when: 'The user id in the path differs from the user id in the token, whether or not that user exists',
    detail: 'The user in the path is not the user of the token.',
  },
  task_not_found: {
    status: 404,
    when:
      'The task does not exist, is in the trash (for calls on the trash: is not in the trash), or belongs to another ' +
      'user; the answer is the same',
    detail: 'There is no such task.',
  },
  route_not_found: {
    status: 404,
    when: 'The service has no such path',
    detail: 'There is nothing at this path.',
    isGeneral: true,
  },
  method_not_allowed: {
    status: 405,
    when: 'The path exists, but not with this method; the Allow header lists the methods',
    detail: (methods = 'GET, HEAD') => `This path allows ${methods}.`,
    isGeneral: true,
  },
  request_timeout: {
    status: 408,
    when: 'The client did not send its whole request in time',
    detail: 'The request took too long to arrive.',
    isGeneral: true,
  },
  user_being_deleted: {
    status: 409,
    when: 'The account was deleted several times during this request; repeat it after Retry-After',
    detail: 'The account is being deleted. Try again.',
  },
  idempotency_key_in_use: {
    status: 409,
    when: 'Another request with this Idempotency-Key is being processed; repeat it after Retry-After',
    detail: 'A request with this Idempotency-Key is being processed. Try again.',
  },
  task_not_recurring: {
    status: 409,
    when: 'The task does not repeat, so it cannot be skipped',
    detail: 'The task does not repeat.',
  },
  task_completed: {
    status: 409,
    when: 'The task is completed, so it cannot be skipped: reopen it first, or skip the next task',
    detail: 'The task is completed.',
  },
  series_over: {
    status: 409,
    when: 'The task has no further date: its COUNT or UNTIL is reached. Complete or delete it',
    detail: 'The task has no further date.',
  },
  cursor_expired: {
    status: 410,
    when: 'The cursor of the changes is too old, or belongs to another user or to a database that was restored; start again without a cursor',
    detail: 'The cursor has expired. Start again without a cursor.',
  },
  precondition_failed: {
    status: 412,
    when: 'The task changed since the client read it: it has none of the ETags in If-Match. Nothing was done; current is the task as it is now',
    detail: 'The task has changed since you read it.',
  },
  body_too_large: {
    status: 413,
    when: 'The body is larger than the limit; nothing was done',
    detail: (limit = 65_536) => `The body is larger than ${limit / 1024} KiB.`,
  },
  unsupported_media_type: {
    status: 415,
    when: 'The body is not declared as JSON',
    detail: 'The body must be JSON, with the header Content-Type: application/json.',
  },
  unsupported_file_type: {
    status: 415,
    when: 'An imported file is not declared as JSON, CSV or iCalendar',
    detail: 'The file must be JSON, CSV or iCalendar. Set the Content-Type or the parameter format.',
  },
  unsupported_content_encoding: {
    status: 415,
    when: 'The body is compressed or encoded in another way',
    detail: 'The body must be sent without a Content-Encoding.',
  },
  idempotency_key_reused: {
    status: 422,
    when: 'The Idempotency-Key was used for another request within 24 hours; nothing was done',
    detail: 'This Idempotency-Key was used for another request. Use a new key.',
  },
  expectation_failed: {
    status: 417,
    when: 'The Expect header asks for something other than 100-continue',
    detail: 'The only supported expectation is 100-continue.',
    isGeneral: true,
  },
  too_many_streams: {
    status: 429,
    when: 'The user has the maximum number of event streams open; close one first',
    detail: (max = 20) => `A user can have at most ${max} open event streams.`,
  },
  too_many_imports: {
    status: 429,
    when: 'The user has the maximum number of imports running; repeat it after Retry-After',
    detail: (max = 2) => `A user can have at most ${max} running imports.`,
  },
  too_many_lists: {
    status: 429,
    when: 'The user reads too many long lists and exports at the same time; repeat it after Retry-After',
    detail: (max = 4) => `A user can read at most ${max} long lists at the same time.`,
  },
  rate_limited: {
    status: 429,
    when: 'Too many requests this minute; nothing was done. Retry-After says when to repeat',
    detail: (max = 600, isAddress = false) =>
      isAddress
        ? `This address may send ${max} requests a minute without a valid token.`
        : `You may send ${max} requests a minute.`,
  },
  headers_too_large: {
    status: 431,
    when: 'The request line and headers are too large, or there are too many headers',
    detail: (limit = 'larger than 32 KiB') => `The headers are ${limit}.`,
    isGeneral: true,
  },
  internal_error: {
    status: 500,
    when: 'A fault in the service; report the request_id',
    detail: 'The service could not answer the request because of an internal error.',
  },
  database_unavailable: {
    status: 503,
    when: 'The database cannot be reached; a write may or may not have been done',
    detail: 'The database is not available right now.',
  },
  not_migrated: {
    status: 503,
    when: 'The database lacks tables or columns of this version; nothing was done',
    detail: 'The database is not migrated to this version.',
  },
  keys_unavailable: {
    status: 503,
    when: 'The token issuer cannot be reached; nothing was done',
    detail: 'The keys that verify tokens cannot be fetched right now.',
  },
  overloaded: {
    status: 503,
    when: 'Too many requests are in progress; nothing was done',
    detail: 'There are too many requests right now.',
  },
  pipeline_full: {
    status: 503,
    when: 'Too many requests wait on one connection; nothing was done, and the connection is closed',
    detail: 'Too many requests are waiting on this connection.',
    isGeneral: true,
  },
  stopping: {
    status: 503,
    when: 'This copy of the service is stopping; nothing was done, and another copy may answer',
    detail: 'The service is shutting down.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>

/** Programs tell errors apart by these stable words. */
export type ErrorCode = keyof typeof ERRORS
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[]

/** The values that the sentence of a code needs. */
export type ErrorValues<Code extends ErrorCode> = (typeof ERRORS)[Code]['detail'] extends (
  ...values: infer Values
) => string
  ? Required<Values>
  : []
/** The codes of one status. */
export type CodeOfStatus<Status extends number> = {
  [Code in ErrorCode]: (typeof ERRORS)[Code]['status'] extends Status ? Code : never
}[ErrorCode]

/** Status, code and sentence of an error. Without values the sentence is the document's example. */
export function describeError(code: ErrorCode, values: readonly unknown[] = []) {
  const { status, detail }: ErrorEntry = ERRORS[code]
  return { status, code, detail: typeof detail === 'string' ? detail : detail(...(values as never[])) }
}
