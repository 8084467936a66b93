import type { Log } from '../../lib/log.ts'
import type { HeadOutlet } from './outlet.ts'

/**
 * Where logs are collected, that is all that it takes. Written at every level that the log may have: by default there is no other way out,
 * and a head that was merely marked as having left proves nothing.
 */
export const headsToLog = (log: Log): HeadOutlet => {
  const always = log.child({}, { level: 'info' })
  return {
    name: 'heads-log',
    take: async (_tx, heads) => {
      for (const { seq, hash, kid, jws } of heads)
        always.info({ seq, head: hash.toString('hex'), kid, jws }, 'a head of the audit log was signed')
    },
  }
}
