import type { Agreed } from '../../consents/agreed.ts'
import { findClient } from '../../oidc/clients/store.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'
import { findPerson } from './find.ts'
import type { PeopleAtWork } from './with-people.ts'

/** The issuer as an audience has the scopes of OpenID Connect alone, which stand in front. */
const words = ({ scopes, claims, resources }: Agreed, issuer: string): string =>
  [
    ...scopes,
    ...claims.map((claim) => `claim ${claim}`),
    ...Object.entries(resources)
      .filter(([audience]) => audience !== issuer)
      .map(([audience, there]) => `${there.length > 0 ? there.join(' ') : 'no scope'} at ${audience}`),
  ].join(', ')

/** What somebody agreed to, for which application, and when. */
export async function describeConsents(people: PeopleAtWork, issuer: string, who: string): Promise<Output> {
  const user = await findPerson(people, who)
  const found = []
  for (const consent of await people.consents.listOf(user.id))
    found.push({ ...consent, name: (await findClient(people.db, consent.clientId))?.name ?? null })
  const rows = found.map((consent) => [
    consent.clientId,
    consent.name ?? '',
    consent.givenAt.toISOString().slice(0, 10),
    words(consent, issuer),
  ])
  return {
    text:
      rows.length > 0
        ? table(['CLIENT', 'NAME', 'SINCE', 'MAY'], rows)
        : `${user.email} has agreed to nothing. Applications of yours are not asked for.`,
    json: { user: user.id, consents: found },
  }
}

/** In the place of the person: the application has to ask them again, and what it holds is dead. */
export async function withdrawConsent(people: PeopleAtWork, who: string, clientId: string): Promise<Output> {
  const user = await findPerson(people, who)
  const ended = await people.consents.end(people.by, user.id, clientId)
  const text = ended
    ? `${clientId} has no access to the account of ${user.email} any more.`
    : `${clientId} had no access to the account of ${user.email}.`
  return { text, json: { user: user.id, client: clientId, ended } }
}
