import type { Db, Tx } from '../db/types.ts'
import { graceUntil } from '../factors/grace.ts'
import { holdsNothing } from '../factors/held.ts'
import { demandOf } from '../factors/rule.ts'
import type { Clock } from '../lib/clock.ts'
import type { UserId } from '../users/user.ts'
import type { LoginFacts } from './machine/step.ts'
import type { Account, Factors, PendingInteraction } from './ports.ts'

interface FactsDeps {
  readonly factors: Pick<Factors, 'rule' | 'heldBy'>
  readonly clock: Clock
}

export type ReadFacts = (
  db: Db | Tx,
  pending: Pick<PendingInteraction, 'rules'>,
  account: Account | undefined | Promise<Account | undefined>,
  /** Whoever has proven nothing is told nothing of what there would be to prove, and costs no look. */
  whose?: UserId,
) => Promise<LoginFacts>

/** What the machine decides by, as it is now. */
export const factsReader =
  ({ factors, clock }: FactsDeps): ReadFacts =>
  async (db, { rules }, asked, whose) => {
    const [account, theirs] = await Promise.all([asked, whose && factors.heldBy(db, whose)])
    const held = theirs && account?.id === whose ? theirs : holdsNothing
    const demand = demandOf([factors.rule, ...rules])
    return { account, held, demand, graceUntil: graceUntil(demand, held, clock.now()) }
  }
