interface PolicyOptions {
  nonce: string
  /** Of the task service, the only other server that the page may talk to. */
  apiOrigin: string
  isHttps: boolean
  /** Next.js then evaluates text as code and adds styles to the page. */
  isDevelopment: boolean
}

/** https://www.w3.org/TR/CSP3/ */
export function contentSecurityPolicy({ nonce, apiOrigin, isHttps, isDevelopment }: PolicyOptions): string {
  const directives = {
    'default-src': "'self'",
    'script-src': `'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    'style-src': isDevelopment ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`,
    'connect-src': `'self' ${apiOrigin}${isDevelopment ? ' ws:' : ''}`,
    // The tick of a checkbox is an image in the style sheet.
    'img-src': "'self' data:",
    'worker-src': "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
    ...(isHttps && { 'upgrade-insecure-requests': '' }),
  }
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join('; ')
}

/** For every answer, files included. */
export const STATIC_HEADERS = {
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': ['camera', 'microphone', 'geolocation', 'payment', 'usb', 'browsing-topics']
    .map((feature) => `${feature}=()`)
    .join(', '),
}
