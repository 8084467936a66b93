import type { EventInput } from '../audit/event.ts'
import type { EventWriter } from '../audit/writer.ts'
import { defineId, type Id } from '../lib/ids.ts'
import type { Announcement } from '../revocations/revocation.ts'
import type { Revocations } from '../revocations/service.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')

/**
 * What ends tokens is a change, a change cannot be without its event, and so the event brings the announcement along:
 * no new way to end a session or a grant can forget it.
 */
export const announcing = (events: EventWriter, { announce }: Pick<Revocations, 'announce'>): EventWriter => ({
  ...events,
  recordEvent: async (tx, context, event) => {
    const id = await events.recordEvent(tx, context, event)
    const dead = deadBy(event)
    if (dead) await announce(tx, dead)
    return id
  },
})

/** Of these the whole person is announced, by `endingEverything`. And who fell asleep may hold what outlives a session. */
const withoutAnnouncement = ['idle', 'user-disabled', 'account-locked', 'account-recovered', 'password-changed']

function deadBy({ action, target, before, after }: EventInput): Announcement | undefined {
  switch (action) {
    case 'session.ended':
      return sessionId.is(target) && !withoutAnnouncement.includes(String(after?.public?.['reason']))
        ? { sid: target, reason: 'session-ended' }
        : undefined
    case 'grant.revoked': {
      // A token does not name its grant: what the person holds of this client elsewhere is renewed without their doing.
      const { user, client } = before?.public ?? {}
      return isPerson(user) && typeof client === 'string'
        ? { sub: user, clientId: client, reason: 'grant-revoked' }
        : undefined
    }
    case 'client.disabled':
      return { clientId: target, reason: 'client-disabled' }
    case 'client.updated': {
      const [was, is] = [before?.public?.['serviceAccount'], after?.public?.['serviceAccount']]
      if (was !== is) return { sub: target, clientId: target, reason: 'client-acts-otherwise' }
      // No entry names an API: the tokens for its others die as well, and are renewed for those alone.
      const left = textsIn(after?.public?.['apis'])
      const lost = textsIn(before?.public?.['apis']).some((audience) => !left.includes(audience))
      return lost ? { clientId: target, reason: 'client-lost-api' } : undefined
    }
    default:
      return undefined
  }
}

const textsIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const isPerson = (value: unknown): value is Id<'usr'> => typeof value === 'string' && userId.is(value)
