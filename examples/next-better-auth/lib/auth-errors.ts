/** The sentences for Better Auth's error codes. Its own messages may name fields of the request: they are not shown. */
const SENTENCES: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: 'Invalid email or password.',
  INVALID_EMAIL: 'Please enter a complete email address, such as name@example.com.',
  INVALID_NAME: 'Please enter a name of 1 to 100 characters.',
  USER_ALREADY_EXISTS: 'There is already an account with this email address. Try to sign in.',
  PASSWORD_TOO_SHORT: 'The password is too short: it needs at least 8 characters.',
  PASSWORD_TOO_LONG: 'The password is too long: it may have at most 128 characters.',
}

export interface AuthError {
  /** Of HTTP; 0 if there was no answer. */
  status: number
  code?: string | undefined
  message?: string | undefined
}

/** What went wrong while signing in or up, in a sentence for users. */
export function explainAuthError({ status, code, message }: AuthError): string {
  if (status === 429) return 'Too many attempts. Please wait a few seconds and try again.'
  if (status === 0 || status >= 500)
    return 'The server cannot be reached right now. Please try again in a moment.'
  const known = Object.keys(SENTENCES).find((one) => code === one || code?.startsWith(`${one}_USE_`))
  if (known) return SENTENCES[known]!
  // VALIDATION_ERROR says which field it is about only in its message: [body.email] …
  if (message?.includes('email')) return SENTENCES.INVALID_EMAIL!
  return 'That did not work. Please check what you entered.'
}
