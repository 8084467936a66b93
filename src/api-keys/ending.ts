import { enterOrganisation, inInstance } from '../db/transaction.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { endingSoon, expired, markExpired, markWarned } from './ending-store.ts'
import type { ApiKey } from './key.ts'
import type { Owners, RecordKeyEvent, TellKeepers, Told } from './ports.ts'

const userId = defineId('usr')

export interface EndingDeps<By> {
  /** For every organisation. */
  readonly owner: Db
  readonly owners: Pick<Owners, 'person'>
  readonly warn: (
    tx: Tx,
    letter: { readonly user: Told; readonly key: ApiKey; readonly organisation: string; readonly expiresAt: Date },
  ) => Promise<unknown>
  readonly tellKeepers: TellKeepers
  readonly record: RecordKeyEvent<By>
  /** In whose name, and in which organisation's log. */
  readonly by: (organisation: Id<'org'>) => By
  readonly warnBefore: number
  readonly clock: Clock
}

const BATCH = 100

/**
 * Whoever owns a key that ends soon is told once; that it has ended is written down once. A key that was rotated has a
 * successor, and a short-lived one was never meant to last: nobody is told of those.
 */
export async function lookAfterEnding<By>(deps: EndingDeps<By>, signal: AbortSignal): Promise<void> {
  for (;;) {
    const done = (await warnSome(deps)) + (await expireSome(deps))
    if (done === 0 || signal.aborted) return
  }
}

const warnSome = <By>(deps: EndingDeps<By>): Promise<number> =>
  inInstance(deps.owner, async (tx) => {
    const { owners, warn, tellKeepers, record, by, warnBefore, clock } = deps
    const now = clock.now()
    const found = await endingSoon(tx, { now, within: warnBefore, limit: BATCH })
    for (const { key, organisation, expiresAt } of found) {
      await markWarned(tx, key.id, now)
      await record(tx, by(key.organisation), { action: 'api_key.expiry_announced', target: key.id })
      if (!userId.is(key.owner)) {
        const scoped = await enterOrganisation(tx, key.organisation)
        await tellKeepers(scoped, { what: 'expiring', key, account: key.owner })
        continue
      }
      const user = await owners.person(tx, key.owner)
      if (user) await warn(tx, { user, key, organisation, expiresAt })
    }
    return found.length
  })

const expireSome = <By>({ owner, record, by, clock }: EndingDeps<By>): Promise<number> =>
  inInstance(owner, async (tx) => {
    const now = clock.now()
    const found = await expired(tx, now, BATCH)
    for (const key of found) {
      await markExpired(tx, key.id, now)
      await record(tx, by(key.organisation), {
        action: 'api_key.expired',
        target: key.id,
        before: { public: { name: key.name, owner: key.owner } },
      })
    }
    return found.length
  })
