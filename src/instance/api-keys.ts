import type { Authority } from '../access/authority.ts'
import { allPermissions, within } from '../access/can.ts'
import type { ReadRoles } from '../access/read.ts'
import { type ApiKeys, createApiKeys } from '../api-keys/service.ts'
import type { ActorContext } from '../audit/actor.ts'
import type { Config } from '../config/config.ts'
import type { OrgTx } from '../db/transaction.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, type Result } from '../lib/result.ts'
import type { Mail } from '../mail/service.ts'
import type { Notices } from '../notices/service.ts'
import type { AddRefusal } from '../orgs/memberships/add.ts'
import type { Seat } from '../orgs/memberships/membership.ts'
import type { Memberships } from '../orgs/memberships/service.ts'
import { isFrom, judge } from '../orgs/policy/judge.ts'
import type { Seats } from '../orgs/seats/service.ts'
import { holdOrganisation, shareOrganisation } from '../orgs/store.ts'
import { createServiceAccounts, type ServiceAccounts } from '../service-accounts/service.ts'
import { serviceAccountId } from '../service-accounts/service-account.ts'
import { findItself } from '../service-accounts/store.ts'
import type { Users } from '../users/service.ts'
import { findUser } from '../users/store.ts'
import { userId } from '../users/user.ts'
import { holdingAll, type LeavingRefusal, leavingAll } from './leave-all.ts'
import { announcingMembers } from './revocations-of-programs.ts'
import type { Services } from './services.ts'
import { tellingKeepers, tellingOfPrograms } from './tell-keepers.ts'

/** What acts for a company and is no person who signs in. */
export interface Programs {
  readonly apiKeys: ApiKeys<ActorContext, Seat>
  readonly serviceAccounts: ServiceAccounts<ActorContext, Authority, AddRefusal, LeavingRefusal>
}

interface ProgramsOptions {
  readonly config: Pick<Config, 'apiKeys'>
  readonly services: Pick<Services, 'database' | 'events' | 'revocations' | 'keyring'>
  readonly seats: Pick<Seats, 'seatOf' | 'everyOrganisationOf'>
  readonly memberships: Pick<Memberships<ActorContext>, 'addIn' | 'removeIn'>
  readonly access: Pick<ReadRoles, 'rolesFor' | 'rolesHere'>
  readonly users: Pick<Users<ActorContext>, 'findIn'>
  readonly notices: Pick<Notices<ActorContext>, 'tell'>
  readonly mail: Pick<Mail, 'send'>
  readonly clock: Clock
}

export function openPrograms(options: ProgramsOptions): Programs {
  const { config, services, seats, memberships, access, users, notices, mail, clock } = options
  const { database, events, revocations, keyring } = services
  const common = { db: database.app, announce: revocations.announce, record: events.recordEvent, clock }

  const apiKeys = createApiKeys<ActorContext, Seat>({
    ...common,
    hashKey: keyring.derive('api keys'),
    settings: config.apiKeys,
    places: {
      hold: shareOrganisation,
      of: async (tx, organisation, owner) => {
        const seat = await seats.seatOf(tx, organisation, owner)
        if (!seat) return undefined
        // `seatOf` has entered the scope.
        const scoped = tx as OrgTx
        const roles = await access.rolesFor(scoped, seat.roles)
        return { tx: scoped, seat, roles, permissions: allPermissions(roles) }
      },
      within,
      lets: ({ organisation: { policy } }, { now, ip }) =>
        judge(policy, { now, ip, signedIn: undefined }).kind === 'met',
      isFrom,
    },
    owners: {
      isActive: async (tx, owner) => {
        if (serviceAccountId.is(owner)) return (await findItself(tx, owner))?.status === 'active'
        const person = userId.is(owner) ? await findUser(tx, owner) : undefined
        return person?.status === 'active' && person.locked_at === null
      },
      person: users.findIn,
    },
    tell: notices.tell,
    tellKeepers: tellingKeepers({ access, users, mail, clock }),
  })

  const holdAll = holdingAll({ seats })
  const serviceAccounts: Programs['serviceAccounts'] = createServiceAccounts({
    ...common,
    memberships: {
      hold: holdOrganisation,
      holdAll: (tx, { organisation, account }) => holdAll(tx, organisation, [account]),
      add: async (tx, by, authority, { organisation, account, roles }): Promise<Result<unknown, AddRefusal>> => {
        const held = await holdOrganisation(tx, organisation)
        return held ? memberships.addIn(tx, by, authority, held, account, roles) : fail('not-found')
      },
      mayActOn: async (tx, authority, { organisation, account }) => {
        const seat = await seats.seatOf(tx, organisation, account)
        return authority.mayActOn(await access.rolesFor(tx, seat?.roles ?? []))
      },
      leave: leavingAll({ seats, memberships }),
    },
    endKeys: apiKeys.ownerEnded,
    announce: announcingMembers(revocations),
    tell: tellingOfPrograms({ access, users, mail, clock }),
  })
  return { apiKeys, serviceAccounts }
}
