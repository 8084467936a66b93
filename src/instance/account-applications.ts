import type { OwnApplication } from '../account/applications/application.ts'
import type { OwnApplications } from '../account/ports.ts'
import type { ActorContext } from '../audit/actor.ts'
import { type Agreed, NOTHING, together } from '../consents/agreed.ts'
import type { Consent } from '../consents/consent.ts'
import type { Consents } from '../consents/service.ts'
import type { Db } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { type Holding, listHoldings } from '../oidc/artifacts/access-store.ts'
import { isBuiltIn } from '../oidc/clients/built-in.ts'
import type { Client } from '../oidc/clients/client.ts'
import type { Clients } from '../oidc/clients/service.ts'
import { described } from '../oidc/consent/described.ts'
import type { UserId } from '../users/user.ts'

interface AccountApplicationsOptions {
  readonly db: Db
  readonly issuer: string
  readonly consents: Pick<Consents<ActorContext>, 'listOf' | 'end'>
  readonly clients: Pick<Clients, 'find'>
  readonly clock: Clock
}

/** What applications may know and do in somebody's name: what they agreed to, and what is held of them at this moment. */
export function accountApplications(options: AccountApplicationsOptions): OwnApplications {
  const { db, consents, clock } = options
  return {
    of: async (person) => {
      const [agreed, held] = await Promise.all([consents.listOf(person), listHoldings(db, person, clock.now())])
      const ids = new Set([...agreed, ...held].map(({ clientId }) => clientId))
      const found: OwnApplication[] = []
      for (const id of [...ids].filter((id) => !isBuiltIn(id)).sort()) {
        const isOfIt = ({ clientId }: { readonly clientId: string }) => clientId === id
        const client = await options.clients.find(id)
        // Of one that was removed nothing counts, and what is left of it is on its way out.
        if (client) found.push(await application(options, client, agreed.find(isOfIt), held.filter(isOfIt)))
      }
      // In one order wherever the server runs: without a language it would be that of its environment.
      return found.sort((one, other) => one.name.localeCompare(other.name, 'en'))
    },
    remove: (by, person: UserId, clientId) => consents.end(by, person, clientId),
  }
}

const agreedIn = ({ scopes, claims, resources }: Agreed): Agreed => ({ scopes, claims, resources })

async function application(
  { db, issuer, clock }: AccountApplicationsOptions,
  client: Client,
  consent: Consent | undefined,
  held: readonly Holding[],
): Promise<OwnApplication> {
  const can = held.reduce((all, one) => together(all, agreedIn(one)), consent ? agreedIn(consent) : NOTHING)
  const times = held.flatMap(({ lastUsed }) => lastUsed?.getTime() ?? [])
  const began = [...(consent ? [consent.givenAt] : []), ...held.map(({ since }) => since)].map((at) => at.getTime())
  const isAway = held.some(({ scopes }) => scopes.includes('offline_access'))
  return {
    clientId: client.id,
    name: client.name,
    firstParty: client.firstParty,
    since: new Date(Math.min(...began, clock.now().getTime())),
    lastUsed: times.length > 0 ? new Date(Math.max(...times)) : undefined,
    can: await described(db, issuer, can),
    connection: isAway ? 'away' : held.length > 0 ? 'session' : 'asleep',
    sessions: [...new Set(held.flatMap(({ session }) => session ?? []))],
  }
}
