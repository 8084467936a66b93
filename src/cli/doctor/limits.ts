import { redisCounters } from '../../guard/limits/redis-counters.ts'
import { type Check, fine, warning } from './finding.ts'

/** Whether the Redis that was named answers: the server goes on without it, and nobody else would notice. */
export const limitsCheck: Check = {
  subject: 'limits',
  examine: async ({ config: { limits } }) => {
    const { redisUrl } = limits
    if (!redisUrl) return [fine('limits are counted in the database')]
    const redis = redisCounters(redisUrl)
    const where = `${redisUrl.host}:${redisUrl.port}`
    try {
      await redis.ready()
      return [fine(`the Redis at ${where} answers`), ...transport(redisUrl)]
    } catch {
      return [
        warning(
          `the Redis at ${where} does not answer: limits are counted in the database meanwhile`,
          'Check that it runs, and that REDIS_URL names its host, port, login and database.',
        ),
      ]
    } finally {
      await redis.close()
    }
  },
}

const transport = ({ host, tls }: { readonly host: string; readonly tls: boolean }) =>
  tls || ['localhost', '127.0.0.1', '::1'].includes(host)
    ? []
    : [
        warning(
          `the password of Redis and its counters travel to ${host} in plain text`,
          'Use rediss:// unless the network between is yours alone.',
        ),
      ]
