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
 * The tokens of one user. All requests share the current token, or the question for it.
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
      // Only a token is worth keeping, not a failure, and not that nobody is signed in.
      (token) => token || forget(question),
      () => forget(question),
    )
    return (current = question)
  }

  /** @param {unknown} error */
  function failed(error) {
    // end() aborted the question, because the provider may already speak for another user.
    if (hasEnded) return null
    throw isProgramError(error) ? ownError('token_failed', 'The token could not be fetched.', error) : error
  }

  return {
    current: () => current ?? ask(),
    /**
     * Asks for another token than the refused one, unless another request has done so already.
     *
     * @param {Question} used
     * @param {string} refused
     */
    replace: (used, refused) => (current === used ? ask(refused) : (current ?? ask(refused))),
    /**
     * The answer to a question. If the last request that waits for it is aborted, so is the question.
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
    /** From now on there is no token. */
    end() {
      hasEnded = true
      current?.controller.abort()
    },
  }
}
