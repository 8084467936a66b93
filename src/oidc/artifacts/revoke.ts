import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import type { Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { artifactHash } from './artifact.ts'
import { deleteGrant } from './store.ts'

const userId = defineId('usr')

/** `replay`: a code or refresh token came a second time, so one of the two who held it stole it. */
export type RevocationReason = 'replay' | 'signed-out' | 'revoked-by-client'

interface Revocation {
  readonly grantId: string
  readonly reason: RevocationReason
}

/** Why everything of one person ends at once. */
export type PersonReason = 'user-disabled' | 'password-changed' | 'account-recovered' | 'account-locked' | 'revoked'

/** A grant with everything that came of it. What was revoked before is not an event again. Answers whose it was. */
export async function revokeGrant(
  tx: Tx,
  { recordEvent }: Pick<EventWriter, 'recordEvent'>,
  context: ActorContext,
  { grantId, reason }: Revocation,
): Promise<Id<'usr'> | undefined> {
  const revoked = await deleteGrant(tx, artifactHash('Grant', grantId))
  if (!revoked) return undefined
  const user = revoked.userId ? userId.fromUuid(revoked.userId) : null
  await recordEvent(tx, context, {
    action: 'grant.revoked',
    target: grantId,
    before: { public: { client: revoked.clientId, user } },
    after: { public: { reason } },
  })
  return user ?? undefined
}
