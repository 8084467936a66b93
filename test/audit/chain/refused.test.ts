import { sql } from 'kysely'
import { v4, v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { checkedFields } from '../../../src/audit/snapshot.ts'
import { inInstance, inOrganisation, inTransaction } from '../../../src/db/transaction.ts'
import type { Db } from '../../../src/db/types.ts'
import { defineId } from '../../../src/lib/ids.ts'
import { chainWorld } from './support.ts'

const organisationId = defineId('org')
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

const columns: Readonly<Record<string, string | null>> = {
  id: '018f0000-0000-7000-8000-000000000009',
  occurred_at: '2026-03-01T08:00:01Z',
  action: 'key.created',
  actor_kind: 'system',
  actor_id: 'x',
  target_kind: 'key',
  target_id: 'key_1',
}

type Over = Readonly<Record<string, string | null>>
type World = Awaited<ReturnType<typeof chainWorld>>

const insert = ({ database }: World, over: Over = {}, by: Db = database.app) => {
  const row = { ...columns, id: v7(), ...over }
  const names = sql.join(Object.keys(row).map((name) => sql.ref(name)))
  const values = sql.join(Object.entries(row).map(([name, value]) => sql`${value}::${sql.raw(typeOf(name))}`))
  return sql`INSERT INTO events (${names}) VALUES (${values})`.execute(by)
}

const types: Readonly<Record<string, string>> = {
  occurred_at: 'timestamptz',
  before: 'jsonb',
  after: 'jsonb',
  personal: 'bytea',
  ip: 'bytea',
  user_agent: 'bytea',
}
const typeOf = (column: string) =>
  types[column] ?? (/^(id|session_id|personal_of|ip_of)$/.test(column) ? 'uuid' : 'text')

describe('whoever holds the login that serves', () => {
  it('[TOS-6] cannot write what no reader of the log could bear', async () => {
    const world = await chainWorld()
    const refused = async (over: Readonly<Record<string, string>>) =>
      expect(insert(world, over), JSON.stringify(over).slice(0, 60)).rejects.toThrow('policy "events_as_written"')
    for (const occurred_at of [
      '20000-01-01',
      '290000-01-01',
      '0044-03-15 BC',
      '1999-12-31',
      '2200-01-01',
      'infinity',
      '-infinity',
    ])
      await refused({ occurred_at })
    for (const id of [v4(), '00000000-0000-0000-0000-000000000000']) await refused({ id })
    await refused({ session_id: v4() })
    for (const field of ['before', 'after']) {
      await refused({ [field]: nested(34) })
      await refused({ [field]: '{"n": 1e999}' })
      await refused({ [field]: JSON.stringify({ a: 'x'.repeat(330_000) }) })
    }
    // However small it is made for the disk.
    const packed = inTransaction(world.database.app, async (tx) => {
      await sql`CREATE TEMP TABLE packed (fields jsonb) ON COMMIT DROP`.execute(tx)
      await sql`INSERT INTO packed VALUES (${JSON.stringify({ a: 'x'.repeat(330_000) })}::jsonb)`.execute(tx)
      await sql`INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id, after)
        SELECT ${v7()}::uuid, now()::timestamptz(3), 'key.created', 'system', 'x', 'key', 'k', fields FROM packed`.execute(
        tx,
      )
    })
    await expect(packed).rejects.toThrow('policy "events_as_written"')
    await refused({ target_id: 'x'.repeat(1001) })
    await refused({ request_id: 'x'.repeat(1001) })
    await refused({ actor_id: 'x'.repeat(1001) })
    await refused({ target_kind: 'x'.repeat(51) })
    await refused({ action: `key.${'x'.repeat(100)}` })
    await refused({ personal: 'x'.repeat(70_000), personal_of: v7() })
    const odd = sql`INSERT INTO events (id, occurred_at, org_id, action, actor_kind, actor_id, target_kind, target_id)
      VALUES (${v7()}, now(), current_org(), 'key.created', 'system', 'x', 'key', 'k')`
    const nowhere = organisationId.generate()
    await expect(
      inOrganisation(world.database.app, nowhere, async (tx) => {
        await sql`SELECT set_config('hearthkey.org', ${v4()}, true)`.execute(tx)
        await odd.execute(tx)
      }),
    ).rejects.toThrow('violates')
    await insert(world)
    await insert(world, { after: nested(32), occurred_at: '2026-03-01T08:00:01.123Z' })
    expect(await world.append()).toBe(2)
    await world.verify()
  })

  it('[TOS-6] and whoever owns the table write no row that contradicts itself', async () => {
    const world = await chainWorld()
    const odd: readonly Over[] = [
      { action: 'Key created' },
      { actor_kind: 'nobody' },
      { actor_kind: 'anonymous' },
      { actor_id: null },
      { before: '[1]' },
      { after: '1' },
      { personal: 'sealed' },
      { personal_of: v7() },
      { ip: 'sealed' },
      { ip_of: v7() },
      { user_agent: 'sealed' },
      { occurred_at: '2026-03-01T08:00:01.123456Z' },
      { id: v4() },
    ]
    const { owner } = world.database
    for (const over of odd) {
      const said = JSON.stringify(over)
      await expect(insert(world, over), said).rejects.toThrow('policy "events_as_written"')
      const byOwner = inInstance(owner, (tx) => insert(world, over, tx))
      await expect(byOwner, said).rejects.toThrow('policy "events_as_written"')
    }
    const both = { personal: 'sealed', personal_of: v7(), ip: 'sealed', ip_of: v7(), user_agent: 'sealed' }
    await insert(world, { ...both, session_id: v7(), before: '{}' })
    await inInstance(owner, (tx) => insert(world, { actor_kind: 'anonymous', actor_id: null }, tx))
  })

  it('[TOS-6] however little of a row is looked at closely, the same is refused and the same is taken', async () => {
    const world = await chainWorld()
    // Beside it, what is larger is looked at closely.
    const closely = { before: JSON.stringify({ a: 'x'.repeat(100) }) }
    const dense = `{"":${'['.repeat(32)}${']'.repeat(32)}}`
    const odd: readonly Over[] = [
      ...[
        '',
        '.',
        'a',
        'a.',
        '.a',
        'a..b',
        'a.b.c',
        '_a.b',
        'a_.b',
        'a._b',
        'a.b_',
        'a__b.c',
        'a.b\n',
        'a b.c',
        'A.b',
        'ä.b',
        '1.b',
      ].map((action) => ({ action })),
      { before: '{}', after: '[1]' },
      { before: '[1]', after: '{}' },
      { before: '"{"', after: '{}' },
      { before: '{}', after: '"}"' },
      { before: '"{}"' },
      { after: 'null' },
      { after: dense },
      { after: '{"n": -1e301}' },
      { target_kind: 'x'.repeat(51) },
      ...[v4(), '018f0000-0000-7000-c000-000000000009', '018f0000-0000-8000-8000-000000000009'].map((id) => ({ id })),
      ...['personal', 'ip'].map((of) => ({ [of]: 'sealed', [`${of}_of`]: v4() })),
    ]
    for (const over of odd)
      for (const size of [{}, closely])
        await expect(insert(world, { ...size, ...over }), JSON.stringify(over)).rejects.toThrow(
          'policy "events_as_written"',
        )
    const right: readonly Over[] = [
      { action: 'a_b.c_d' },
      { before: '{}', after: '{"}": "{"}' },
      { after: `{"":${'['.repeat(31)}${']'.repeat(31)}}` },
      { after: '{"n": 1e300}' },
      { action: `${'a'.repeat(50)}.${'b'.repeat(49)}` },
      { target_kind: 'x'.repeat(50) },
      { target_id: 'x'.repeat(1000), actor_id: 'x'.repeat(1000) },
      {
        personal: 'x'.repeat(69_632),
        personal_of: v7(),
        ip: 'x'.repeat(1024),
        ip_of: v7(),
        user_agent: 'x'.repeat(8192),
      },
    ]
    for (const over of right) for (const size of [{}, closely]) await insert(world, { ...size, ...over })
    expect(await world.append()).toBe(2 * right.length)
    await world.verify()
  })

  it('[TOS-6] cannot say what the log says of itself', async () => {
    const world = await chainWorld()
    for (const action of [
      'audit.pruned',
      'audit.chain_broken',
      'audit_key.created',
      'audit_key.rotated',
      'alert.raised',
    ])
      await expect(insert(world, { action }), action).rejects.toThrow('row-level security')
    await insert(world, { action: 'audit.exported' })
  })
})

it('what is nested deeper than the log bears is refused where it is written', () => {
  expect(() => checkedFields(JSON.parse(nested(32)))).not.toThrow()
  expect(() => checkedFields(JSON.parse(nested(33)))).toThrow('nested too deeply')
  expect(() => checkedFields(JSON.parse(nested(5500)))).toThrow('nested too deeply')
})

it('what is larger than the table takes is refused where it is written, and nothing that a client may have is', async () => {
  const world = await chainWorld()
  const uris = (length: number, each = 1_000) =>
    Array.from({ length }, (_, n) => `https://a.example/${n}/`.padEnd(each, 'x'))
  const largest = checkedFields({
    ...{ redirectUris: uris(100), postLogoutRedirectUris: uris(100), origins: uris(50, 270), apis: uris(50, 500) },
  })
  await insert(world, { before: JSON.stringify(largest), after: JSON.stringify(largest) })
  // Where there are many small ones PostgreSQL writes it with more white space than it was measured with.
  const small = checkedFields({ a: uris(6_000, 40) })
  await insert(world, { after: JSON.stringify(small) })
  expect(() => checkedFields({ a: 'x'.repeat(262_144) })).toThrow('too large')
})
