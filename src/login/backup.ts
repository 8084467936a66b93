import { ok } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { Advanced } from './advance.ts'
import type { LaterDeps } from './later.ts'
import type { PendingInteraction, Where } from './ports.ts'

export interface Backup {
  /** To be shown, once. Undefined where they are not due: another step is. */
  makeBackupCodes(pending: PendingInteraction, where: Where): Promise<readonly Secret<string>[] | undefined>
  /** Whoever says so goes on. */
  keptBackupCodes(pending: PendingInteraction, where: Where): Promise<Advanced<never>>
}

export const backing = ({ standingOf, advance, factors }: LaterDeps): Backup => ({
  makeBackupCodes: async (pending, where) => {
    const standing = await standingOf(pending)
    let made: readonly Secret<string>[] | undefined
    const outcome = await advance(standing, {
      pending,
      where,
      step: 'backup-codes',
      work: async (tx, by, { id }) => {
        made = await factors.backupCodes.generate(tx, by, id)
        return ok({ kind: 'backup-codes', are: 'made' })
      },
    })
    // Another tab was faster, and its codes are the ones that count.
    return outcome.kind === 'waiting' && outcome.moved ? made : undefined
  },
  keptBackupCodes: async (pending, where) =>
    advance(await standingOf(pending), {
      pending,
      where,
      step: 'backup-codes',
      work: async () => ok({ kind: 'backup-codes', are: 'kept' }),
    }),
})
