import type { Log } from '../../lib/log.ts'
import type { HeadOutlet } from './outlet.ts'

/** Where logs are collected, that is all that it takes. */
export const headsToLog = (log: Log): HeadOutlet => ({
  name: 'heads-log',
  take: async (_tx, heads) => {
    for (const { seq, hash, kid, jws } of heads)
      log.info({ seq, head: hash.toString('hex'), kid, jws }, 'a head of the audit log was signed')
  },
})
