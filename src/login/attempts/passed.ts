import { z } from 'zod'
import { secondFactors } from '../../factors/factor.ts'
import { sessionId } from '../../sessions/session.ts'
import type { Passed } from '../machine/state.ts'

const factor = z.enum(secondFactors)

/** As the column keeps it. */
const stored = z.strictObject({
  from: sessionId.schema.optional(),
  since: z.coerce.date().optional(),
  mailbox: z.coerce.date().optional(),
  putOff: z.literal(true).optional(),
  enrolled: factor.optional(),
  backupCodes: z.enum(['made', 'kept']).optional(),
  offer: z.enum(['passkey', 'accepted', 'declined']).optional(),
  trust: factor.optional(),
})

export function readPassed(json: unknown): Passed {
  const { from, since, mailbox, putOff, enrolled, backupCodes, offer, trust } = stored.parse(json)
  return {
    ...(from && { from }),
    ...(since && { since }),
    ...(mailbox && { mailbox }),
    ...(putOff && { putOff }),
    ...(enrolled && { enrolled }),
    ...(backupCodes && { backupCodes }),
    ...(offer && { offer }),
    ...(trust && { trust }),
  }
}
