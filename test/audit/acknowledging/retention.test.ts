import { beforeEach, describe, expect, it } from 'vitest'
import { createAcknowledging } from '../../../src/audit/acknowledging/service.ts'
import { pruneLog } from '../../../src/audit/retention/prune.ts'
import { verifyNightly } from '../../../src/audit/verify/nightly.ts'
import { inInstance } from '../../../src/db/transaction.ts'
import { defineId, type Id } from '../../../src/lib/ids.ts'
import { type ChainedDatabase, chainedDatabase } from '../verify/chained-database.ts'

const DAY = 24 * 60 * 60 * 1000
const orgId = defineId('org')
let at: ChainedDatabase
let long: Id<'org'>

const deps = () => ({
  owner: at.db.owner,
  clock: at.clock,
  log: at.log.log,
  record: at.recordEvent,
  append: at.append,
  retentionMs: 365 * DAY,
  readers: [],
})

async function segment(): Promise<void> {
  await at.write({ organisation: long })
  await at.write()
  await at.append()
  await at.sign()
}

async function night() {
  const found = await verifyNightly(deps())
  const done = await pruneLog(deps(), new AbortController().signal)
  if ((await at.append()) > 0) await at.sign()
  return { found, entries: done.entries }
}

async function lookInto(): Promise<void> {
  const acknowledging = createAcknowledging(deps())
  const done = await acknowledging.acknowledge(await acknowledging.find(), 'known')
  if (!done.ok || done.value) throw new Error('still broken')
}

const said = () =>
  inInstance(at.db.owner, (tx) =>
    tx.selectFrom('events').select('actor_id').where('action', '=', 'audit.break_acknowledged').execute(),
  )

beforeEach(async () => {
  at = await chainedDatabase()
  long = orgId.generate()
  await at.tamper(
    `INSERT INTO organisations (id, slug, name, status, template, policy, settings, created_at, audit_retention_days)
     VALUES ('${orgId.toUuid(long)}', 'long', 'Long', 'active', 'basic', '{}', '{}', now(), 3650)`,
  )
  for (let n = 0; n < 3; n++) await segment()
})

describe('[TOS-6] retention and a break that was looked into', () => {
  it('stands still until then, and goes on from then on', async () => {
    await at.tamper('DELETE FROM events WHERE id = (SELECT event_id FROM audit_chain WHERE seq = 2)')
    at.clock.advance(366 * DAY)
    expect(await night()).toMatchObject({ found: { wrong: 'removed', seq: 2 }, entries: 0 })
    await lookInto()
    await segment()
    expect((await night()).found).toBeUndefined()
    expect((await night()).entries + (await night()).entries).toBe(0)
    expect((await at.verify()).finding).toBeUndefined()
    const left = await inInstance(at.db.owner, (tx) =>
      tx
        .selectFrom('audit_chain')
        .innerJoin('events', 'events.id', 'audit_chain.event_id')
        .select('audit_chain.seq')
        .where('audit_chain.org_id', 'is', null)
        .where('audit_chain.seq', '<=', '6')
        .execute(),
    )
    expect(left).toEqual([])
  })

  it.each([
    ['is of nobody', async () => at.tamper(`UPDATE audit_checkpoints SET jws = 'e30.e30.e30' WHERE seq = 4`)],
    [
      'says another hash',
      async () => {
        for (const seq of [4, 5, 6]) await at.rebuild(seq, 'x')
        await at.tamper('UPDATE audit_head SET hash = (SELECT hash FROM audit_chain WHERE seq = 6)')
      },
    ],
    ['is not there', async () => at.tamper('DELETE FROM audit_checkpoints WHERE seq = 4')],
  ])('leaves the links by which a signed head was looked into that %s', async (_way, tamper) => {
    at.clock.advance(60 * DAY)
    await segment()
    await at.tamper('UPDATE organisations SET audit_retention_days = NULL')
    await tamper()
    await lookInto()
    for (let month = 0; month < 24; month += 2) {
      at.clock.advance(60 * DAY)
      await segment()
      expect((await night()).found).toBeUndefined()
      expect([month, (await at.verify()).finding]).toEqual([month, undefined])
    }
    // Of what was looked into no entry is left, and it is said nevertheless.
    expect((await at.verify()).summary.acknowledged).toHaveLength(1)
    const { rows } = await (await at.db.superuser()).query(
      `SELECT min(link.seq)::int AS link, min(link.seq) FILTER (WHERE events.id IS NOT NULL)::int > 6 AS pruned
       FROM audit_chain link LEFT JOIN events ON events.id = link.event_id`,
    )
    expect(rows).toEqual([{ link: 3, pruned: true }])
  })

  it('says it anew before it takes the acknowledgement away, for as long as what was broken is there', async () => {
    await at.tamper(`UPDATE events SET target_id = 'x' WHERE id = (SELECT event_id FROM audit_chain WHERE seq = 3)`)
    await lookInto()
    await segment()
    expect((await night()).found).toBeUndefined()
    for (let year = 0; year < 3; year++) {
      at.clock.advance(366 * DAY)
      await segment()
      expect((await night()).found).toBeUndefined()
      const { finding, summary } = await at.verify()
      expect([year, finding]).toEqual([year, undefined])
      // When and where it was said first, whoever says it now.
      expect(summary.acknowledged.map(({ seq, reason }) => [seq, reason])).toEqual([[7, 'known']])
      expect(await said()).toEqual([{ actor_id: 'audit.prune' }])
    }
    // Ten years are over: nothing of it is left to excuse.
    at.clock.advance(3650 * DAY)
    await segment()
    await night()
    at.clock.advance(366 * DAY)
    await segment()
    await night()
    expect(await said()).toEqual([])
    expect((await at.verify()).finding).toBeUndefined()
  })
})
