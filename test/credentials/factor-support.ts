import type { ActorContext } from '../../src/audit/actor.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import type { Tx } from '../../src/db/types.ts'
import type { Factors } from '../../src/instance/factors.ts'
import { sha256 } from '../../src/lib/hash.ts'
import type { User } from '../../src/users/user.ts'
import { arranging } from '../support/event-guard.ts'
import { type Insight, insightInto } from '../support/insight.ts'
import { createTestInstance, type TestInstance } from '../support/instance.ts'
import { letters, type QueuedLetter } from '../support/letters.ts'

/** The rooms in their instance, without pages. */
export interface FactorWorld extends TestInstance, Insight, Omit<Factors, 'trustCookie'> {
  readonly by: ActorContext
  readonly ada: User
  readonly grace: User
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** What is proven is proven for something, whose event it is: here it is for the test. */
  proving<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  letters(): Promise<QueuedLetter[]>
}

const by: ActorContext = { actor: { kind: 'operator', id: 'test' }, ip: '192.0.2.7' }
const ada = { email: 'Ada.Lovelace@Example.com', name: 'Ada Lovelace' }

export const holderOf = (name: string): Buffer => sha256(name)

/** As many at the same moment as one would have to be unlucky to have. */
export const atOnce = <T>(work: (which: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: 20 }, (_, which) => work(which)))

export async function factorWorld(env: Record<string, string> = {}): Promise<FactorWorld> {
  const world = await createTestInstance({ env })
  const { app: db } = world.database
  const add = async (person: { email: string; name: string }): Promise<User> => {
    const created = await world.people.users.create(by, person)
    if (!created.ok) throw new Error(created.error)
    return created.value
  }
  const tx: FactorWorld['tx'] = (work) => inTransaction(db, work)
  return {
    ...world,
    ...world.people.factors,
    ...insightInto(world),
    by,
    ada: await add(ada),
    grace: await add({ email: 'grace@example.com', name: 'Grace Hopper' }),
    tx,
    proving: (work) =>
      tx(async (it) => {
        await arranging(it)
        return work(it)
      }),
    letters: () => letters(world),
  }
}
