import { isStanding, lastVerified, newestBreak, VERIFIED } from '../../audit/verify/store.ts'
import { openDatabase } from '../../db/database.ts'
import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import { systemClock } from '../../lib/clock.ts'
import { type Check, type Finding, failure, fine, warning } from './finding.ts'

/** A night that was missed is none to worry about. */
const LATE_MS = 3 * 24 * 60 * 60 * 1000

/** What the nightly verification found last. It reads a result: `hearthkey audit verify` looks itself. */
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
  const broken = await newestBreak(tx)
  if (broken && isStanding(broken, place))
    return failure(
      `it is not what was written: ${broken.seq === null ? broken.wrong : `entry ${broken.seq}`}: ${broken.detail}`,
      'Run hearthkey audit verify with a head that was kept elsewhere, and find out who was at the database.',
    )
  if (!place) return warning('it was not verified yet', 'The server verifies it each night, and when it starts.')
  // Also where it is yet to come: a clock was ahead then.
  const isLate = Math.abs(systemClock.now().getTime() - place.at.getTime()) > LATE_MS
  return isLate
    ? warning(`it was verified last on ${place.at.toISOString()}`, 'Let the server run: it verifies each night.')
    : fine(`verified up to entry ${place.seq} on ${place.at.toISOString()}`)
}
