import type { Access } from '../access/service.ts'
import type { ActorContext } from '../audit/actor.ts'
import type { Config } from '../config/config.ts'
import type { Quotas } from '../guard/limits/quotas.ts'
import type { Clock } from '../lib/clock.ts'
import type { Clients } from '../oidc/clients/service.ts'
import type { OidcDeps } from '../oidc/create-oidc.ts'
import type { Orgs } from '../orgs/service.ts'
import { openAccess } from './access.ts'
import { openPrograms, type Programs } from './api-keys.ts'
import { factorsOfPeople } from './factors-of-people.ts'
import { roomFor } from './licenses.ts'
import { openOrgs } from './orgs.ts'
import type { People } from './people.ts'
import { programs } from './programs.ts'
import { registryOf } from './registry.ts'
import type { Services } from './services.ts'

/** Organisations, what their members may do, and the programs that work for them. */
export interface Companies extends Programs {
  readonly access: Access<ActorContext>
  readonly orgs: Orgs<ActorContext>
  readonly quotas: Quotas
  readonly clients: Pick<Clients, 'find'>
}

interface CompaniesOptions {
  readonly config: Config
  readonly services: Services
  readonly people: Pick<People, 'users' | 'passwords' | 'mail' | 'guard' | 'notices'>
  readonly clock: Clock
}

export function openCompanies({ config, services, people, clock }: CompaniesOptions): Companies {
  const { apis, clients } = registryOf({ config, services, clock })
  const access = openAccess({ services, apis, clock })
  const orgs = openOrgs({ config, services, people, access, clock })
  const { users, notices, mail } = people
  const { seats, memberships } = orgs
  const programs = openPrograms({ config, services, seats, memberships, access, users, notices, mail, clock })
  return { access, orgs, clients, quotas: people.guard.quotas, ...programs }
}

/** What the protocol asks of them. */
export const forTokens = (
  { orgs: { seats }, access, apiKeys, quotas }: Companies,
  { revocations, licenses, outgoing }: Pick<Services, 'revocations' | 'licenses' | 'outgoing'>,
): Pick<
  OidcDeps,
  | 'organisations'
  | 'access'
  | 'factors'
  | 'programs'
  | 'apiKeys'
  | 'quotas'
  | 'revocations'
  | 'license'
  | 'outgoing'
  | 'assertRoom'
> => ({
  organisations: seats,
  access,
  factors: factorsOfPeople,
  programs,
  apiKeys,
  quotas,
  revocations,
  license: licenses,
  outgoing,
  assertRoom: roomFor(licenses, 'clients'),
})
