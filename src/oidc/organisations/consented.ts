import type { Token } from 'oidc-provider'
import type { Client } from '../clients/client.ts'
import { findUnit } from '../unit/units.ts'
import { type Consented, scopesIn } from './claims.ts'

/**
 * What a person's token may be used for is what they agreed to, wherever the application is not ours: their role is what
 * they may do, and not what they let somebody else do. A token that is handed on is bound as the one that was shown: a back
 * end acts for the application that the person signed in to, whosever it is itself.
 */
export function consentedTo({ accountId, scope }: Token, { firstParty }: Client): Consented {
  if (accountId === undefined) return undefined
  const onBehalf = findUnit()?.onBehalf
  const isBound = onBehalf ? onBehalf.byConsent : !firstParty
  return isBound ? scopesIn(scope) : undefined
}
