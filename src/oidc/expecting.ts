import type { Whose } from '../db/statement.ts'
import type { Db } from '../db/types.ts'
import { defineId } from '../lib/ids.ts'
import type { Accounts } from './accounts.ts'
import { userOfArtifact } from './artifacts/store.ts'
import type { Organisations, Users } from './ports.ts'
import { findUnit } from './unit/units.ts'

const userId = defineId('usr')

interface ExpectingDeps {
  readonly db: Db
  readonly users: Pick<Users, 'finder'>
  readonly accounts: Pick<Accounts, 'person'>
  readonly organisations: Pick<Organisations, 'toChoose' | 'choiceFinder'>
}

/** Who signed in and for whom they work: asked for together, before the engine asks for the one and then for the other. */
export function expecting({ db, users, accounts, organisations }: ExpectingDeps) {
  const ofArtifact: Whose<{ idHash: Buffer }> = (part) => userOfArtifact(part((artifact) => artifact).idHash)
  const findHolder = users.finder(ofArtifact)
  const findChoices = organisations.choiceFinder(ofArtifact)

  const expectSignIn = async (id: string): Promise<void> => {
    const unit = findUnit()
    if (!unit || !userId.is(id)) return
    await Promise.all([accounts.person(id), unit.choices(id, () => organisations.toChoose(db, id))])
  }
  /** The same before it is known who that is; of somebody else it is asked anew. */
  const lookBehind = (idHash: Buffer) => {
    const unit = findUnit()
    const [holder, choices] = [findHolder(db, { idHash }), findChoices(db, { idHash })]
    for (const answer of [holder, choices]) answer.catch(() => {})
    return async (id: string): Promise<void> => {
      if (unit && (await holder)?.id === id)
        await Promise.all([unit.person(id, () => holder), unit.choices(id, () => choices)])
      else await expectSignIn(id)
    }
  }
  return { findHolder, expectSignIn, lookBehind }
}
