import { headsToFile } from '../audit/heads/file.ts'
import { headsToLog } from '../audit/heads/log.ts'
import { type Chaser, leaving, mailing } from '../audit/keeping/chaser.ts'
import type { Config } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { openMail } from './mail.ts'
import { addressesIn } from './named-addresses.ts'
import type { Services } from './services.ts'

interface HeadOptions {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
  readonly log: Log
}

const LETTER_MS = 7 * 24 * 3_600_000

/** By every way that is set up; by the log always. */
export function headsThatLeave({ config, services, clock, log }: HeadOptions): Chaser[] {
  const { headsFile } = config.audit
  const readers = addressesIn(config, 'audit.headsMail') ?? []
  const following = { owner: services.database.owner, clock }
  const outlets = [headsToLog(log), ...(headsFile === undefined ? [] : [headsToFile(headsFile)])]
  const mail = openMail({ config, persons: services.keyring.persons, enqueue: services.enqueue, clock })
  const byMail = mailing({
    ...following,
    send: async (tx, { seq, hash, at, jws }) => {
      const message = { name: 'audit-head', seq, hash: hash.toString('hex'), at, jws } as const
      const expiresAt = new Date(clock.now().getTime() + LETTER_MS)
      for (const address of readers) await mail.send(tx, { to: { address }, message, expiresAt })
    },
  })
  return [...outlets.map((outlet) => leaving(following, outlet)), ...(readers.length === 0 ? [] : [byMail])]
}
