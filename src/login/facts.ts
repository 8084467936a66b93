import type { Db, Tx } from '../db/types.ts'
import { graceUntil } from '../factors/grace.ts'
import { type Held, holdsNothing } from '../factors/held.ts'
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

type FactsFrom = (
  pending: Pick<PendingInteraction, 'rules'>,
  account: Account | undefined,
  /** None for whoever has proven nothing: they are told nothing of what there would be to prove. */
  held: Promise<Held> | undefined,
) => Promise<LoginFacts>

/** What the machine decides by, of what was read. */
export const factsFrom =
  ({ factors, clock }: FactsDeps): FactsFrom =>
  async ({ rules }, account, theirs) => {
    const held = (await theirs) ?? holdsNothing
    const demand = demandOf([factors.rule, ...rules])
    return { account, held, demand, graceUntil: graceUntil(demand, held, clock.now()) }
  }

/** The same as it is now. */
export const factsReader = (deps: FactsDeps): ReadFacts => {
  const factsOf = factsFrom(deps)
  return async (db, pending, asked, whose) => {
    const [account, theirs] = await Promise.all([asked, whose && deps.factors.heldBy(db, whose)])
    return factsOf(pending, account, theirs && account?.id === whose ? Promise.resolve(theirs) : undefined)
  }
}
