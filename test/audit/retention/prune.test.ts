import { sql } from 'kysely'
import { v7 } from 'uuid'
import { beforeEach, describe, expect, test } from 'vitest'
import { appendToChain } from '../../../src/audit/chain/append.ts'
import { pruneLog } from '../../../src/audit/retention/prune.ts'
import { verifyNightly } from '../../../src/audit/verify/nightly.ts'
import { newestBreak } from '../../../src/audit/verify/store.ts'
import { auditCheck } from '../../../src/cli/doctor/audit.ts'
import { inInstance, inOrganisation } from '../../../src/db/transaction.ts'
import { defineId } from '../../../src/lib/ids.ts'
import { testConfig } from '../../support/config.ts'
import { type ChainedDatabase, chainedDatabase } from '../verify/chained-database.ts'

const DAY = 24 * 60 * 60 * 1000
const orgId = defineId('org')
const [short, long] = [orgId.generate(), orgId.generate()]

let at: ChainedDatabase
const never = new AbortController().signal

const deps = () => ({
  owner: at.db.owner,
  clock: at.clock,
  log: at.log.log,
  record: at.recordEvent,
  retentionMs: 365 * DAY,
  readers: ['siem'],
  append: () => appendToChain({ owner: at.db.owner, names: async () => new Map(), clock: at.clock, log: at.log.log }),
})
const nightly = () => verifyNightly(deps())
const prune = (over: Partial<ReturnType<typeof deps>> = {}, signal = never) => pruneLog({ ...deps(), ...over }, signal)
const keep = async (organisation: string, days: number | null) =>
  at.tamper(
    `INSERT INTO organisations (id, slug, name, status, template, policy, settings, created_at, audit_retention_days)
     VALUES ('${orgId.toUuid(organisation as never)}', 'org-${organisation.slice(-8)}', 'An organisation', 'active', 'basic', '{}', '{}', now(), ${days})`,
  )
const present = async () =>
  inInstance(at.db.owner, async (tx) => {
    const rows = await tx
      .selectFrom('audit_chain')
      .innerJoin('events', 'events.id', 'audit_chain.event_id')
      .select(['audit_chain.seq', 'events.action'])
      .orderBy('audit_chain.seq')
      .execute()
    return rows.filter(({ action }) => action !== 'audit.pruned').map(({ seq }) => Number(seq))
  })
const saidPruned = async () =>
  inInstance(at.db.owner, async (tx) => {
    const rows = await tx
      .selectFrom('events')
      .select(['org_id', 'after'])
      .where('action', '=', 'audit.pruned')
      .orderBy('id')
      .execute()
    return rows.map(({ org_id, after }) => ({ of: org_id === null ? null : orgId.fromUuid(org_id), after }))
  })
const links = async () =>
  inInstance(at.db.owner, async (tx) =>
    (await tx.selectFrom('audit_chain').select('seq').orderBy('seq').execute()).map(({ seq }) => Number(seq)),
  )

/** Three a segment: of the one that is kept for a short time, of the one that is kept for long, of the instance. */
async function segment() {
  await at.write({ organisation: short })
  await at.write({ organisation: long })
  await at.write()
  await at.append()
  await at.sign()
}

beforeEach(async () => {
  at = await chainedDatabase()
  await segment()
  await segment()
  at.clock.advance(40 * DAY)
  await segment()
})

const right = async () => {
  await at.append()
  const { finding, summary } = await at.verify()
  expect(finding).toBeUndefined()
  return summary
}

describe('retention', () => {
  test('[MON-13] by default keeps a year, and what is older goes by whole signed segments', async () => {
    at.clock.advance(320 * DAY)
    await nightly()
    expect(await prune()).toEqual({ entries: 0, links: 0 })
    at.clock.advance(6 * DAY)
    expect(await prune()).toEqual({ entries: 6, links: 6 })
    expect(await present()).toEqual([7, 8, 9])
    expect((await links())[0]).toBe(7)
    expect(await right()).toMatchObject({ prunedSegments: 2, segments: 3 })
  })

  test('[MON-13] of one organisation takes nothing of another, and leaves the rest verifiable', async () => {
    await keep(short, 30)
    await nightly()
    expect(await prune()).toEqual({ entries: 2, links: 0 })
    expect(await present()).toEqual([2, 3, 5, 6, 7, 8, 9])
    expect(await saidPruned()).toEqual([
      { of: short, after: { upTo: 6, entries: 2, before: '2026-03-11T08:00:00.000Z' } },
    ])
    expect(await right()).toMatchObject({ links: 2, pruned: [{ organisation: short, upTo: 6 }] })
  })

  test('[MON-13] an organisation that keeps its log longer than the rest keeps it', async () => {
    await keep(long, 3650)
    at.clock.advance(400 * DAY)
    await nightly()
    await prune()
    expect(await present()).toEqual([2, 5, 8])
    // The first of them holds the links of all that came later.
    expect((await links())[0]).toBe(1)
    expect(await right()).toMatchObject({ links: 6, prunedSegments: 0 })
  })

  test('[MON-13] what its actors were called goes with the entries', async () => {
    await keep(short, 30)
    await nightly()
    await at.tamper("UPDATE audit_chain SET actor_name = 'Ada' WHERE seq IN (1, 2)")
    await prune()
    const names = await inInstance(at.db.owner, (tx) =>
      tx.selectFrom('audit_chain').select(['seq', 'actor_name']).where('seq', '<=', '2').orderBy('seq').execute(),
    )
    expect(names.map(({ actor_name }) => actor_name)).toEqual([null, 'Ada'])
  })

  test('[MON-13] year after year, with what it says of itself, leaves a log that is right', async () => {
    await keep(short, 30)
    for (let month = 0; month < 15; month++) {
      at.clock.advance(31 * DAY)
      await segment()
      expect(await nightly()).toBeUndefined()
      await prune()
      await right()
      await at.sign()
    }
    expect((await links())[0]).toBeGreaterThan(6)
    expect((await saidPruned()).length).toBeLessThan(30)
  })

  test('[TOS-6] what it said of links is said again before it goes itself', async () => {
    at.clock.advance(326 * DAY)
    await nightly()
    expect(await prune()).toMatchObject({ links: 6 })
    await keep(long, 3650)
    await segment()
    at.clock.advance(400 * DAY)
    await nightly()
    // What came before the year of silence, and the next night what came behind it: what was said at first.
    for (const entries of [2, 5]) expect(await prune()).toEqual({ entries, links: 0 })
    const instance = (await saidPruned()).filter(({ of }) => of === null)
    expect(instance).toMatchObject([{ after: { linksUpTo: 6 } }, { after: { linksUpTo: 6 } }])
    expect(await right()).toMatchObject({ prunedSegments: 2 })
  })

  test('[MON-13] takes nothing that was not signed', async () => {
    await at.write()
    await at.append()
    at.clock.advance(2 * 365 * DAY)
    await nightly()
    await prune()
    expect(await present()).toEqual([10])
    await right()
  })

  test('[MON-13] takes nothing that somebody who follows the log has not read', async () => {
    at.clock.advance(2 * 365 * DAY)
    await nightly()
    await at.tamper("INSERT INTO audit_followers VALUES ('siem', 4, now())")
    expect(await prune()).toEqual({ entries: 3, links: 3 })
    expect(await present()).toEqual([4, 5, 6, 7, 8, 9])
    expect(at.log.lines().some(({ msg, follower }) => follower === 'siem' && String(msg).includes('waits'))).toBe(true)
  })

  test('[MON-13] waits for nobody who was switched off', async () => {
    at.clock.advance(2 * 365 * DAY)
    await nightly()
    await at.tamper("INSERT INTO audit_followers VALUES ('siem', 4, now()), ('heads-file', 2, now())")
    expect(await prune({ readers: [] })).toMatchObject({ entries: 9 })
    await right()
  })

  test('[MON-13] takes nothing before it was verified, whoever has read it', async () => {
    await at.tamper("INSERT INTO audit_followers VALUES ('siem', 9, now())")
    at.clock.advance(2 * 365 * DAY)
    expect(await prune()).toEqual({ entries: 0, links: 0 })
    expect((await present()).length).toBe(9)
  })

  test('[TOS-6] takes nothing, and covers for nobody, where an entry is gone already', async () => {
    await keep(short, 30)
    await nightly()
    await at.tamper('DELETE FROM events WHERE id = (SELECT event_id FROM audit_chain WHERE seq = 4)')
    expect(await prune()).toEqual({ entries: 0, links: 0 })
    expect(await saidPruned()).toEqual([])
    expect((await at.verify()).finding).toMatchObject({ wrong: 'removed', seq: 4 })
  })

  test('[TOS-6] says first what will go: whoever verifies while it goes finds nothing wrong', async () => {
    await keep(short, 30)
    await nightly()
    const stopped = new AbortController()
    stopped.abort()
    expect(await prune({}, stopped.signal)).toEqual({ entries: 0, links: 0 })
    expect(await saidPruned()).toEqual([
      { of: short, after: { upTo: 6, entries: 2, before: '2026-03-11T08:00:00.000Z' } },
    ])
    await right()
    expect(await prune()).toMatchObject({ entries: 2 })
    await right()
  })

  test('[TOS-6] waits where what it says is not in the chain', async () => {
    at.clock.advance(2 * 365 * DAY)
    await nightly()
    expect(await prune({ append: async () => 0 })).toEqual({ entries: 0, links: 0 })
    expect((await present()).length).toBe(9)
    expect(await prune()).toMatchObject({ entries: 9 })
  })
})

describe('what retention goes by', () => {
  test('[TOS-6] a clock that is years ahead for a night costs six weeks of the log, and the next night goes on by the right one', async () => {
    for (let month = 0; month < 6; month++) {
      at.clock.advance(30 * DAY)
      await segment()
    }
    await nightly()
    const year = 2 * 365 * DAY
    at.clock.advance(year)
    expect(await prune()).toMatchObject({ entries: 9 })
    at.clock.advance(-year)
    await segment()
    await nightly()
    expect(await prune()).toEqual({ entries: 0, links: 0 })
    expect((await present()).filter((seq) => seq <= 27)).toEqual(Array.from({ length: 18 }, (_, n) => n + 10))
    await right()
  })

  test('[TOS-6] the login that serves cannot say how long the log of an organisation is kept', async () => {
    await keep(short, null)
    const { app } = at.db
    const change = inOrganisation(app, short as never, (tx) =>
      sql`UPDATE organisations SET audit_retention_days = 1`.execute(tx),
    )
    await expect(change).rejects.toThrow('permission denied')
    const [id, kept] = [orgId.generate(), orgId.generate()]
    const insert = (org: typeof id, days: number | null) =>
      inOrganisation(app, org, async (tx) => {
        await sql`INSERT INTO organisations (id, slug, name, status, template, policy, settings, created_at, audit_retention_days)
          VALUES (${orgId.toUuid(org)}, ${`made-${org.slice(-8)}`}, 'M', 'active', 'basic', '{}', '{}', now(), ${days})`.execute(
          tx,
        )
        await at.recordEvent(
          tx,
          { actor: { kind: 'system', id: 'x' }, organisation: org },
          { action: 'organisation.created', target: org },
        )
      })
    await expect(insert(id, 1)).rejects.toThrow('row-level security')
    await insert(kept, null)
    await nightly()
    expect(await prune()).toEqual({ entries: 0, links: 0 })
  })
})

describe('each night', () => {
  const place = () =>
    inInstance(at.db.owner, async (tx) =>
      Number(
        (await tx.selectFrom('audit_followers').select('seq').where('name', '=', 'verified').executeTakeFirst())?.seq,
      ),
    )
  const breaks = () =>
    inInstance(at.db.owner, (tx) =>
      tx.selectFrom('events').select('after').where('action', '=', 'audit.chain_broken').execute(),
    )

  test('[TOS-6] what came since the last signed head is verified', async () => {
    expect(await nightly()).toBeUndefined()
    expect(await place()).toBe(9)
    await segment()
    expect(await nightly()).toBeUndefined()
    expect(await place()).toBe(12)
  })

  test('[TOS-6] what is wrong is said once in the log, and stops it there', async () => {
    await nightly()
    await segment()
    await at.tamper(
      "UPDATE events SET action = 'user.created' WHERE id = (SELECT event_id FROM audit_chain WHERE seq = 11)",
    )
    for (let night = 0; night < 3; night++) expect(await nightly()).toMatchObject({ wrong: 'changed', seq: 11 })
    expect(await place()).toBe(9)
    expect(await breaks()).toMatchObject([{ after: { wrong: 'changed', seq: 11 } }])
    expect(at.log.lines().filter(({ level, finding }) => level === 'error' && finding).length).toBe(3)
  })

  test('[TOS-6] a tail that was cut below what was verified is found, and nothing moves back', async () => {
    await nightly()
    await at.tamper(
      'DELETE FROM events WHERE id IN (SELECT event_id FROM audit_chain WHERE seq > 6)',
      'DELETE FROM audit_chain WHERE seq > 6',
      'DELETE FROM audit_checkpoints WHERE seq > 6',
      'UPDATE audit_head SET seq = 6, hash = (SELECT hash FROM audit_chain WHERE seq = 6)',
    )
    for (let night = 0; night < 2; night++) expect(await nightly()).toMatchObject({ wrong: 'cut', seq: 9 })
    expect(await place()).toBe(9)
    expect(await breaks()).toMatchObject([{ after: { wrong: 'cut', seq: 9 } }])
  })

  test('[TOS-6] an odd row is said once and gone past: it hides nothing, and retention goes on', async () => {
    await at.tamper(
      `INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id)
       VALUES ('018f0000-0000-7000-8000-000000000001', 'infinity', 'key.created', 'system', 'x', 'key', 'key_1')`,
    )
    await at.append()
    await segment()
    expect(await nightly()).toMatchObject({ wrong: 'odd', seq: 10 })
    expect(await place()).toBe(13)
    await segment()
    expect(await nightly()).toBeUndefined()
    expect(await breaks()).toMatchObject([{ after: { wrong: 'odd', seq: 10 } }])
    at.clock.advance(400 * DAY)
    await nightly()
    expect((await prune()).entries).toBeGreaterThanOrEqual(13)
    await segment()
    await at.tamper(
      "UPDATE events SET action = 'user.created' WHERE id = (SELECT event_id FROM audit_chain ORDER BY seq DESC LIMIT 1)",
    )
    expect(await nightly()).toMatchObject({ wrong: 'changed' })
  })

  test('[TOS-6] a break is the doctor’s until a night finds all right, whatever the clock said when it looked', async () => {
    const doctor = async () => {
      const [said] = await auditCheck.examine({ config: testConfig(), target: at.db.target, log: at.log.log })
      return said?.level
    }
    const change = (action: string) =>
      at.tamper(`UPDATE events SET action = '${action}' WHERE id = (SELECT event_id FROM audit_chain WHERE seq = 11)`)
    at.clock.advance(730 * DAY)
    await nightly()
    at.clock.advance(-730 * DAY)
    await segment()
    await change('user.created')
    for (let night = 0; night < 2; night++) expect(await nightly()).toMatchObject({ wrong: 'changed', seq: 11 })
    await at.append()
    expect(await doctor()).toBe('fail')
    await change('membership.roles_changed')
    await at.sign()
    expect(await nightly()).toBeUndefined()
    expect(await doctor()).not.toBe('fail')
  })

  test('[TOS-6] the break that was found last is that of the chain, whatever the id of another says', async () => {
    await at.tamper(
      `INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id, after)
       VALUES ('ffffffff-ffff-7fff-bfff-ffffffffffff', '2001-03-01', 'audit.chain_broken', 'system', 'audit.verify', 'instance',
         'instance', '{"wrong": "changed", "seq": 1, "id": null, "detail": "x"}')`,
    )
    await segment()
    await at.tamper(
      "UPDATE events SET action = 'user.created' WHERE id = (SELECT event_id FROM audit_chain WHERE seq = 3)",
    )
    for (let night = 0; night < 3; night++) {
      expect(await nightly()).toMatchObject({ wrong: 'changed', seq: 3 })
      await at.append()
    }
    expect(await breaks()).toHaveLength(2)
    expect(await inInstance(at.db.owner, newestBreak)).toMatchObject({ seq: 3 })
  })
})

describe('what an audit.pruned says that retention did not write', () => {
  const forged = (after: string) =>
    at.tamper(
      `INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id, after)
       VALUES ('${v7()}', '2026-03-01T08:00:01Z', 'audit.pruned', 'system', 'audit.prune', 'audit_log', 'instance', '${after}')`,
    )

  test.each([
    '{"upTo": "x"}',
    '{"upTo": 1.5e200, "linksUpTo": {}}',
    '{"upTo": 0, "entries": 0, "linksUpTo": 9000000000000000001}',
  ])('[TOS-6] stops no retention, and is no word of its own: %s', async (after) => {
    await forged(after)
    await at.append()
    await segment()
    await nightly()
    at.clock.advance(400 * DAY)
    expect((await prune()).entries).toBeGreaterThanOrEqual(12)
    await at.append()
    const { finding, summary } = await at.verify()
    expect(finding).toBeUndefined()
    expect(summary.prunedSegments).toBeGreaterThan(0)
  })

  test('[TOS-6] covers for nobody', async () => {
    await forged('{"upTo": 999999, "entries": 0}')
    await at.append()
    await segment()
    await nightly()
    await at.tamper('DELETE FROM events WHERE id = (SELECT event_id FROM audit_chain WHERE seq = 3)')
    expect((await at.verify()).finding).toMatchObject({ wrong: 'removed', seq: 3 })
    at.clock.advance(400 * DAY)
    expect(await prune()).toEqual({ entries: 0, links: 0 })
  })
})
