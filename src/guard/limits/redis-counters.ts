import { isIP } from 'node:net'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { RedisServer } from '../../config/values/redis-server.ts'
import { type Counters, countersOf, limiterOptions } from './counters.ts'

export interface RedisCounters extends Counters {
  /** Resolves when it answers, or rejects when it does not within the deadline; goes on trying either way. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** A limit that takes longer to ask for than a password to hash protects nothing. */
const DEADLINE_MS = 500
const CONNECT_MS = 1000
const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 2000

export function redisCounters(server: RedisServer): RedisCounters {
  let opened: ReturnType<typeof open> | undefined
  let connecting: Promise<unknown> | undefined
  const client = () => {
    opened ??= open(server)
    return opened
  }
  const ask = async <T>(use: (counters: Counters) => Promise<T>) => within(DEADLINE_MS, use((await client()).counters))
  return {
    add: async (changes) => {
      const { numbers, giveBack } = await ask((counters) => counters.add(changes))
      return { numbers, giveBack: (change) => within(DEADLINE_MS, giveBack(change)) }
    },
    read: (key) => ask((counters) => counters.read(key)),
    ready: async () => {
      const it = (await client()).client
      connecting ??= it.connect()
      await within(CONNECT_MS, connecting)
    },
    close: async () => {
      connecting?.catch(() => {})
      const it = await opened
      if (it?.client.isOpen) it.client.destroy()
    },
  }
}

/** Loaded where it is used: most instances have no Redis, and each start would pay for it. */
async function open({ host, port, user, password, database, tls }: RedisServer) {
  const { createClient } = await import('@redis/client')
  const client = createClient({
    ...(user !== undefined && { username: user }),
    ...(password && { password: password.reveal() }),
    database,
    // Nothing waits for a connection that may not come: what cannot be asked now is counted elsewhere.
    disableOfflineQueue: true,
    socket: {
      host,
      port,
      ...(tls && { tls: true, ...(isIP(host) === 0 && { servername: host }) }),
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (tries) => Math.min(FIRST_RETRY_MS * 2 ** Math.min(tries, 10), LAST_RETRY_MS),
    },
  })
  // Whoever asks hears of it by the answer; unheard, the event would end the process.
  client.on('error', () => {})
  const limiter = new RateLimiterRedis({
    ...limiterOptions,
    storeClient: client,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    keyPrefix: 'hearthkey:limits',
  })
  return { client, counters: countersOf(limiter) }
}

/** The client has deadlines for what waits to be written, and none for an answer that never comes. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const refuse = () => reject(new Error(`Redis did not answer within ${ms} ms`))
    // A process that was busy itself has not read yet what came in time: one turn for that.
    timer = setTimeout(() => setImmediate(refuse), ms)
  })
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
