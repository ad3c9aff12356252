/** Headers that several routes have in common. */
export const headers = {
  RequestId: {
    description:
      'The X-Request-Id of the request if it has 1 to 128 characters, all of them letters, digits or . _ ~ : - Otherwise a new id.',
    schema: { type: 'string', examples: ['8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10'] },
  },
  RetryAfter: {
    description: 'Seconds to wait before the request is repeated.',
    schema: { type: 'integer', minimum: 0, examples: [2] },
  },
  Challenge: {
    description: 'Bearer (RFC 6750), with an error if the request has a token.',
    schema: { type: 'string', examples: ['Bearer error="invalid_token", error_description="expired"'] },
  },
  RateLimitLimit: {
    description: 'Requests allowed per minute. Without a limit there are no rate limit headers.',
    schema: { type: 'integer', examples: [600] },
  },
  RateLimitRemaining: {
    description: 'Requests left in this minute.',
    schema: { type: 'integer', minimum: 0, examples: [599] },
  },
  RateLimitReset: {
    description: 'Seconds until the next minute starts.',
    schema: { type: 'integer', minimum: 0, examples: [60] },
  },
} as const
