import { z } from 'zod'
import type { MemberId, Seat } from '../memberships/membership.ts'
import type { OrgId } from '../org.ts'
import { type SeatRow, seatIn } from './seat-row.ts'

const seatRow: z.ZodType<SeatRow> = z.object({
  slug: z.string(),
  name: z.string(),
  org_status: z.string(),
  template: z.string(),
  policy: z.unknown(),
  quota: z.number().nullable(),
  status: z.string(),
  role_ids: z.array(z.string()),
})

const MOST = 500
const read = new Map<string, Seat | undefined>()

/**
 * Of what `seat_held` answered to a statement of another room. Each refresh of somebody brings the same text until something of their
 * seat changes: what was made of a text is kept by that text, and so cannot be out of date.
 */
export function seatFrom(text: string | null, organisation: OrgId, member: MemberId): Seat | undefined {
  if (text === null) return undefined
  const key = `${organisation} ${member} ${text}`
  const known = read.get(key)
  if (known) return known
  const seat = seatIn(seatRow.parse(JSON.parse(text)), organisation, member)
  const [oldest] = read.keys()
  if (read.size >= MOST && oldest !== undefined) read.delete(oldest)
  read.set(key, seat)
  return seat
}
