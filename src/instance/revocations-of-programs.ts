import type { Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { clientOfServiceAccount } from '../oidc/clients/store.ts'
import type { Revocations } from '../revocations/service.ts'

const serviceAccountId = defineId('sva')

interface OfMember {
  readonly sub: Id<'usr'> | Id<'sva'>
  readonly organisation?: Id<'org'>
  readonly reason: string
}

/**
 * RFC 9068 §2.2: of client credentials `sub` is the client, whichever account it acts as. Whoever looks for the account in
 * the tokens that they hold would find none of these, so the client is named too. Its people keep what they have.
 */
export const announcingMembers =
  ({ announce }: Pick<Revocations, 'announce'>) =>
  async (tx: Tx, what: OfMember): Promise<void> => {
    await announce(tx, what)
    const { sub } = what
    const client = serviceAccountId.is(sub) && (await clientOfServiceAccount(tx, serviceAccountId.toUuid(sub)))
    if (client) await announce(tx, { ...what, sub: client, clientId: client })
  }
