import type { Db } from '../db/types.ts'
import type { FetchText, LookUpText } from './domains/ports.ts'
import { createDomains, type Domains } from './domains/service.ts'
import type { InvitationMail } from './invitations/ports.ts'
import { createInvitations, type Invitations, type InvitationsDeps } from './invitations/service.ts'
import { admission } from './memberships/admission.ts'
import { joinMember } from './memberships/join.ts'
import type { MembershipMail } from './memberships/letter.ts'
import { createMemberships, type Memberships } from './memberships/service.ts'
import { createOrganisations, type Organisations } from './organisations/service.ts'
import type { Acting, AssertRoom, EndingPrograms, Revoked } from './ports.ts'
import { createSeats, type Seats } from './seats/service.ts'

/** `By`: who asks and from where, for the log of events. */
export interface Orgs<By> {
  readonly organisations: Organisations<By>
  readonly memberships: Memberships<By>
  readonly seats: Seats
  readonly invitations: Invitations<By>
  readonly domains: Domains<By>
}

interface OrgsDeps<By, Hashed> extends Omit<InvitationsDeps<By, Hashed>, 'admits' | 'join'> {
  readonly owner: Db
  readonly mail: InvitationMail & MembershipMail
  readonly revoked: Revoked
  readonly endingPrograms: (own: Pick<Orgs<By>, 'seats' | 'memberships'>) => EndingPrograms<By>
  readonly assertRoom: AssertRoom
  readonly lookUpText: LookUpText
  readonly fetchText: FetchText
}

export function createOrgs<By extends Acting, Hashed>(deps: OrgsDeps<By, Hashed>): Orgs<By> {
  const join = joinMember(deps)
  const admits = admission(deps.readAddress)
  const seats = createSeats(deps)
  const memberships = createMemberships({ ...deps, join, admits, seats })
  const programs = deps.endingPrograms({ seats, memberships })
  return {
    organisations: createOrganisations({ ...deps, join, programs }),
    memberships,
    seats,
    invitations: createInvitations({ ...deps, join, admits }),
    domains: createDomains(deps),
  }
}
