import type { OwnOrganisations } from '../account/ports.ts'
import type { ActorContext } from '../audit/actor.ts'
import type { Db } from '../db/types.ts'
import type { Clients } from '../oidc/clients/service.ts'
import type { Orgs } from '../orgs/service.ts'

interface AccountOrganisationsOptions {
  readonly db: Db
  readonly orgs: Pick<Orgs<ActorContext>, 'memberships' | 'seats'>
  readonly clients: Pick<Clients, 'find'>
}

/** What somebody sees of their own organisations, with what applications are called. */
export const accountOrganisations = ({
  db,
  orgs: { memberships, seats },
  clients,
}: AccountOrganisationsOptions): OwnOrganisations => ({
  of: memberships.organisationsOf,
  leave: memberships.leave,
  choicesOf: async (person) => {
    const choices = []
    for (const { clientId, organisation } of await seats.choicesOf(db, person))
      choices.push({ clientId, organisation, client: (await clients.find(clientId))?.name ?? clientId })
    return choices
  },
  forget: seats.forget,
})
