import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { type ChainWorld, chainWorld } from './support.ts'

/** As a restore leaves them: from a server whose transactions had other numbers. */
async function restored({ database, clock }: ChainWorld, xids: readonly number[]): Promise<string[]> {
  const admin = await database.superuser()
  const insert = `INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id, xid)
    VALUES ($1, $2, 'key.created', 'system', 'elsewhere', 'key', 'key_1', $3)`
  const ids = xids.map(() => v7())
  for (const [index, xid] of xids.entries()) await admin.query(insert, [ids[index], clock.now(), xid])
  return ids.map((id) => `evt_${id.replaceAll('-', '')}`)
}

const seenElsewhere = '4000000000:4000000009:4000000000,4000000003'

describe('a chain whose events were there before it', () => {
  it('takes all of them, in the order of their ids, in batches that are bounded, and what is written meanwhile', async () => {
    const { write, batch, ids, verify, open, append } = await chainWorld()
    const written: string[] = []
    for (let n = 0; n < 23; n++) written.push(await write())
    const late = await open()
    await late.write('01900000-0000-7000-8000-000000000001')
    const counts: number[] = []
    for (let more = true; more; ) {
      const done = await batch({ batch: 10 })
      counts.push(done.count)
      more = done.more
      // Behind the place where the walk is by now.
      if (counts.length === 2) await late.commit()
      if (counts.length === 2) written.push(await write())
    }
    expect(Math.max(...counts)).toBe(10)
    await append()
    expect((await ids()).filter((id) => written.includes(id))).toEqual(written)
    expect(await verify()).toBe(25)
  })

  it('goes on after a restart where it was', async () => {
    const { write, batch, verify, append, head } = await chainWorld()
    for (let n = 0; n < 9; n++) await write()
    await batch({ batch: 4 })
    expect(await head()).toMatchObject({ seq: '4', seen: null, walk_began: expect.any(String) })
    expect(await append({ batch: 4 })).toBe(5)
    expect(await verify()).toBe(9)
  })
})

describe('a chain that was restored into another server', () => {
  it('misses nothing, repeats nothing, and does not look through everything again and again', async () => {
    const world = await chainWorld()
    const { owner, write, append, verify, batch, head, waits } = world
    for (let n = 0; n < 5; n++) await write()
    await append()
    // Not in the chain yet when the backup was made: of transactions that here are yet to come, and of some that have been.
    await restored(world, [4_000_000_000, 4_000_000_003, 3_999_999_000, 5, 4_000_000_100])
    await owner.updateTable('audit_head').set({ seen: seenElsewhere }).execute()
    expect(await waits()).toBe(true)
    expect(await append({ batch: 3 })).toBe(5)
    expect(await verify()).toBe(10)
    expect(await waits()).toBe(false)
    expect((await head()).walk_began).toBeNull()
    await write()
    // One look finds it, not one for each three of those that there are.
    expect(await batch({ batch: 3 })).toEqual({ count: 1, more: false })
    expect(await verify()).toBe(11)
  })

  it('takes none twice when its own transactions come to the numbers that were restored', async () => {
    const world = await chainWorld()
    const { database, owner, write, append, verify } = world
    await append()
    const admin = await database.superuser()
    const { rows } = await admin.query<{ next: string }>('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next')
    const next = Number(rows[0]?.next)
    await restored(
      world,
      Array.from({ length: 400 }, (_, n) => next + 600 + n),
    )
    await owner.updateTable('audit_head').set({ seen: seenElsewhere }).execute()
    expect(await append({ batch: 100 })).toBe(400)
    for (let n = 0; n < 600; n += 60) {
      for (let m = 0; m < 60; m++) await admin.query('SELECT pg_current_xact_id()')
      await write()
      expect(await append({ batch: 50 })).toBe(1)
    }
    expect(await verify()).toBe(410)
  })

  it('begins again where the walk itself was restored in the middle', async () => {
    const world = await chainWorld()
    const { owner, write, batch, append, verify } = world
    for (let n = 0; n < 9; n++) await write()
    await batch({ batch: 4 })
    await restored(world, [4_000_000_000])
    await owner.updateTable('audit_head').set({ walk_began: seenElsewhere }).execute()
    await append({ batch: 4 })
    expect(await verify()).toBe(10)
    await write()
    expect(await batch({ batch: 4 })).toEqual({ count: 1, more: false })
  })
})
