import type { OrgTx } from '../db/transaction.ts'
import { defineId } from '../lib/ids.ts'
import type { ApiKey } from './key.ts'
import type { Acting, Owners, TellKeepers, TellOwner } from './ports.ts'

const userId = defineId('usr')

interface TellingDeps<By> {
  readonly owners: Pick<Owners, 'person'>
  readonly tell: TellOwner<By>
  readonly tellKeepers: TellKeepers
}

interface NewSecret {
  readonly what: 'created' | 'rotated'
  readonly key: ApiKey
  /** Its name. */
  readonly organisation: string
}

/** Whoever was shown a secret acts as its owner from then on: the owner hears of it, whoever it was shown to (threat 32). */
export const tellingOfNew =
  <By extends Acting>({ owners, tell, tellKeepers }: TellingDeps<By>) =>
  async (tx: OrgTx, by: By, { what, key, organisation }: NewSecret): Promise<void> => {
    const { owner, name, hint } = key
    if (!userId.is(owner)) {
      await tellKeepers(tx, { what, key, account: owner })
      return
    }
    const user = await owners.person(tx, owner)
    if (!user) return
    await tell(tx, by, {
      user,
      what: `api-key-${what}`,
      key: { key: name, hint, organisation },
      ...(by.ip !== undefined && { place: by.ip }),
    })
  }
