import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import type { Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { artifactHash } from './artifact.ts'
import { deleteGrant, grantsOfUser } from './store.ts'

const userId = defineId('usr')

/** `replay`: a code or refresh token came a second time, so one of the two who held it stole it. */
export type RevocationReason = 'replay' | 'signed-out' | 'revoked-by-client' | 'user-disabled'

interface Revocation {
  readonly grantId: string
  readonly reason: RevocationReason
}

/** A grant with everything that came of it. What was revoked before is not an event again. */
export const revokeGrant = (
  tx: Tx,
  events: Pick<EventWriter, 'recordEvent'>,
  context: ActorContext,
  revocation: Revocation,
): Promise<void> => revoke(tx, events, context, artifactHash('Grant', revocation.grantId), revocation)

/**
 * Everything that applications hold of a person, live or asleep: whoever is shut out and let in again later signs in anew,
 * and a refresh token that somebody copied meanwhile stays dead.
 */
export async function revokeGrantsOf(
  tx: Tx,
  events: Pick<EventWriter, 'recordEvent'>,
  context: ActorContext,
  { user, reason }: { readonly user: Id<'usr'>; readonly reason: RevocationReason },
): Promise<void> {
  for (const { hash, id } of await grantsOfUser(tx, userId.toUuid(user)))
    await revoke(tx, events, context, hash, { grantId: id ?? hash.toString('base64url'), reason })
}

async function revoke(
  tx: Tx,
  { recordEvent }: Pick<EventWriter, 'recordEvent'>,
  context: ActorContext,
  hash: Buffer,
  { grantId, reason }: Revocation,
): Promise<void> {
  const revoked = await deleteGrant(tx, hash)
  if (!revoked) return
  const user = revoked.userId ? userId.fromUuid(revoked.userId) : null
  await recordEvent(tx, context, {
    action: 'grant.revoked',
    target: grantId,
    before: { public: { client: revoked.clientId, user } },
    after: { public: { reason } },
  })
}
