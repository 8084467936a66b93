import type { Token } from 'oidc-provider'
import { defineId } from '../../lib/ids.ts'
import type { Client } from '../clients/client.ts'
import type { Member } from '../ports.ts'

const userId = defineId('usr')

/** Who acts: a person, or the service account that a program is; a program that is none acts for no organisation. */
export function memberOf({ accountId }: Pick<Token, 'accountId'>, client: Client): Member | undefined {
  if (accountId !== undefined) return userId.is(accountId) ? accountId : undefined
  return client.serviceAccount ?? undefined
}
