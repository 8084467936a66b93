import type { EventInput } from '../audit/event.ts'
import type { EventWriter } from '../audit/writer.ts'
import { defineId, type Id } from '../lib/ids.ts'
import type { Announcement } from '../revocations/revocation.ts'
import type { Revocations } from '../revocations/service.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')
const orgId = defineId('org')
const apiId = defineId('api')

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
const withoutAnnouncement = [
  'idle',
  'expired',
  'user-disabled',
  'account-locked',
  'account-recovered',
  'password-changed',
]

/** The session was announced, or all of the client or the organisation is; and what came to its end by itself is not. */
const announcedOtherwise = ['session-over', 'client-ended', 'organisation-ended']

function deadBy({ action, target, before, after }: EventInput): Announcement | undefined {
  switch (action) {
    case 'session.ended':
      return sessionId.is(target) && !withoutAnnouncement.includes(String(after?.public?.['reason']))
        ? { sid: target, reason: 'session-ended' }
        : undefined
    case 'grant.revoked': {
      // A token does not name its grant: what the person holds of this client elsewhere is renewed without their doing.
      const { user, client } = before?.public ?? {}
      if (announcedOtherwise.includes(String(after?.public?.['reason']))) return undefined
      return isPerson(user) && typeof client === 'string'
        ? { sub: user, clientId: client, reason: 'grant-revoked' }
        : undefined
    }
    case 'consent.withdrawn': {
      const { client } = before?.public ?? {}
      // All of the client is announced.
      if (after?.public?.['reason'] === 'client-removed') return undefined
      return userId.is(target) && typeof client === 'string'
        ? { sub: target, clientId: client, reason: 'consent-withdrawn' }
        : undefined
    }
    case 'grants.revoked': {
      // For any other reason the whole person is announced, by `endingEverything`.
      const [client] = textsIn(before?.public?.['clients'])
      return after?.public?.['reason'] === 'access-removed' && userId.is(target) && typeof client === 'string'
        ? { sub: target, clientId: client, reason: 'access-removed' }
        : undefined
    }
    case 'client.sign_ins_ended':
      return { clientId: target, reason: 'client-sign-ins-ended' }
    case 'organisation.sign_ins_ended':
      return orgId.is(target) ? { organisation: target, reason: 'organisation-sign-ins-ended' } : undefined
    case 'client.removed':
    case 'client.disabled':
      return { clientId: target, reason: action.replace('.', '-') }
    case 'client.updated': {
      const [was, is] = [before?.public?.['serviceAccount'], after?.public?.['serviceAccount']]
      if (was !== is) return { sub: target, clientId: target, reason: 'client-acts-otherwise' }
      // Under names by which persons and sessions are not announced any more.
      if (hasChanged(before, 'subjectType') || hasChanged(before, 'sector'))
        return { clientId: target, reason: 'client-acts-otherwise' }
      // What it held, nobody had agreed to.
      if (before?.public?.['firstParty'] === true) return { clientId: target, reason: 'client-acts-otherwise' }
      // No entry names an API: the tokens for its others die as well, and are renewed for those alone.
      const left = textsIn(after?.public?.['apis'])
      const lost = textsIn(before?.public?.['apis']).some((audience) => !left.includes(audience))
      // Tokens that it was handed for another API are its own: as what they were announced, they die.
      const handed = audiencesOnBehalf(after?.public?.['apiGrants'])
      const lostHanded = audiencesOnBehalf(before?.public?.['apiGrants']).some((audience) => !handed.includes(audience))
      return lost || lostHanded || hasFewerScopes(before, after)
        ? { clientId: target, reason: 'client-lost-api' }
        : undefined
    }
    case 'api.updated':
      // Whoever is told of by an organisation is so under the name that the API reads, which is not that of its older tokens.
      return apiId.is(target) && nameOfOrganisation(before) !== nameOfOrganisation(after)
        ? { api: target, reason: 'api-claims-renamed' }
        : undefined
    default:
      return undefined
  }
}

/** An update records what differs, and nothing else. */
const hasChanged = (before: EventInput['before'], field: string): boolean => before?.public?.[field] !== undefined

const nameOfOrganisation = (of: EventInput['before']): unknown => {
  const names = of?.public?.['claimNames']
  return typeof names === 'object' && names !== null && 'org_id' in names ? Reflect.get(names, 'org_id') : undefined
}

const textsIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

interface SpecialGrant {
  readonly audience: unknown
  /** Undefined: all. */
  readonly scopes: readonly unknown[] | undefined
  readonly onBehalf: boolean
}

/** Of the APIs those that it does not plainly have. */
const specialIn = (grants: unknown): readonly SpecialGrant[] =>
  textsIn(grants).flatMap((grant) =>
    typeof grant === 'object' && grant !== null && 'audience' in grant
      ? {
          audience: grant.audience,
          scopes: 'scopes' in grant && Array.isArray(grant.scopes) ? grant.scopes : undefined,
          onBehalf: 'onBehalf' in grant && grant.onBehalf === true,
        }
      : [],
  )

/** To which it may hand on what it was called with. */
const audiencesOnBehalf = (grants: unknown): readonly unknown[] =>
  specialIn(grants).flatMap(({ audience, onBehalf }) => (onBehalf ? [audience] : []))

/** At an API that it had before: its tokens say more than it may have. */
function hasFewerScopes(before: EventInput['before'], after: EventInput['after']): boolean {
  const had = before?.public?.['apis']
  const former = specialIn(before?.public?.['apiGrants'])
  return specialIn(after?.public?.['apiGrants']).some(({ audience, scopes }) => {
    // Where the audiences are the same as before they are not said.
    const isNew = had !== undefined && !textsIn(had).includes(audience)
    const was = former.find((one) => one.audience === audience)?.scopes
    return !isNew && scopes !== undefined && (was === undefined || was.some((scope) => !scopes.includes(scope)))
  })
}

const isPerson = (value: unknown): value is Id<'usr'> => typeof value === 'string' && userId.is(value)
