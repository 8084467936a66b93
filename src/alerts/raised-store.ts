import { inInstance } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { type AlertFields, alertFields } from './alert.ts'

const eventId = defineId('evt')

export interface RaisedAlert extends AlertFields {
  readonly id: Id<'evt'>
  readonly at: Date
}

interface Page {
  readonly limit: number
  readonly before?: Id<'evt'> | undefined
}

/** The newest first, by events_by_action. */
export const raisedAlerts = (owner: Db, { limit, before }: Page): Promise<RaisedAlert[]> =>
  inInstance(owner, async (tx) => {
    const rows = await tx
      .selectFrom('events')
      .select(['id', 'occurred_at', 'after'])
      .where('action', '=', 'alert.raised')
      .$if(before !== undefined, (query) => query.where('id', '<', before ? eventId.toUuid(before) : ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute()
    return rows.flatMap(({ id, occurred_at, after }) => {
      const fields = alertFields.safeParse(after)
      return fields.success ? [{ id: eventId.fromUuid(id), at: occurred_at, ...fields.data }] : []
    })
  })
