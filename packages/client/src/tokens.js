/** @import { TaskClientOptions } from './index.js' */

/**
 * The tokens of one user. All requests share the one in use, be it only asked for yet.
 *
 * @param {TaskClientOptions['token']} provide
 */
export function createTokens(provide) {
  let hasEnded = false
  /** @type {Promise<string | null | undefined> | undefined} */
  let current

  /** @param {string} [refused] */
  function ask(refused) {
    // What is still on its way must not go on in the name of whoever comes next.
    const asked = Promise.resolve({ refused }).then((question) => (hasEnded ? null : provide(question)))
    const forget = () => {
      if (current === asked) current = undefined
    }
    // Neither a failure nor that nobody is signed in is worth keeping.
    asked.then((token) => token || forget(), forget)
    return (current = asked)
  }

  return {
    get: () => current ?? ask(),
    /**
     * Asks for another token than the refused one, unless another request has done so already.
     *
     * @param {ReturnType<typeof ask>} used
     * @param {string} refused
     */
    replace: (used, refused) => (current === used ? ask(refused) : (current ?? ask(refused))),
    /** Nothing is asked for any more. */
    end() {
      hasEnded = true
    },
  }
}
