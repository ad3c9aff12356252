'use client'
import { type FormEvent, useEffect, useState } from 'react'
import { createTaskClient, type Task } from 'TaskApiClient'

const createClient = () =>
  createTaskClient({
    baseUrl: process.env.NEXT_PUBLIC_TASK_API_URL ?? 'http://localhost:8000',
    // Better Auth's jwt() plugin turns the session cookie of this page into a token.
    async token({ signal }) {
      const answer = await fetch('/api/auth/token', { cache: 'no-store', signal })
      return answer.ok ? ((await answer.json()) as { token: string }).token : null
    },
  })

/** The tasks of the signed-in user. Render it with the user's id as its key: each user gets a client of their own. */
export function Tasks() {
  const [client] = useState(createClient)
  const [tasks, setTasks] = useState<Task[]>()
  const [title, setTitle] = useState('')
  const [problem, setProblem] = useState('')

  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    client.list({}, { signal }).then(setTasks, (error: Error) => signal.aborted || setProblem(error.message))
    return () => {
      controller.abort()
      client.forgetToken()
    }
  }, [client])

  async function add(event: FormEvent) {
    event.preventDefault()
    setTitle('')
    try {
      const task = await client.create({ title })
      setTasks((others = []) => [task, ...others])
      setProblem('')
    } catch (error) {
      // Keep what was typed, unless the user already types something else.
      setTitle((typed) => typed || title)
      setProblem((error as Error).message)
    }
  }
  return (
    <form onSubmit={add}>
      <input aria-label="New task" value={title} onChange={(event) => setTitle(event.target.value)} />
      <button disabled={tasks === undefined}>Add</button>
      <p role="alert">{problem}</p>
      <ul>
        {tasks?.map((task) => (
          <li key={task.id}>{task.title}</li>
        ))}
      </ul>
    </form>
  )
}
