import { statement } from '../../db/statement.ts'
import type { Client } from './client.ts'

/** What of a client decides whether somebody is asked, and as whom they are known. */
export type Decisive = Pick<Client, 'id' | 'firstParty' | 'subjectType' | 'sector'>

/** Its row as it is taken for, held until the transaction ends. */
export const asKnown = statement<Decisive, { client_id: string }>((db, part) => {
  const { id, firstParty, subjectType, sector } = part((client) => client)
  return db
    .selectFrom('oidc_clients')
    .select('client_id')
    .where('client_id', '=', id)
    .where('first_party', '=', firstParty)
    .where('subject_type', '=', subjectType)
    .where('sector', 'is not distinct from', sector)
    .where('disabled_at', 'is', null)
    .where('removed_at', 'is', null)
    .forKeyShare()
})
