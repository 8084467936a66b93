import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { findOpenCode } from './store.ts'
import type { UserCodes } from './user-code.ts'

interface WaitingDeps {
  readonly db: Db
  readonly userCodes: UserCodes
  readonly clock: Clock
}

/** Whether some device shows this code and waits for an answer. */
export type IsWaitedFor = (code: string) => Promise<boolean>

export const waitingCodes =
  ({ db, userCodes, clock }: WaitingDeps): IsWaitedFor =>
  async (code) =>
    (await findOpenCode(db, userCodes.hashOf(code), clock.now())) !== undefined
