import { setImmediate as turn } from 'node:timers/promises'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../../src/db/transaction.ts'
import { chainWorld } from './support.ts'

describe('events that go into the chain', () => {
  it('[MON-13] each once, in the order of their ids, without a gap, and nothing more when nothing is new', async () => {
    const { write, append, ids, verify, waits } = await chainWorld()
    const written = [await write(), await write(), await write()]
    expect(await waits()).toBe(true)
    expect(await append()).toBe(3)
    expect(await ids()).toEqual(written)
    expect(await waits()).toBe(false)
    expect(await append()).toBe(0)
    expect(await verify()).toBe(3)
  })

  it('a transaction that is open for long holds nobody up, and what it wrote comes when it commits', async () => {
    const { write, append, open, verify, waits, ids } = await chainWorld()
    await write()
    await append()
    const late = await open()
    await late.write(v7())
    for (let n = 0; n < 3; n++) {
      await write()
      expect(await waits()).toBe(true)
      expect(await append()).toBe(1)
      expect(await waits()).toBe(false)
    }
    const stillOpen = await open()
    await stillOpen.write(v7())
    await write()
    expect(await append()).toBe(1)
    await late.commit()
    expect(await waits()).toBe(true)
    expect(await append()).toBe(1)
    await write()
    expect(await append()).toBe(1)
    await stillOpen.commit()
    expect(await append()).toBe(1)
    expect(await ids()).toHaveLength(8)
    expect(await verify()).toBe(8)
  })

  it('one that was rolled back leaves no gap and is not waited for', async () => {
    const { write, append, open, verify, waits } = await chainWorld()
    await append()
    const never = await open()
    await never.write(v7())
    await write()
    expect(await append()).toBe(1)
    await never.rollback()
    expect(await waits()).toBe(false)
    await write()
    expect(await append()).toBe(1)
    expect(await verify()).toBe(2)
  })

  it('a backlog goes in batch by batch, each of them bounded, also where late ones are among it', async () => {
    const { database, event, append, batch, open, write, verify, head } = await chainWorld()
    await append()
    const [late, later] = [await open(), await open()]
    for (let n = 0; n < 7; n++) await late.write(v7())
    for (let n = 0; n < 3; n++) await later.write(v7())
    for (let n = 0; n < 4; n++) await write()
    expect(await append()).toBe(4)
    await late.commit()
    // One transaction that is larger than a batch.
    await inTransaction(database.app, async (tx) => {
      for (let n = 0; n < 11; n++) await event(tx)
    })
    for (let n = 0; n < 9; n++) await write()
    const counts: number[] = []
    for (let more = true; more; ) {
      const done = await batch({ batch: 5 })
      counts.push(done.count)
      more = done.more
      if (counts.length === 3) await later.commit()
    }
    expect(Math.max(...counts)).toBe(5)
    expect(Number((await head()).seq)).toBe(4 + 7 + 3 + 11 + 9)
    expect(await verify()).toBe(34)
  })

  it.each(['in the order of transactions', 'on a walk through all events'])(
    'what is large goes in by so few at a time that they fit into memory, %s',
    async (how) => {
      const { database, append, batch, verify } = await chainWorld()
      if (how.includes('transactions')) await append()
      const admin = await database.superuser()
      const insert = (note: string) =>
        admin.query(
          `INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id, before, after)
           SELECT $1, '2026-01-01', 'key.created', 'system', 'large', 'key', 'key_1', jsonb_build_object('is', ${note}), '{}'`,
          [v7()],
        )
      // The first lie there as small as they are large, the next as large as they are.
      for (let n = 0; n < 6; n++) await insert("repeat('x', 500000)")
      for (let n = 0; n < 6; n++)
        await insert("(SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 15000))")
      for (let n = 0; n < 30; n++) await insert("'small'")
      const counts: number[] = []
      for (let more = true; more; ) {
        const done = await batch({ batchBytes: 2 ** 20 })
        if (done.count > 0) counts.push(done.count)
        more = done.more
      }
      expect(counts).toEqual([...Array.from({ length: 12 }, () => 1), 30])
      // One that is larger than all of it goes in by itself.
      await insert("repeat('y', 500000)")
      await insert("'small'")
      expect(await append({ batchBytes: 100 })).toBe(2)
      expect(await verify()).toBe(44)
    },
  )

  it('16 writers and two sequencers at once: every event is there once, without a gap, and all hashes follow', async () => {
    const { database, event, append, verify } = await chainWorld()
    let writing = true
    const sequencer = async () => {
      while (writing) {
        await append({ batch: 7 })
        await turn()
      }
    }
    const writer = async () => {
      for (let n = 0; n < 25; n++)
        await inTransaction(database.app, async (tx) => {
          await event(tx)
          if (n % 3 === 0) await event(tx)
          if (n % 5 === 4) throw new Error('never mind')
        }).catch(() => {})
    }
    const sequencers = [sequencer(), sequencer()]
    await Promise.all(Array.from({ length: 16 }, writer))
    writing = false
    await Promise.all(sequencers)
    await append()
    // Of 25: 5 are rolled back; of the 9 that write two, n = 9 and n = 24 are among those.
    expect(await verify()).toBe(16 * (20 + 7))
  })

  it('cut off between writing and committing, it begins that batch again', async () => {
    const { database, write, append, verify, ids, event } = await chainWorld()
    await write()
    await append()
    await write()
    const admin = await database.superuser()
    let cut = false
    const names = async () => {
      if (!cut) {
        cut = true
        await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND state = 'idle in transaction' AND usename = 'hearthkey_owner'`,
        )
      }
      return new Map()
    }
    await expect(append({ names })).rejects.toThrow()
    expect(await ids()).toHaveLength(1)
    await inTransaction(database.app, event)
    expect(await append({ names })).toBe(2)
    expect(await verify()).toBe(3)
  })
})
