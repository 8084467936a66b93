import { z } from 'zod'
import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import { handle, type JobHandler } from '../../jobs/handler.ts'
import { defineJob } from '../../jobs/job.ts'
import { type JobSchedule, schedule } from '../../jobs/schedule.ts'
import type { Clock } from '../../lib/clock.ts'
import type { OrgId } from '../org.ts'
import { deleteEnded } from './ended-store.ts'
import type { InvitationId } from './invitation.ts'

const forgetInvitations = defineJob({ name: 'invitations.forget', schema: z.strictObject({}), overlap: 'never' })

export const invitationJobKinds = [forgetInvitations]
export const invitationJobSchedules: readonly JobSchedule[] = [schedule(forgetInvitations, '53 2 * * *')]

interface Forgotten {
  readonly action: 'invitation.forgotten'
  readonly target: InvitationId
  readonly after: { readonly public: { readonly status: string } }
}

interface CleanupDeps {
  /** Of the role that means every organisation. */
  readonly owner: Db
  readonly record: (
    tx: Tx,
    by: { readonly actor: { readonly kind: 'system'; readonly id: string }; readonly organisation: OrgId },
    event: Forgotten,
  ) => Promise<unknown>
  readonly clock: Clock
  /** Milliseconds. */
  readonly remembered: number
  /** Invitations in one transaction: so that none is long. */
  readonly batch?: number
}

const BATCH = 200
const actor = { kind: 'system', id: 'invitations.forget' } as const

/** An invitation that is over holds the address of somebody who may never have wanted to know us. The events keep that there was one. */
export const invitationJobHandlers = (deps: CleanupDeps): JobHandler[] => [
  handle(forgetInvitations, async (_payload, { signal }) => {
    const { owner, clock, remembered, batch = BATCH } = deps
    for (;;) {
      const before = new Date(clock.now().getTime() - remembered)
      const done = await inInstance(owner, (tx) => forget(deps, tx, before, batch))
      if (done < batch || signal.aborted) return
    }
  }),
]

async function forget({ record }: CleanupDeps, tx: InstanceTx, before: Date, batch: number): Promise<number> {
  const gone = await deleteEnded(tx, before, batch)
  for (const { id, organisation, status } of gone) {
    const event = { action: 'invitation.forgotten', target: id, after: { public: { status } } } as const
    await record(tx, { actor, organisation }, event)
  }
  return gone.length
}
