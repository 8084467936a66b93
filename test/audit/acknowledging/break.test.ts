import { beforeEach, describe, expect, it } from 'vitest'
import { type Acknowledging, createAcknowledging } from '../../../src/audit/acknowledging/service.ts'
import { verifyNightly } from '../../../src/audit/verify/nightly.ts'
import { inInstance, inTransaction } from '../../../src/db/transaction.ts'
import { type ChainedDatabase, chainedDatabase } from '../verify/chained-database.ts'

let at: ChainedDatabase
let acknowledging: Acknowledging

const deps = () => ({ owner: at.db.owner, clock: at.clock, log: at.log.log, record: at.recordEvent, append: at.append })
const nightly = () => verifyNightly(deps())

async function segment(entries = 3): Promise<void> {
  for (let n = 0; n < entries; n++) await at.write()
  await at.append()
  await at.sign()
}

/** What stands there now is looked into by somebody. */
async function lookInto(reason = 'a disk that was copied back') {
  const found = await acknowledging.find()
  const done = await acknowledging.acknowledge(found, reason)
  if (!done.ok) throw new Error(done.error)
  return { breaks: found.breaks.map(({ what, seq, to }) => [what, seq, to]), still: done.value }
}

/** The chain has gone past them. */
async function putAside(events: number): Promise<void> {
  for (let n = 0; n < events; n++) await at.write()
  const last = `SELECT id FROM events ORDER BY id DESC LIMIT ${events}`
  await at.tamper(`UPDATE events SET xid = '3' WHERE id IN (${last})`)
  await at.append()
}

beforeEach(async () => {
  at = await chainedDatabase()
  acknowledging = createAcknowledging(deps())
  for (let n = 0; n < 4; n++) await segment()
})

const change = (seq: number, to = 'x') =>
  `UPDATE events SET target_id = '${to}' WHERE id = (SELECT event_id FROM audit_chain WHERE seq = ${seq})`
const takeAway = (...seqs: number[]) =>
  `DELETE FROM events WHERE id IN (SELECT event_id FROM audit_chain WHERE seq IN (${seqs.join()}))`

describe('[TOS-6] a break that was looked into', () => {
  const ways: readonly { readonly way: string; readonly by: string[]; readonly breaks: unknown[] }[] = [
    { way: 'an entry that was changed', by: [change(5)], breaks: [['entry', 5, null]] },
    {
      way: 'an entry that nobody can read',
      by: [`UPDATE events SET actor_kind = 'ghost' WHERE id = (SELECT event_id FROM audit_chain WHERE seq = 5)`],
      breaks: [['gone', 5, 5]],
    },
    {
      way: 'entries that were taken away',
      by: [takeAway(5, 6, 8)],
      breaks: [
        ['gone', 5, 6],
        ['gone', 8, 8],
      ],
    },
    {
      way: 'entries that were taken away with their links',
      by: [takeAway(5), 'DELETE FROM audit_chain WHERE seq = 5'],
      breaks: [['gap', 5, null]],
    },
    {
      way: 'links that go on from another hash',
      by: [`UPDATE audit_chain SET hash = decode(repeat('ab', 32), 'hex') WHERE seq = 5`],
      breaks: [
        ['link', 5, null],
        ['link', 6, null],
      ],
    },
    {
      way: 'a signed head that is not there',
      by: ['DELETE FROM audit_checkpoints WHERE seq = 6'],
      breaks: [['head', 9, null]],
    },
    {
      way: 'a signed head of nobody',
      by: [`UPDATE audit_checkpoints SET jws = 'e30.e30.e30' WHERE seq = 6`],
      breaks: [
        ['head', 6, null],
        ['head', 9, null],
      ],
    },
    {
      way: 'a beginning that is gone with its links',
      by: [takeAway(1, 2, 3), 'DELETE FROM audit_chain WHERE seq <= 3'],
      breaks: [['gone', 1, 3]],
    },
    {
      way: 'an end that was cut off, and the chain goes on where it had come to',
      by: [takeAway(11, 12), 'DELETE FROM audit_chain WHERE seq > 10', 'DELETE FROM audit_checkpoints WHERE seq = 12'],
      breaks: [['gap', 11, null]],
    },
  ]
  it.each(ways)('$way: verification goes on behind it, and says so', async ({ by, breaks }) => {
    await at.tamper(...by)
    expect((await at.verify()).finding).toBeDefined()
    expect(await lookInto()).toEqual({ breaks, still: undefined })
    await segment()
    const { finding, summary } = await at.verify()
    expect(finding).toBeUndefined()
    expect(summary.acknowledged).toMatchObject([{ by: 'audit acknowledge', reason: 'a disk that was copied back' }])
    expect(summary.lastSeq).toBe(summary.signedSeq)
    expect(await acknowledging.find()).toEqual({ breaks: [], more: false, strays: [], beyond: undefined })
    // And the server goes on as well.
    expect(await nightly()).toBeUndefined()
    const place = await inInstance(at.db.owner, (tx) =>
      tx.selectFrom('audit_followers').select('seq').where('name', '=', 'verified').executeTakeFirstOrThrow(),
    )
    expect(Number(place.seq)).toBe(summary.signedSeq)
  })

  it('an end that was cut off below what was verified is known to be so', async () => {
    expect(await nightly()).toBeUndefined()
    await at.tamper(
      takeAway(7, 8, 9, 10, 11, 12),
      'DELETE FROM audit_chain WHERE seq > 6',
      'DELETE FROM audit_checkpoints WHERE seq > 6',
      'UPDATE audit_head SET seq = 6, hash = (SELECT hash FROM audit_chain WHERE seq = 6)',
    )
    expect(await nightly()).toMatchObject({ wrong: 'cut', seq: 12 })
    expect(await lookInto()).toEqual({ breaks: [['place', 12, null]], still: undefined })
    await segment()
    expect(await nightly()).toBeUndefined()
  })

  it('an event that was put among them later gets into the chain, at its end', async () => {
    await putAside(2)
    const found = await acknowledging.find()
    expect(found).toMatchObject({ breaks: [], strays: [{ wrong: 'inserted' }, { wrong: 'inserted' }] })
    expect(await lookInto()).toEqual({ breaks: [], still: undefined })
    const { finding, summary } = await at.verify()
    expect(finding).toBeUndefined()
    expect(summary.acknowledged).toMatchObject([{ breaks: found.strays.map(({ id }) => ({ what: 'stray', is: id })) }])
  })

  it('an event that was put among them while somebody looked at another one does not get in with that', async () => {
    await putAside(1)
    const found = await acknowledging.find()
    await putAside(1)
    expect(await acknowledging.acknowledge(found, 'x')).toEqual({ ok: false, error: 'others' })
    expect((await at.verify()).finding).toMatchObject({ wrong: 'inserted' })
    expect(await lookInto()).toEqual({ breaks: [], still: undefined })
  })

  it('may be one of any number: of many the first are shown, then the others', async () => {
    for (let n = 0; n < 520; n++) await at.write()
    await at.append()
    await at.sign()
    const all = `id IN (SELECT event_id FROM audit_chain WHERE seq BETWEEN 13 AND 532)`
    await at.tamper(`UPDATE events SET target_id = 'x' WHERE ${all}`)
    expect(await acknowledging.find()).toMatchObject({ more: true, beyond: undefined })
    const first = await lookInto()
    expect([first.breaks.length, first.still]).toMatchObject([500, { wrong: 'changed', seq: 513 }])
    expect(await lookInto('the others')).toMatchObject({ breaks: { length: 20 }, still: undefined })
    await segment()
    expect((await at.verify()).finding).toBeUndefined()
    expect(await nightly()).toBeUndefined()
    // And as many that are gone, with some left in between.
    await at.tamper(`DELETE FROM events WHERE ${all} AND right(id::text, 1) < '8'`)
    for (let turn = 0; turn < 3; turn++) if ((await at.verify()).finding) await lookInto('gone')
    expect((await at.verify()).finding).toBeUndefined()
  })

  it('hides no other one: the same entry changed once more, another one, one behind it', async () => {
    await at.tamper(change(5))
    await lookInto()
    await segment()
    await at.tamper(change(5, 'y'))
    expect((await at.verify()).finding).toMatchObject({ wrong: 'changed', seq: 5 })
    await at.tamper(change(5), change(4))
    expect((await at.verify()).finding).toMatchObject({ wrong: 'changed', seq: 4 })
    await lookInto('the other one')
    expect((await at.verify()).finding).toBeUndefined()
    await at.tamper(takeAway(8))
    expect((await at.verify()).finding).toMatchObject({ wrong: 'removed', seq: 8 })
    expect(await lookInto('a third')).toMatchObject({ breaks: [['gone', 8, 8]], still: undefined })
    await segment()
    expect(await nightly()).toBeUndefined()
    await at.tamper(change(17))
    expect((await at.verify()).finding).toMatchObject({ wrong: 'changed', seq: 17 })
  })

  it('is gone past each night, also where the newest head says another hash than the chain', async () => {
    for (let seq = 5; seq <= 12; seq++) await at.rebuild(seq, 'x')
    await at.tamper('UPDATE audit_head SET hash = (SELECT hash FROM audit_chain WHERE seq = 12)')
    expect(await nightly()).toMatchObject({ wrong: 'head-differs', seq: 6 })
    expect(await lookInto()).toMatchObject({ still: undefined })
    await segment()
    expect(await nightly()).toBeUndefined()
    await segment()
    expect(await nightly()).toBeUndefined()
    await at.rebuild(14, 'x')
    expect((await at.verify()).finding).toMatchObject({ wrong: 'link-broken', seq: 15 })
  })

  it.each([
    ['an entry that was made to fit its place', (seq: number) => at.rebuild(seq, 'x'), ['link', 8, null]],
    [
      'entries that are gone with their links',
      (seq: number) => at.tamper(takeAway(seq + 1), `DELETE FROM audit_chain WHERE seq = ${seq + 1}`),
      ['gap', 8, null],
    ],
  ] as const)('hides nothing that is done in front of it, before the next head: %s', async (_way, tamper, found) => {
    await tamper(7)
    expect(await lookInto()).toEqual({ breaks: [found], still: undefined })
    await segment()
    expect((await at.verify()).finding).toBeUndefined()
    await at.rebuild(7, 'y')
    expect((await at.verify()).finding).toMatchObject({ seq: 8 })
  })

  it('is one again where the entry that says so is changed, or taken away', async () => {
    await at.tamper(change(5))
    await lookInto()
    await segment()
    const said = `id = (SELECT id FROM events WHERE action = 'audit.break_acknowledged')`
    await at.tamper(`UPDATE events SET after = jsonb_set(after, '{reason}', '"nothing at all"') WHERE ${said}`)
    expect((await at.verify()).finding).toMatchObject({ wrong: 'changed' })
    await at.tamper(`DELETE FROM events WHERE ${said}`)
    expect((await at.verify()).finding).toMatchObject({ wrong: 'changed', seq: 5 })
  })

  it('cannot be looked into before it is there: what the log says of later entries excuses none', async () => {
    await at.tamper(change(5))
    const { breaks } = await acknowledging.find()
    await at.tamper(change(5, 'mem_1'))
    expect((await at.verify()).finding).toBeUndefined()
    const said = breaks.map(({ between: _, ...one }) => ({ ...one, seq: 15 }))
    await inInstance(at.db.owner, (tx) =>
      at.recordEvent(
        tx,
        { actor: { kind: 'operator', id: 'audit acknowledge' } },
        { action: 'audit.break_acknowledged', target: 'instance', after: { public: { breaks: said, reason: 'x' } } },
      ),
    )
    await segment()
    await at.tamper(change(15))
    expect((await at.verify()).finding).toMatchObject({ wrong: 'changed', seq: 15 })
  })

  it('is no matter of the login that serves, nor of a command that is another one', async () => {
    const breaks = [{ what: 'entry', wrong: 'changed', seq: 5, to: null, is: '', detail: 'x' }]
    const event = {
      action: 'audit.break_acknowledged',
      target: 'instance',
      after: { public: { breaks, reason: 'x' } },
    } as const
    const by = { actor: { kind: 'operator', id: 'audit acknowledge' } } as const
    await expect(inTransaction(at.db.app, (tx) => at.recordEvent(tx, by, event))).rejects.toThrow('events_of_the_log')
    await inInstance(at.db.owner, (tx) => at.recordEvent(tx, { actor: { kind: 'operator', id: 'user create' } }, event))
    await at.append()
    expect((await at.verify()).finding).toMatchObject({ wrong: 'odd', detail: expect.stringContaining('not believed') })
  })
})
