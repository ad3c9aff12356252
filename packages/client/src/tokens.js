import { untilAborted, withDeadline } from './deadline.js'
import { isProgramError, ownError } from './error.js'

/** @import { TaskClientOptions } from './index.js' */

/**
 * @typedef {object} Question one call of the token provider; several requests may wait for its answer
 * @property {Promise<string | null | undefined>} token
 * @property {AbortController} controller
 * @property {number} waiting how many requests wait for the answer
 * @property {boolean} isOpen whether the provider has not answered yet
 */

/**
 * The tokens of one user. All requests share the current token, or the pending request for it.
 *
 * @param {TaskClientOptions['token']} provide
 * @param {number} timeoutMs the provider must answer within this time; 0: no limit
 */
export function createTokens(provide, timeoutMs) {
  let hasEnded = false
  /** @type {Question | undefined} */
  let current

  /** @param {Question} question */
  function forget(question) {
    if (current === question) current = undefined
  }

  /** @param {string} [refused] */
  function ask(refused) {
    const controller = new AbortController()
    const answer = hasEnded
      ? Promise.resolve(null)
      : withDeadline((signal) => provide({ refused, signal }), { signal: controller.signal, timeoutMs })
    /** @type {Question} */
    const question = { token: answer.catch(failed), controller, waiting: 0, isOpen: true }
    const close = () => (question.isOpen = false)
    question.token.finally(close).then(
      // Only a token is kept: not a failure, and not that nobody is signed in.
      (token) => token || forget(question),
      () => forget(question),
    )
    return (current = question)
  }

  /** @param {unknown} error */
  function failed(error) {
    // end() aborted the request, because the provider may already return the token of another user.
    if (hasEnded) return null
    throw isProgramError(error) ? ownError('token_failed', 'The token could not be fetched.', error) : error
  }

  return {
    current: () => current ?? ask(),
    /**
     * Requests another token than the refused one, unless another call has already done so.
     *
     * @param {Question} used
     * @param {string} refused
     */
    replace: (used, refused) => (current === used ? ask(refused) : (current ?? ask(refused))),
    /**
     * The requested token. If the last call that waits for it is aborted, so is the request for it.
     *
     * @param {Question} question
     * @param {AbortSignal} signal of the request
     */
    async answer(question, signal) {
      question.waiting += 1
      try {
        return await untilAborted(question.token, signal)
      } finally {
        question.waiting -= 1
        if (question.isOpen && question.waiting === 0) {
          forget(question)
          question.controller.abort()
        }
      }
    },
    /** Ends the use of these tokens: from now on there is none. */
    end() {
      hasEnded = true
      current?.controller.abort()
    },
  }
}
