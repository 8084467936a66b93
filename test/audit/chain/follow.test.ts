import { sql } from 'kysely'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { seqOf } from '../../../src/audit/chain/chained.ts'
import { readChain } from '../../../src/audit/chain/read.ts'
import type { ChainedEntry } from '../../../src/audit/entry/stored-entry.ts'
import type { EventId } from '../../../src/audit/event.ts'
import { follow } from '../../../src/audit/following/follow.ts'
import type { Follower } from '../../../src/audit/following/follower.ts'
import { type InstanceTx, inInstance, inTransaction } from '../../../src/db/transaction.ts'
import { type ChainWorld, chainWorld } from './support.ts'

type Take = Follower['take']

/** Puts down in the database what it took, and says what it sent elsewhere. */
function noting(name: string, from: Follower['from'], after: (entries: readonly ChainedEntry[]) => void = () => {}) {
  const sent: EventId[] = []
  const take: Take = async (tx, entries) => {
    sent.push(...entries.map(({ id }) => id))
    for (const { id, seq } of entries) await note(tx, name, id, seq)
    after(entries)
  }
  return { follower: { name, from, take } satisfies Follower, sent }
}

const note = (tx: InstanceTx, name: string, id: string, seq: number) =>
  sql`INSERT INTO alert_states (rule, subject, raised_at, quiet_until)
    VALUES (${name}, ${`${String(seq).padStart(6, '0')} ${id}`}, now(), now())`.execute(tx)

async function noted({ owner }: Pick<ChainWorld, 'owner'>, name: string): Promise<string[]> {
  const rows = await owner
    .selectFrom('alert_states')
    .select('subject')
    .where('rule', '=', name)
    .orderBy('subject')
    .execute()
  return rows.map(({ subject }) => subject.slice(7))
}

async function world(count: number) {
  const chain = await chainWorld()
  const deps = { owner: chain.owner, clock: chain.clock, batch: 10 }
  const written: EventId[] = []
  const more = async (n: number) => {
    for (let one = 0; one < n; one++) written.push(await chain.write())
    await chain.append()
  }
  await more(count)
  const all = async (follower: Follower) => {
    while ((await follow(deps, follower)) > 0);
  }
  const placed = async (follower: Follower) => {
    await follow(deps, follower)
    return follower
  }
  return { ...chain, deps, written, more, all, placed }
}

describe('whoever follows the chain', () => {
  it('hears of everything in its order, batch by batch, and of nothing twice', async () => {
    const all = await world(23)
    const { follower, sent } = noting('hearer', 'beginning')
    await all.placed(follower)
    expect(await follow(all.deps, follower)).toBe(10)
    await all.all(follower)
    await all.more(3)
    await all.all(follower)
    expect(sent).toEqual(all.written)
    expect(await noted(all, 'hearer')).toEqual(all.written)
  })

  it('and is new, hears of what comes and not of what was', async () => {
    const all = await world(5)
    const { follower, sent } = noting('newcomer', 'end')
    await all.placed(follower)
    await all.more(2)
    await all.all(follower)
    expect(sent).toEqual(all.written.slice(5))
  })

  it('and begins with the instance, hears of its first moments; of one that is older, what comes', async () => {
    const all = await world(3)
    const { follower, sent } = noting('begun', 'begun')
    await all.placed(follower)
    await all.all(follower)
    expect(sent).toEqual(all.written)
    all.clock.advance(3_600_001)
    const later = noting('later', 'begun')
    await all.placed(later.follower)
    await all.more(2)
    await all.all(later.follower)
    expect(later.sent).toEqual(all.written.slice(3))
  })

  it('and is new, begins at no end while the history before it is still being put into the chain', async () => {
    const chain = await chainWorld()
    const { follower, sent } = noting('late', 'end')
    for (let n = 0; n < 5; n++) await chain.write()
    // Another instance is in the middle of it.
    await inTransaction(chain.owner, async (tx) => {
      await sql`SELECT FROM audit_head FOR UPDATE`.execute(tx)
      expect(await chain.append()).toBe(0)
      await follow(chain.deps(), follower)
    })
    await chain.batch({ batch: 2 })
    await follow(chain.deps(), follower)
    await chain.append()
    while ((await follow(chain.deps(), follower)) > 0);
    expect(sent).toEqual([])
    const id = await chain.write()
    await chain.append()
    await follow(chain.deps(), follower)
    expect(sent).toEqual([id])
  })

  it('and fails, hears of it again: once in what it wrote with its place, at least once elsewhere', async () => {
    const all = await world(15)
    let failures = 0
    const { follower, sent } = noting('stumbler', 'beginning', () => {
      if (failures++ === 1) throw new Error('no answer')
    })
    await all.placed(follower)
    expect(await follow(all.deps, follower)).toBe(10)
    await expect(follow(all.deps, follower)).rejects.toThrow('no answer')
    expect(await noted(all, 'stumbler')).toEqual(all.written.slice(0, 10))
    await all.all(follower)
    expect(await noted(all, 'stumbler')).toEqual(all.written)
    expect(sent).toEqual([...all.written.slice(0, 10), ...all.written.slice(10), ...all.written.slice(10)])
  })

  it('in several instances, is in one of them at a time, and waits for no other', async () => {
    const all = await world(40)
    const entered = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const { follower } = noting('shared', 'beginning')
    await all.placed(follower)
    const slow = follow(all.deps, {
      ...follower,
      take: async (tx, entries) => {
        entered.resolve()
        await held.promise
        await follower.take(tx, entries)
      },
    })
    await entered.promise
    expect(await follow(all.deps, follower)).toBe(0)
    held.resolve()
    expect(await slow).toBe(10)
    await Promise.all([all.all(follower), all.all(follower)])
    await all.all(follower)
    expect(await noted(all, 'shared')).toEqual(all.written)
  })

  it('[TOS-6] is given no more at once than there is memory for, however large entries are, and all of them', async () => {
    const world = await chainWorld()
    const after = JSON.stringify({ a: 'x'.repeat(260_000) })
    await sql`INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id, before, after)
      SELECT id, '2026-03-01T08:00:01Z', 'key.created', 'system', 'x', 'key', 'k', ${after}::jsonb, ${after}::jsonb
      FROM unnest(${Array.from({ length: 40 }, () => v7())}::uuid[]) id`.execute(world.database.app)
    await world.append()
    const read = (range: { after: number; bytes?: number }) =>
      inInstance(world.owner, (tx) => readChain(tx, { limit: 500, ...range }))
    let [last, pages] = [0, 0]
    for (let page = await read({ after: last }); page.length > 0; page = await read({ after: last })) {
      expect(page.length).toBeLessThanOrEqual(17)
      expect(page.map(seqOf)).toEqual(page.map((_, n) => last + n + 1))
      last += page.length
      pages += 1
    }
    expect([last, pages]).toEqual([40, 3])
    expect(await read({ after: 0, bytes: 1 })).toHaveLength(1)
  })

  it('goes past what retention took away meanwhile', async () => {
    const all = await world(12)
    const admin = await all.database.superuser()
    await admin.query('ALTER TABLE events DISABLE TRIGGER events_are_append_only')
    await admin.query('DELETE FROM events WHERE id IN (SELECT event_id FROM audit_chain WHERE seq <= 11)')
    const { follower, sent } = noting('late', 'beginning')
    await all.placed(follower)
    await all.all(follower)
    expect(sent).toEqual(all.written.slice(11))
  })
})
