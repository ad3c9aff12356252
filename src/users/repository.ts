import type { Identity } from '../auth/identity.ts'
import { type Client, instantSql, jsonObject } from '../database/client.ts'
import { Prisma } from '../generated/prisma/client.ts'
import type { User } from './schemas.ts'

export type UserRepository = ReturnType<typeof createUserRepository>

/** Users whose row is known to be as their token says; the oldest is forgotten first. */
const MAX_KNOWN_USERS = 100_000
const { sql } = Prisma
/** How each field of the wire is read from its column. */
const fields: Record<keyof User, string> = {
  id: 'id',
  email: 'email',
  name: 'name',
  created_at: instantSql('created_at'),
}
const userJson = jsonObject(fields)

export function createUserRepository(prisma: Client) {
  const known = new Map<string, Identity>()
  const isKnown = ({ id, email, name }: Identity) => {
    const user = known.get(id)
    return user !== undefined && user.email === email && user.name === name
  }
  const remember = (user: Identity) => {
    if (known.size >= MAX_KNOWN_USERS) known.delete(known.keys().next().value!)
    known.set(user.id, user)
  }

  /** What a token leaves out stays as an earlier one said it. */
  const write = ({ id, email, name }: Identity) =>
    prisma.$queryJson(
      id,
      sql`INSERT INTO users (id, email, name) VALUES (${id}, ${email}, ${name})
    ON CONFLICT (id) DO UPDATE
      SET email = coalesce(excluded.email, users.email), name = coalesce(excluded.name, users.name)
      WHERE (users.email, users.name)
        IS DISTINCT FROM (coalesce(excluded.email, users.email), coalesce(excluded.name, users.name))`,
    )

  const users = {
    /**
     * Makes the user's row, or brings it up to date, in one statement. A user who is known as the token
     * describes them costs nothing.
     */
    async provision(identity: Identity): Promise<void> {
      if (isKnown(identity)) return
      await write(identity)
      remember(identity)
    },

    /** Makes the user's row again, which another copy of the service has deleted meanwhile. */
    async restore(identity: Identity): Promise<void> {
      known.delete(identity.id)
      await users.provision(identity)
    },

    /** The user's row; made again where another copy of the service has deleted it. */
    async find(identity: Identity): Promise<User> {
      const { id } = identity
      const [user] = await prisma.$queryJson(id, sql`SELECT ${userJson} FROM users WHERE id = ${id}`)
      if (user !== undefined) return JSON.parse(user) as User
      await users.restore(identity)
      return users.find(identity)
    },

    /** Deletes the user and, by the database's cascade, all their tasks. */
    async delete(id: string): Promise<void> {
      known.delete(id)
      await prisma.$queryJson(id, sql`DELETE FROM users WHERE id = ${id}`)
    },
  }
  return users
}
