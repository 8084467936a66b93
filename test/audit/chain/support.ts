import { sql } from 'kysely'
import { expect } from 'vitest'
import type { ActorContext } from '../../../src/audit/actor.ts'
import { appendBatch, appendToChain, type ChainDeps } from '../../../src/audit/chain/append.ts'
import type { Chained } from '../../../src/audit/chain/chained.ts'
import { entryHash, leafOf } from '../../../src/audit/chain/leaf.ts'
import { linkHash, NO_LINK } from '../../../src/audit/chain/link.ts'
import { readChain } from '../../../src/audit/chain/read.ts'
import { createEventWriter } from '../../../src/audit/writer.ts'
import { inInstance, inTransaction } from '../../../src/db/transaction.ts'
import type { Tx } from '../../../src/db/types.ts'
import { frozenClock } from '../../support/clock.ts'
import { testDatabase } from '../../support/database.ts'
import { captureLog } from '../../support/log.ts'
import { personSeals } from '../person-seals.ts'

const by: ActorContext = { actor: { kind: 'system', id: 'test' } }

export async function chainWorld() {
  const database = await testDatabase()
  const { owner, app } = database
  const clock = frozenClock()
  const log = captureLog()
  const { recordEvent } = createEventWriter({ clock, sealForPerson: personSeals().sealForPerson })
  const deps = (more: Partial<ChainDeps> = {}): ChainDeps => ({
    owner,
    names: async () => new Map(),
    clock,
    log: log.log,
    ...more,
  })
  const event = (tx: Tx, target = 'key_1') => recordEvent(tx, by, { action: 'key.created', target })
  const chained = () => inInstance(owner, (tx) => readChain(tx, { after: 0, limit: 1_000_000 }))
  const ids = async () => (await chained()).map((one) => (one.kind === 'entry' ? one.entry.id : one.link.id))
  return {
    database,
    owner,
    clock,
    log,
    event,
    deps,
    write: (target?: string) => inTransaction(app, (tx) => event(tx, target)),
    append: (more?: Partial<ChainDeps>) => appendToChain(deps(more)),
    batch: (more?: Partial<ChainDeps>) => appendBatch(deps(more)),
    chained,
    ids,
    head: () => owner.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow(),
    waits: async () =>
      (await sql<{ waits: boolean }>`SELECT waits FROM audit_chain_standing()`.execute(owner)).rows[0]?.waits,
    /** A transaction that stays open until it is told. */
    open: async () => {
      const client = await database.superuser()
      await client.query('BEGIN')
      const insert = `INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id)
        VALUES ($1, $2, 'key.created', 'system', 'late', 'key', 'key_late')`
      return {
        write: async (id: string) => void (await client.query(insert, [id, clock.now()])),
        commit: () => client.query('COMMIT'),
        rollback: () => client.query('ROLLBACK'),
      }
    },
    /** Every event that there is, once, and each hash as it follows from what is there. */
    verify: async () => {
      const all = await chained()
      verifyHashes(all)
      const events = await inInstance(owner, (tx) => tx.selectFrom('events').select('id').orderBy('id').execute())
      expect((await ids()).toSorted()).toEqual(events.map(({ id }) => `evt_${id.replaceAll('-', '')}`))
      expect(await owner.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow()).toEqual({
        seq: String(all.length),
        hash: all.at(-1)?.kind === 'entry' ? hashOf(all.at(-1)) : (hashOf(all.at(-1)) ?? NO_LINK),
      })
      return all.length
    },
  }
}

export type ChainWorld = Awaited<ReturnType<typeof chainWorld>>

const hashOf = (one: Chained | undefined) => (one?.kind === 'entry' ? one.entry.hash : one?.link.hash)

export function verifyHashes(all: readonly Chained[]): void {
  verifyLinks(all)
  for (const one of all)
    if (one.kind === 'entry') expect(one.entry.entryHash).toEqual(entryHash(leafOf(one.entry, one.entry.actorName)))
}

export function verifyLinks(all: readonly Chained[]): void {
  let before = NO_LINK
  for (const [index, one] of all.entries()) {
    const link = one.kind === 'entry' ? one.entry : one.link
    expect(link.seq).toBe(index + 1)
    expect(link.hash).toEqual(linkHash(before, link))
    before = link.hash
  }
}
