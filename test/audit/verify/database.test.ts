import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { readLinks } from '../../../src/audit/verify/source/store.ts'
import { inInstance } from '../../../src/db/transaction.ts'
import { defineId } from '../../../src/lib/ids.ts'
import { type ChainedDatabase, chainedDatabase } from './chained-database.ts'
import { signingKey } from './made-log.ts'

const acme = defineId('org').generate()
const session = defineId('ses').generate()

let at: ChainedDatabase
let kept: string

beforeEach(async () => {
  at = await chainedDatabase()
  for (let n = 0; n < 8; n++) {
    await at.write({ session, ...(n % 2 === 0 && { organisation: acme }) })
    if (n === 3 || n === 6) {
      await at.append()
      kept = await at.sign()
    }
  }
  await at.append()
})

const row = (seq: number) => `(SELECT event_id FROM audit_chain WHERE seq = ${seq})`
const found = async (...statements: string[]) => {
  await at.tamper(...statements)
  return (await at.verify()).finding
}

test('[TOS-6] the log of a database is found right, in small pages as in large ones', async () => {
  for (const page of [1, 3, 4, 1000]) {
    const { finding, summary } = await at.verify({ page, heads: [kept], trustedKeys: [at.key.line] })
    expect(finding).toBeUndefined()
    expect(summary).toMatchObject({ entries: 8, segments: 2, lastSeq: 8, signedSeq: 7, headsCompared: 1 })
  }
})

test('[TOS-6] what is large is read by so few at a time that they fit into memory, and all of it', async () => {
  const large = 'x'.repeat(200_000)
  for (let n = 0; n < 6; n++) {
    for (let m = 0; m < 5; m++)
      await at.write(
        {},
        { action: 'key.created', target: 'key_1', after: { public: { large, n: randomBytes(5000).toString('hex') } } },
      )
    await at.append()
    await at.sign()
  }
  const pages: number[] = []
  await inInstance(at.db.owner, async (tx) => {
    for (let after = 0; ; after += pages.at(-1) ?? 0) {
      const rows = await readLinks(tx, after, 1000)
      if (rows.length === 0) return
      pages.push(rows.length)
    }
  })
  expect(Math.max(...pages)).toBeLessThan(30)
  const { finding, summary } = await at.verify({ page: 1000 })
  expect(finding).toBeUndefined()
  expect(summary).toMatchObject({ entries: pages.reduce((sum, page) => sum + page), lastSeq: summary.signedSeq })
})

test('[TOS-6] an empty log is right, with nothing in it', async () => {
  const { finding, summary } = await (await chainedDatabase()).verify()
  expect(finding).toBeUndefined()
  expect(summary).toMatchObject({ entries: 0, lastSeq: 0 })
})

/** What says nothing of what happened: which transaction wrote it is for whoever follows the table. */
const withoutMeaning = new Set(['xid'])
const changes: Readonly<Record<string, string>> = {
  uuid: "'018f0000-0000-7000-8000-000000000001'",
  timestamptz: "'2026-02-01T00:00:00Z'",
  text: "'other.thing'",
  jsonb: '\'{"roles":["owner"]}\'',
  bytea: "'\\x00'",
}

test('[TOS-6] a change of any column of an event is found, and the entry named', async () => {
  const superuser = await at.db.superuser()
  const { rows } = await superuser.query(
    "SELECT column_name AS name, udt_name AS type FROM information_schema.columns WHERE table_name = 'events'",
  )
  const columns: { name: string; type: string }[] = rows.filter(({ name }) => !withoutMeaning.has(name))
  expect(columns.length).toBeGreaterThan(15)
  await superuser.query('CREATE TABLE kept AS SELECT * FROM events')
  for (const { name, type } of columns) {
    const to = name === 'actor_kind' ? "'client'" : changes[type]
    const finding = await found(`UPDATE events SET ${name} = ${to} WHERE id = ${row(3)}`)
    const wrong = name === 'id' ? 'removed' : 'changed'
    expect.soft({ name, wrong: finding?.wrong, seq: finding?.seq }).toEqual({ name, wrong, seq: 3 })
    await at.tamper('DELETE FROM events', 'INSERT INTO events SELECT * FROM kept')
  }
  expect((await at.verify()).finding).toBeUndefined()
})

test('[TOS-6] what is emptied is found as well', async () => {
  const superuser = await at.db.superuser()
  await superuser.query('CREATE TABLE kept AS SELECT * FROM events')
  for (const set of [
    'before = NULL',
    'personal = NULL, personal_of = NULL',
    'ip = NULL, ip_of = NULL, user_agent = NULL',
    'user_agent = NULL',
    'session_id = NULL',
    'request_id = NULL',
    'org_id = NULL',
  ]) {
    expect
      .soft(await found(`UPDATE events SET ${set} WHERE id = ${row(3)}`), set)
      .toMatchObject({ wrong: 'changed', seq: 3 })
    await at.tamper('DELETE FROM events', 'INSERT INTO events SELECT * FROM kept')
  }
})

describe('the chain in a database', () => {
  test.each([
    ['when', "at = at + interval '1 ms'", 'link-broken'],
    ['whose', 'org_id = NULL', 'link-broken'],
    ['the hash of its entry', "entry_hash = decode(repeat('ab', 32), 'hex')", 'changed'],
    ['its hash', "hash = decode(repeat('ab', 32), 'hex')", 'link-broken'],
    ['what its actor was called', "actor_name = 'Mallory'", 'changed'],
  ])('[TOS-6] a link that says another %s is named', async (_, set, wrong) => {
    expect(await found(`UPDATE audit_chain SET ${set} WHERE seq = 3`)).toMatchObject({ wrong, seq: 3 })
  })

  test('[TOS-6] an event that was deleted is named', async () => {
    expect(await found(`DELETE FROM events WHERE id = ${row(5)}`)).toMatchObject({ wrong: 'removed', seq: 5 })
  })

  test('[TOS-6] an event that was deleted with its link is named', async () => {
    expect(
      await found(`DELETE FROM events WHERE id = ${row(5)}`, 'DELETE FROM audit_chain WHERE seq = 5'),
    ).toMatchObject({ wrong: 'removed', seq: 5 })
  })

  test('[TOS-6] a tail that was cut off behind the last head is found, and one before it against a kept head', async () => {
    expect(
      await found(`DELETE FROM events WHERE id = ${row(8)}`, 'DELETE FROM audit_chain WHERE seq = 8'),
    ).toMatchObject({ wrong: 'cut', seq: 8 })
    await at.tamper(
      'DELETE FROM events WHERE id IN (SELECT event_id FROM audit_chain WHERE seq > 4)',
      'DELETE FROM audit_chain WHERE seq > 4',
      'DELETE FROM audit_checkpoints WHERE seq > 4',
      'UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_chain WHERE seq = 4)',
    )
    expect((await at.verify()).finding).toBeUndefined()
    expect((await at.verify({ heads: [kept] })).finding).toMatchObject({ wrong: 'cut', seq: 5 })
  })

  test('[TOS-6] two events that changed places are named', async () => {
    await at.tamper(
      'ALTER TABLE audit_chain DROP CONSTRAINT audit_chain_event_id_key',
      `UPDATE audit_chain one SET event_id = other.event_id, at = other.at, org_id = other.org_id, entry_hash = other.entry_hash
       FROM audit_chain other WHERE (one.seq, other.seq) IN ((3, 5), (5, 3))`,
    )
    expect((await at.verify()).finding).toMatchObject({ wrong: 'link-broken', seq: 3 })
  })

  test('[TOS-6] an event that was put among the others later is named', async () => {
    const finding = await found(
      `INSERT INTO events SELECT (jsonb_populate_record(events, jsonb_build_object('id', '018f0000-0000-7000-8000-000000000001', 'xid', '3'))).* FROM events LIMIT 1`,
    )
    expect(finding).toMatchObject({ wrong: 'inserted', id: 'evt_018f0000000070008000000000000001' })
  })

  test('[TOS-6] a head that was not signed for where it stands is named', async () => {
    expect(
      await found('UPDATE audit_checkpoints SET jws = (SELECT jws FROM audit_checkpoints WHERE seq = 7) WHERE seq = 4'),
    ).toMatchObject({ wrong: 'signature', seq: 4 })
  })

  test('[TOS-6] a key that was exchanged in the database is found against the one that is trusted', async () => {
    const evil = await signingKey()
    const { type: _, endorsement: __, ...jwk } = evil.line
    await at.tamper(
      'DELETE FROM audit_checkpoints',
      `UPDATE audit_keys SET kid = '${jwk.kid}', public_jwk = '${JSON.stringify(jwk)}'`,
    )
    await at.sign(evil)
    expect((await at.verify()).finding).toBeUndefined()
    expect((await at.verify({ trustedKeys: [at.key.line] })).finding).toMatchObject({ wrong: 'key' })
    expect((await at.verify({ heads: [kept] })).finding).toMatchObject({ wrong: 'key' })
  })

  test('[TOS-6] a row that no program of ours writes is named, not a stack trace', async () => {
    expect(await found(`UPDATE events SET before = '[1]' WHERE id = ${row(3)}`).catch(() => 'refused')).toMatchObject({
      wrong: 'changed',
      seq: 3,
    })
  })
})

test('[TOS-6] whose key is destroyed can be read no more, and the log is as right as before', async () => {
  const [event] = (await (await at.db.superuser()).query('SELECT personal_of FROM events LIMIT 1')).rows
  at.seals.erase(`usr_${String(event.personal_of).replaceAll('-', '')}`)
  expect((await at.verify({ heads: [kept] })).finding).toBeUndefined()
})
