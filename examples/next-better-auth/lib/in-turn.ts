/**
 * Makes a function that runs calls which touch the same task one after the other, in the order in which they were
 * made, and others at the same time. A call that fails does not stop the next one.
 */
export function createInTurn() {
  const last = new Map<number, Promise<unknown>>()
  return async function inTurn<Answer>(ids: readonly number[], call: () => Promise<Answer>): Promise<Answer> {
    const answer = Promise.allSettled(ids.map((id) => last.get(id) ?? Promise.resolve())).then(call)
    const end = answer.then(
      () => {},
      () => {},
    )
    for (const id of ids) last.set(id, end)
    void end.then(() => {
      for (const id of ids) if (last.get(id) === end) last.delete(id)
    })
    return answer
  }
}
export type InTurn = ReturnType<typeof createInTurn>
