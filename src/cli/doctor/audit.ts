import { isStanding, lastVerified, newestBreak, VERIFIED, WHOLE } from '../../audit/verify/store.ts'
import { openDatabase } from '../../db/database.ts'
import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import { systemClock } from '../../lib/clock.ts'
import { type Check, type Finding, failure, fine, warning } from './finding.ts'

/** A night that was missed is none to worry about. */
const DAY_MS = 24 * 60 * 60 * 1000
const LATE_MS = 3 * DAY_MS
const WHOLE_LATE_MS = 7 * DAY_MS + LATE_MS

/** What the verification of the server found last. It reads a result: `hearthkey audit verify` looks itself. */
export const auditCheck: Check = {
  subject: 'audit log',
  examine: async ({ target, log }) => {
    const database = openDatabase({ target, poolSize: 1, log })
    try {
      return [await inInstance(database.owner, standing)]
    } finally {
      await database.close()
    }
  },
}

async function standing(tx: InstanceTx): Promise<Finding> {
  const place = await lastVerified(tx, VERIFIED)
  const whole = await lastVerified(tx, WHOLE)
  const broken = await newestBreak(tx)
  if (broken && isStanding(broken, place))
    return failure(
      `it is not what was written: ${broken.seq === null ? broken.wrong : `entry ${broken.seq}`}: ${broken.detail}`,
      'Run hearthkey audit verify with a head that was kept elsewhere, and find out who was at the database.',
    )
  if (!place) return warning('it was not verified yet', 'The server verifies it each night, and when it starts.')
  const now = systemClock.now().getTime()
  // Also where it is yet to come: a clock was ahead then.
  const isLate = (at: Date, after: number) => Math.abs(now - at.getTime()) > after
  if (isLate(place.at, LATE_MS))
    return warning(`it was verified last on ${place.at.toISOString()}`, 'Let the server run: it verifies each night.')
  const cure =
    'Let the server run, also for as long as that takes: it verifies all of it once a week, at night or when it starts.'
  if (!whole) return warning('all of it was not verified yet, but for what was new each night', cure)
  if (isLate(whole.at, WHOLE_LATE_MS))
    return warning(`all of it was verified last on ${whole.at.toISOString()}, since then what was new alone`, cure)
  return fine(`verified up to entry ${place.seq} on ${place.at.toISOString()}, all of it on ${whole.at.toISOString()}`)
}
