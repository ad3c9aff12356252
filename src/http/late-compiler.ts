import type { FastifyInstance } from 'fastify'

/**
 * Compiles validators once the service listens, one for each turn of the event loop, so that the first answers do not
 * wait for all of them: they take a fifth of the CPU time of a start. A validator that is needed earlier is compiled by
 * the request that needs it. A schema that cannot be compiled ends the process.
 *
 * Routes that share a schema share its validator: every route of tasks exists under two paths.
 *
 * @returns a function that gives a schema a function that returns its validator
 */
export function createLateCompiler<Validator>(app: FastifyInstance, compile: (schema: object) => Validator) {
  const validators = new Map<object, () => Validator>()
  const uncompiled = new Set<() => Validator>()
  let next: NodeJS.Immediate | undefined
  const compileNext = () => {
    for (const validatorOf of uncompiled) {
      next = setImmediate(compileNext)
      return validatorOf()
    }
  }
  app.addHook('onListen', async () => void (next = setImmediate(compileNext)))
  app.addHook('onClose', async () => clearImmediate(next))

  return (schema: object) => {
    const known = validators.get(schema)
    if (known) return known
    let validator: Validator | undefined
    const validatorOf = () => {
      if (validator !== undefined) return validator
      uncompiled.delete(validatorOf)
      return (validator = compile(schema))
    }
    uncompiled.add(validatorOf)
    validators.set(schema, validatorOf)
    return validatorOf
  }
}
