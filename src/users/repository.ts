import type { Identity } from '../auth/identity.ts'
import type { Client } from '../database/client.ts'
import { sqlState } from '../database/errors.ts'
import type { Owner } from '../database/owner.ts'
import { Prisma, type User as Row } from '../generated/prisma/client.ts'
import { problem } from '../http/problem.ts'
import type { User } from './schemas.ts'

export type UserRepository = ReturnType<typeof createUserRepository>

/** What is known of a user's row: enough to see whether a token would change it. */
type Known = Pick<Row, 'email' | 'name' | 'token_issued_at'>
/** A row of `findOrCreateUser`. */
type Found = Pick<Row, 'email' | 'name'> & { issued_at_ms: number }

const MAX_KNOWN_USERS = 100_000
/** Maximum number of tries if other requests delete the user during each of them. */
const MAX_TRIES = 5
const FOREIGN_KEY_VIOLATION = '23503'

/**
 * Queries on users. They are rare, because the rows of recent users are cached, so they use the model API. The first call
 * of each user is an exception, because all users may make it at the same time after a restart (findOrCreateUser).
 *
 * @param maxKnown maximum number of cached rows, to bound memory; the oldest entry is removed first
 */
export function createUserRepository(prisma: Client, maxKnown = MAX_KNOWN_USERS) {
  const known = new Map<string, Known>()
  const remember = (id: string, user: Known) => {
    if (known.size >= maxKnown) known.delete(known.keys().next().value!)
    known.set(id, user)
  }
  const idempotent = { isIdempotent: true }

  /** Reads the user's row, or creates it if it is missing. Another request may delete it again at any time. */
  const findOrCreate = async (identity: Identity): Promise<Known> => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [row] = await prisma.$queryJson(identity, findOrCreateUser(identity), idempotent)
      if (row === undefined) continue
      const { email, name, issued_at_ms } = JSON.parse(row) as Found
      return { email, name, token_issued_at: new Date(issued_at_ms) }
    }
    throw beingDeleted()
  }
  /** Writes the claims that the token has, if the token is newer than the one that last wrote the row. */
  const update = (identity: Identity) => {
    const { id, email, name, issuedAt } = identity
    const data = {
      email: email ?? Prisma.skip,
      name: name ?? Prisma.skip,
      token_issued_at: issuedAt,
    }
    const where = { id, token_issued_at: { lt: issuedAt } }
    return prisma.$asOwner(identity, ({ user }) => user.updateMany({ where, data }), idempotent)
  }
  const read = (owner: Owner) =>
    prisma.$asOwner(owner, ({ user }) => user.findUnique({ where: { id: owner.id } }), idempotent)

  const users = {
    /**
     * Creates the user's row, or updates it from the token unless a newer token has written it. If the row is known to
     * have the values of the token, no query is sent. Creation and update are one statement each, which depend on
     * nothing that was read before. So concurrent calls cannot conflict.
     */
    async provision(identity: Identity): Promise<void> {
      const user = known.get(identity.id)
      if (user !== undefined && !changes(identity, user)) return
      let row = await findOrCreate(identity)
      if (changes(identity, row)) {
        await update(identity)
        row = await findOrCreate(identity)
      }
      remember(identity.id, row)
    },

    /**
     * Runs a write that needs the user's row, and creates the row again if somebody deleted it meanwhile.
     *
     * @throws problem 409 `user_being_deleted` if the user is deleted during every try
     */
    async whileExisting<Answer>(identity: Identity, write: () => Promise<Answer>): Promise<Answer> {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        try {
          return await write()
        } catch (error) {
          if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error
          known.delete(identity.id)
          await users.provision(identity)
        }
      }
      throw beingDeleted()
    },

    /**
     * The user's row; created again if another copy of the service has deleted it.
     *
     * @throws problem 409 `user_being_deleted` if the user is deleted during every try
     */
    async find(identity: Identity): Promise<User> {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const row = await read(identity)
        if (row !== null)
          return { id: row.id, email: row.email, name: row.name, created_at: row.created_at.toISOString() }
        await findOrCreate(identity)
      }
      throw beingDeleted()
    },

    /** Deletes the user and, through the foreign key, all their tasks. Takes longer the more tasks there are. */
    async delete(owner: Owner): Promise<void> {
      const { id } = owner
      await prisma.$asOwner(owner, ({ user }) => user.deleteMany({ where: { id } }), {
        isHeavy: true,
        isIdempotent: true,
      })
      known.delete(id)
    },
  }
  return users
}

/** Whether the token would change the row. Claims that the token does not have change nothing. */
const changes = ({ email, name, issuedAt }: Identity, row: Known) =>
  issuedAt > row.token_issued_at && ((email ?? row.email) !== row.email || (name ?? row.name) !== row.name)

const beingDeleted = () =>
  problem('user_being_deleted', {
    headers: { 'retry-after': '1' },
  })

/**
 * Finds the user's row or creates it, in one statement: no row if another request created or deleted it meanwhile. Through
 * the model API this took two transactions, 1 to 7 ms of CPU: after a restart the first calls of 1000 users took 10 s
 * (docs/performance-details.md).
 */
const findOrCreateUser = ({ id, email, name, issuedAt }: Identity) => Prisma.sql`
  WITH found AS (SELECT email, name, token_issued_at FROM users WHERE id = ${id}),
  created AS (
    INSERT INTO users (id, email, name, token_issued_at)
    SELECT ${id}, ${email ?? null}, ${name ?? null}, ${issuedAt.toISOString()}::timestamptz
    WHERE NOT EXISTS (SELECT FROM found)
    ON CONFLICT DO NOTHING
    RETURNING email, name, token_issued_at
  )
  SELECT json_build_object('email', email, 'name', name,
    'issued_at_ms', (extract(epoch FROM token_issued_at) * 1000)::bigint)
  FROM (SELECT * FROM found UNION ALL SELECT * FROM created) AS row`
