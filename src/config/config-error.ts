/** A wrong configuration. `mistakes` holds one sentence for each mistake; none of them quotes a secret. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[], cause?: unknown) {
    super(mistakes.join('\n'), { cause })
    this.mistakes = mistakes
  }
}
