import { endKeysOf } from '../api-keys/end.ts'
import type { ActorContext } from '../audit/actor.ts'
import { NOBODY } from '../audit/sealer.ts'
import type { Config } from '../config/config.ts'
import { enterOrganisation } from '../db/transaction.ts'
import { rulesOf } from '../guard/limits/rules.ts'
import type { OutgoingClient } from '../http/outgoing/outgoing.ts'
import type { Clock } from '../lib/clock.ts'
import { sha256 } from '../lib/hash.ts'
import { fail, ok } from '../lib/result.ts'
import { maskAddress } from '../mail/mail.ts'
import { dnsLookUp } from '../orgs/domains/dns.ts'
import type { FetchText, LookUpText } from '../orgs/domains/ports.ts'
import type { LimitLetters } from '../orgs/invitations/ports.ts'
import type { ReadAddress, Revoked, Roles } from '../orgs/ports.ts'
import { createOrgs, type Orgs } from '../orgs/service.ts'
import { findItself } from '../service-accounts/store.ts'
import { parseEmail } from '../users/email.ts'
import { endingPrograms } from './end-programs.ts'
import type { Guard } from './guard.ts'
import { roomFor } from './licenses.ts'
import type { People } from './people.ts'
import { announcingMembers } from './revocations-of-programs.ts'
import type { Services } from './services.ts'

interface OrgsOptions {
  readonly config: Pick<Config, 'server' | 'organisations' | 'limits'>
  readonly services: Pick<Services, 'database' | 'events' | 'keyring' | 'outgoing' | 'revocations' | 'licenses'>
  readonly people: Pick<People, 'users' | 'passwords' | 'mail' | 'guard'>
  readonly access: Roles
  readonly clock: Clock
  /** Without one, the name servers of this machine. */
  readonly lookUpText?: LookUpText
}

/** Companies, who works for them, and how people get there. */
export function openOrgs({
  config,
  services: { database, events, keyring, outgoing, revocations, licenses },
  people: { users, passwords, mail, guard },
  access,
  clock,
  lookUpText = dnsLookUp(),
}: OrgsOptions): Orgs<ActorContext> {
  const { announce } = revocations
  const announceMember = announcingMembers(revocations)
  const endKeys = endKeysOf<ActorContext>({ record: events.recordEvent, announce, clock })
  const revoked: Revoked = async (tx, { organisation, member, reason }) => {
    if (member === undefined) await announce(tx, { organisation, reason })
    else await announceMember(tx, { organisation, sub: member, reason })
    if (member !== undefined && reason === 'membership-removed')
      await endKeys(await enterOrganisation(tx, organisation), byMemberships, { organisation, owner: member })
  }
  return createOrgs({
    db: database.app,
    owner: database.owner,
    issuerUrl: config.server.issuerUrl,
    lifetime: config.organisations.invitationLifetime,
    people: users,
    programs: { findIn: findItself },
    passwords,
    roles: access,
    seals: keyring,
    mail,
    limitLetters: limitingLetters(guard, config),
    limitPasswords: (email) => guard.limits.take('signIn', { email: guard.emailKey(email), purpose: 'invitation' }),
    readAddress,
    maskAddress,
    nobody: NOBODY,
    inNameOf: (by, id) => ({ ...by, actor: { kind: 'person', id } }),
    clock,
    record: events.recordEvent,
    revoked,
    endingPrograms: endingPrograms({ endKeys, announce: announceMember, record: events.recordEvent, clock }),
    assertRoom: roomFor(licenses, 'organisations'),
    lookUpText,
    fetchText: fetchingText(outgoing),
  })
}

/** As many times the letters of everything else as all organisations together may send: six of them, all at their most. */
const OF_ALL = 3

/**
 * Each organisation has letters of its own for an address, half as many as anything else: what others send takes none of
 * them away, until so many do it at once that it is the mailbox that must be spared. Letters that somebody asks for
 * themselves are counted apart from all of this: no invitation keeps anybody from their own account.
 */
const limitingLetters = (
  { limits, emailKey }: Pick<Guard, 'limits' | 'emailKey'>,
  config: Pick<Config, 'limits'>,
): LimitLetters => {
  const most = rulesOf(config.limits).mail.find(({ kind }) => kind === 'email')?.count ?? 0
  const take = (email: Buffer, count: number) => limits.take('mail', { email, purpose: 'invitation' }, { email: count })
  return async (address, organisation) => {
    const email = emailKey(address)
    const own = await take(sha256(Buffer.concat([email, Buffer.from(organisation)])), Math.ceil(most / 2))
    if (!own.ok) return fail({ reason: 'too-many-letters', retryAfterSeconds: own.retryAfterSeconds })
    return (await take(email, most * OF_ALL)).ok ? ok(undefined) : fail('not-now')
  }
}

const byMemberships: ActorContext = { actor: { kind: 'system', id: 'memberships' } }

const readAddress: ReadAddress = (typed) => {
  const email = parseEmail(typed)
  if (!email.ok) return fail(email.error)
  const { address, identity } = email.value
  return ok({ address, identity, domain: identity.slice(identity.lastIndexOf('@') + 1) })
}

/** A redirect leads away from the domain that is to be shown, so what is behind it proves nothing. */
const fetchingText =
  (outgoing: Pick<OutgoingClient, 'send'>): FetchText =>
  async (url) => {
    const answer = await outgoing.send({ method: 'GET', url })
    if (!answer.ok) return fail(answer.error.reason === 'redirected' ? 'not-found' : 'unreachable')
    return answer.value.status === 200 ? ok(answer.value.body.toString('utf8')) : fail('not-found')
  }
