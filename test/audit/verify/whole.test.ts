import { beforeEach, describe, expect, it } from 'vitest'
import { createAcknowledging } from '../../../src/audit/acknowledging/service.ts'
import { auditJobHandlers } from '../../../src/audit/jobs.ts'
import { pruneLog } from '../../../src/audit/retention/prune.ts'
import { verifyNightly } from '../../../src/audit/verify/nightly.ts'
import type { Read } from '../../../src/audit/verify/source/database.ts'
import { inSnapshot } from '../../../src/audit/verify/source/in-snapshot.ts'
import { lastVerified, VERIFIED, WHOLE } from '../../../src/audit/verify/store.ts'
import { verifyWhole } from '../../../src/audit/verify/whole.ts'
import { auditCheck } from '../../../src/cli/doctor/audit.ts'
import { inInstance } from '../../../src/db/transaction.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { testConfig } from '../../support/config.ts'
import { type ChainedDatabase, chainedDatabase } from './chained-database.ts'

const DAY_MS = 24 * 60 * 60 * 1000

let at: ChainedDatabase
beforeEach(async () => {
  at = await chainedDatabase()
  for (let n = 0; n < 4; n++) await day()
  expect(await night()).toBeUndefined()
})

/** Two entries and a signed head. */
async function day() {
  await at.write()
  await at.write()
  await at.append()
  await at.sign()
  at.clock.advance(DAY_MS)
}

const deps = () => ({ owner: at.db.owner, clock: at.clock, log: at.log.log, record: at.recordEvent })
const night = (signal?: AbortSignal) => verifyNightly(deps(), signal)
const nights = async (count: number) => {
  const found = []
  for (let n = 0; n < count; n++) {
    await day()
    found.push(await night())
  }
  return found
}
const place = (name: string) => inInstance(at.db.owner, (tx) => lastVerified(tx, name))
const said = async () => {
  const { rows } = await (await at.db.superuser()).query(
    `SELECT (after ->> 'seq')::int AS seq, after ->> 'wrong' AS wrong FROM events WHERE action = 'audit.chain_broken' ORDER BY id`,
  )
  return rows
}
const event = (seq: number) => `(SELECT event_id FROM audit_chain WHERE seq = ${seq})`
const changed = () => at.tamper(`UPDATE events SET target_id = 'mem_2' WHERE id = ${event(5)}`)

describe('[TOS-6] an entry that was found right once', () => {
  it.each([
    ['changed', () => changed(), 5],
    ['removed', () => at.tamper(`DELETE FROM events WHERE id = ${event(3)}`), 3],
    ['head-differs', () => at.rebuild(4, 'mem_2'), 4],
  ] as const)(
    'and is not what it was later (%s), is found within a week, said once, and stands until it is looked into',
    async (wrong, how, seq) => {
      await how()
      const found = await nights(14)
      expect(found.slice(0, 5)).toEqual([undefined, undefined, undefined, undefined, undefined])
      const [first, ...more] = found.slice(5).filter((one) => one !== undefined)
      expect(first).toMatchObject({ wrong, seq })
      expect(more.length).toBeGreaterThanOrEqual(7)
      for (const one of more) expect(one).toMatchObject({ wrong, seq })
      expect(await said()).toEqual([{ wrong, seq }])
      // So it is not taken away, and the doctor goes by it.
      expect((await place(VERIFIED))?.seq).toBeLessThan(seq)
      const [told] = await auditCheck.examine({ config: testConfig(), target: at.db.target, log: at.log.log })
      expect(told).toMatchObject({ level: 'fail', text: expect.stringContaining(`entry ${seq}`) })
    },
  )

  it('and is changed and acknowledged, raises no alarm by the weeks that follow', async () => {
    await changed()
    await nights(9)
    const append = () => at.append()
    const acknowledging = createAcknowledging({ ...deps(), append })
    expect(await acknowledging.acknowledge(await acknowledging.find(), 'a test')).toEqual({
      ok: true,
      value: undefined,
    })
    const looked = await place(WHOLE)
    expect((await nights(16)).filter((found) => found !== undefined)).toEqual([])
    expect(await said()).toHaveLength(1)
    expect((await place(WHOLE))?.seq).toBeGreaterThan(looked?.seq ?? 0)
  })
})

it('[TOS-6] what retention took is right by its heads, also when it takes more between two pages', async () => {
  for (let n = 0; n < 300; n++) await at.write()
  await day()
  const prune = () =>
    pruneLog(
      { ...deps(), retentionMs: 3 * DAY_MS, readers: [], append: () => at.append() },
      new AbortController().signal,
    )
  await night()
  at.clock.advance(DAY_MS)
  expect((await prune()).links).toBeGreaterThan(0)
  await at.sign()
  at.clock.advance(4 * DAY_MS)
  await day()
  expect(await night()).toBeUndefined()
  const { at: looked } = (await place(WHOLE)) ?? {}
  at.clock.advance(7 * DAY_MS)
  // Two for where it begins, and then the pages.
  const pruningBehind = (pages: number): Read => {
    let asked = 0
    return async (work) => {
      if (asked++ === 2 + pages) expect((await prune()).links).toBeGreaterThan(250)
      return inSnapshot(at.db.owner, work)
    }
  }
  expect((await verifyWhole(deps(), undefined, pruningBehind(1))).finding).toBeUndefined()
  expect(await night()).toBeUndefined()
  expect((await place(WHOLE))?.at).not.toEqual(looked)
  expect(await said()).toEqual([])
})

it('[TOS-6] a server that stops ends it between two pages, and the next start begins anew', async () => {
  await nights(5)
  const before = await place(WHOLE)
  at.clock.advance(3 * DAY_MS)
  const [verify] = auditJobHandlers({
    ...deps(),
    log: at.log.log,
    retentionMs: 365 * DAY_MS,
    readers: [],
    append: () => at.append(),
  })
  const run = (signal: AbortSignal) => verify?.run({}, { jobId: 'x', attempt: 1, signal })
  await run(AbortSignal.abort())
  expect(await place(WHOLE)).toEqual(before)
  await changed()
  await run(AbortSignal.abort())
  expect(await said()).toEqual([])
  await run(new AbortController().signal)
  expect(await said()).toEqual([{ wrong: 'changed', seq: 5 }])
})

it('[STO-11] the doctor says when all of it was verified, and that it is long ago, or was not yet', async () => {
  const examined = async () => {
    const [told] = await auditCheck.examine({ config: testConfig(), target: at.db.target, log: at.log.log })
    return told
  }
  const now = systemClock.now()
  const moved = (name: string, days: number) =>
    at.tamper(
      `UPDATE audit_followers SET moved_at = '${new Date(now.getTime() - days * DAY_MS).toISOString()}' WHERE name = '${name}'`,
    )
  await moved(VERIFIED, 0)
  await moved(WHOLE, 6)
  const six = new Date(now.getTime() - 6 * DAY_MS).toISOString()
  expect(await examined()).toMatchObject({ level: 'ok', text: expect.stringContaining(`all of it on ${six}`) })
  await moved(WHOLE, 11)
  expect(await examined()).toMatchObject({
    level: 'warn',
    text: expect.stringContaining('all of it was verified last'),
  })
  await at.tamper(`DELETE FROM audit_followers WHERE name = '${WHOLE}'`)
  expect(await examined()).toMatchObject({ level: 'warn', text: expect.stringContaining('not verified yet') })
})
