import pg from 'pg'
import type { Config } from '../config/config.ts'
import type { connectPrisma } from './by-prisma.ts'
import { createHeavyLane, type Send } from './known-costs.ts'
import type { OwnerInTime } from './owner.ts'
import { Lane } from './pipeline.ts'
import type { Channel, Work } from './channel.ts'
import { type BatchRequest, type Request, WireChannel } from './wire.ts'

/**
 * Statements that one connection carries at once. With 64 requests at once, finding a task cost 134 µs of CPU with 4,
 * 117 with 8 and 100 with 16, because more statements share one write to a socket (docs/performance-writes.md).
 */
const DEPTH = 16
/** TCP keep-alive begins after this time, so that routers do not drop idle connections. */
const KEEP_ALIVE_AFTER_MS = 30_000
/** Prisma's pool opens, cancels and closes its connections itself. */
const PRISMA: Channel = {
  open: async () => {},
  cancel: () => {},
  destroy: () => {},
  close: async () => {},
}

interface Kind extends Pick<Work<Channel>, 'isLarge' | 'mayDrop'> {
  isHeavy: boolean
  /** Whether it changes nothing, or is idempotent: then it may be repeated. */
  isRead: boolean
}
type Sent = Omit<Request, 'owner' | 'limitMs'>
type ByPrisma = ReturnType<typeof connectPrisma>['queryByPrisma']

/**
 * Divides the connections. Heavy statements, whose cost grows with the data of their owner, have their own, so that other
 * owners do not wait for them. With fewer than four connections, some heavy statements share connections with light ones.
 */
export function divide(poolMax: number) {
  const prismaHeavy = poolMax >= 4 ? 1 : 0
  const prisma = poolMax >= 8 ? 2 : 1
  const heavy = poolMax >= 3 ? Math.max(1, Math.floor(poolMax / 5)) : 0
  return { prisma, prismaHeavy, heavy, light: Math.max(1, poolMax - prisma - prismaHeavy - heavy) }
}

/** @param config if isPipelined is false, everything uses Prisma's pool (DATABASE_PIPELINE=off) */
function openLanes(config: Config['database']) {
  const { poolMax, isPipelined } = config
  const sizes = divide(poolMax)
  const connection: pg.ClientConfig = {
    connectionString: config.url,
    connectionTimeoutMillis: config.connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
  }
  const pool = new pg.Pool({ ...connection, max: isPipelined ? sizes.prisma + sizes.prismaHeavy : poolMax })
  // The pool removes a connection that ends while it is idle; the next query opens another one.
  pool.on('error', () => {})

  const createChannel = () => new WireChannel(connection, config.prepared)
  const wireLane = (size: number, depth: number, perOwner: number) =>
    new Lane({ size, depth, perOwner, createChannel })
  const prismaLane = (size: number, perOwner: number) =>
    new Lane({ size, depth: 1, perOwner, createChannel: () => PRISMA })

  const light = wireLane(sizes.light, DEPTH, sizes.light)
  const heavy = sizes.heavy > 0 ? wireLane(sizes.heavy, 1, 1) : light
  const onPrisma = prismaLane(sizes.prisma + (isPipelined ? 0 : sizes.light), isPipelined ? 1 : sizes.light)
  const sharesPrisma = sizes.prismaHeavy === 0
  const heavyOnPrisma = sharesPrisma
    ? onPrisma
    : prismaLane(sizes.prismaHeavy + (isPipelined ? 0 : sizes.heavy), 1)
  return { pool, light, heavy, onPrisma, heavyOnPrisma }
}

/** The lanes of all database work. Together they never use more connections than DATABASE_POOL_MAX. */
export function createLanes(config: Config['database']) {
  const { pool, light, heavy, onPrisma, heavyOnPrisma } = openLanes(config)
  const all = [...new Set<Lane<Channel> | Lane<WireChannel>>([light, heavy, onPrisma, heavyOnPrisma])]
  const runOnPrisma = <Answer>(
    owner: OwnerInTime,
    kind: Kind,
    send: (limitMs: number) => Promise<Answer>,
  ) => {
    const lane = kind.isHeavy ? heavyOnPrisma : onPrisma
    return lane.run(owner, { ...kind, send: (_channel, limitMs) => send(limitMs) })
  }
  const sendHeavy = createHeavyLane(light, heavy)

  /** @param byPrisma sends the same statement over Prisma */
  function query(
    owner: OwnerInTime,
    request: Sent & Pick<Work<Channel>, 'isIdempotent' | 'isLarge'>,
    byPrisma: ByPrisma,
  ) {
    const { isHeavy, isIdempotent, isLarge } = request
    const isRead = /^\s*SELECT\b/i.test(request.text)
    const viaPrisma = async (limitMs: number) => (await byPrisma(owner.id, [request], limitMs))[0]!
    const kind = { isHeavy, isLarge, mayDrop: isRead }
    if (!config.isPipelined) return runOnPrisma(owner, { ...kind, isRead: isIdempotent ?? isRead }, viaPrisma)
    // A repetition does not use a prepared statement, because the name may have caused the failure.
    const send: Send = (channel, limitMs, isRepeated) =>
      channel.send({ ...request, owner: owner.id, isPrepared: request.isPrepared && !isRepeated, limitMs })
    const work = { ...kind, isRead, isIdempotent, send }
    return isHeavy ? sendHeavy(owner, work) : light.run(owner, work)
  }

  /** The cost of a batch depends on its statements and not on its owner, so its duration is not remembered. */
  function queryAll(
    owner: OwnerInTime,
    request: Omit<BatchRequest, 'owner' | 'limitMs'>,
    byPrisma: ByPrisma,
  ) {
    const { id } = owner
    const { isHeavy } = request
    const kind = { isHeavy, isRead: false }
    if (!config.isPipelined)
      return runOnPrisma(owner, kind, (limitMs) => byPrisma(id, request.statements, limitMs))
    const send: Send<string[][]> = (channel, limitMs, isRepeated) =>
      channel.sendAll({ ...request, owner: id, isPrepared: request.isPrepared && !isRepeated, limitMs })
    return (isHeavy ? heavy : light).run(owner, { ...kind, send })
  }

  return {
    query,
    queryAll,
    runOnPrisma,
    pool,
    ...observe(pool, [...new Set([light, heavy])], all),
    close: async () => {
      await Promise.all(all.map((lane) => lane.close()))
    },
  }
}

function observe(
  pool: pg.Pool,
  wire: Lane<WireChannel>[],
  all: readonly Pick<Lane<Channel>, 'inFlight' | 'connections'>[],
) {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  return {
    /** Number of statements that have no answer yet. */
    statementsInFlight: () => sum(all.map(({ inFlight }) => inFlight)),
    /** Numbers of open connections, of idle ones among them, and of statements that wait for a connection. */
    connections: () => ({
      total: pool.totalCount + sum(wire.map(({ connections }) => connections.total)),
      idle: pool.idleCount + sum(wire.map(({ connections }) => connections.idle)),
      waiting: sum(all.map(({ connections }) => connections.waiting)),
    }),
  }
}
