import { sql } from 'kysely'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { replaceSeal } from '../../src/keyring/data-keys/reseal-store.ts'
import type { Keyring } from '../../src/keyring/keyring.ts'
import { PROPAGATION_MS } from '../../src/keyring/propagation.ts'
import { dataKeyOf } from '../../src/keyring/seal/sealed.ts'
import { listSealedColumns } from '../../src/keyring/seal/sealed-columns.ts'
import { createNotes, HandListener, type KeyringWorld, keyringWorld, newPerson, noteBody } from './support.ts'

const writeNote = async ({ database }: KeyringWorld, keyring: Keyring, text: string): Promise<string> => {
  const row = v7()
  await sql`INSERT INTO notes (id, body) VALUES (${row}, ${keyring.instance.seal(noteBody(row), text)})`.execute(
    database.app,
  )
  return row
}

const bodyOf = async ({ database }: KeyringWorld, row: string): Promise<Buffer> => {
  const { rows } = await sql<{ body: Buffer }>`SELECT body FROM notes WHERE id = ${row}`.execute(database.app)
  if (!rows[0]) throw new Error('no such note')
  return rows[0].body
}

const readNote = async (world: KeyringWorld, keyring: Keyring, row: string): Promise<string> =>
  (await keyring.instance.openText(noteBody(row), await bodyOf(world, row))).reveal()

const keyStates = async ({ database }: KeyringWorld): Promise<string[]> =>
  (
    await sql<{ state: string }>`SELECT state FROM data_keys WHERE purpose = 'seal' ORDER BY version`.execute(
      database.app,
    )
  ).rows.map(({ state }) => state)

async function worldWithNotes(): Promise<{ world: KeyringWorld; keyring: Keyring }> {
  const world = await keyringWorld()
  await createNotes(world.database)
  return { world, keyring: await world.open() }
}

describe('[MON-1] a column sealed by the instance', () => {
  it('is opened by every process, and by none at another row', async () => {
    const { world, keyring } = await worldWithNotes()
    const [row, other] = [await writeNote(world, keyring, 'mine'), await writeNote(world, keyring, 'theirs')]
    expect(await readNote(world, await world.open(), row)).toBe('mine')
    await sql`UPDATE notes SET body = (SELECT body FROM notes WHERE id = ${row}) WHERE id = ${other}`.execute(
      world.database.app,
    )
    await expect(readNote(world, keyring, other)).rejects.toMatchObject({ code: 'seal-broken' })
  })

  it('must be registered, or a rotation would lose it', async () => {
    const { keyring } = await worldWithNotes()
    expect(() => keyring.instance.seal({ table: 'notes', column: 'title', row: 'x' }, 'x')).toThrow('not registered')
    expect(() => keyring.instance.seal({ table: 'notes', column: 'personal', row: 'x' }, 'x')).toThrow('not registered')
  })

  it('takes nothing that no key of ours has sealed', async () => {
    const { world } = await worldWithNotes()
    for (const nonsense of [Buffer.alloc(60), Buffer.from('plaintext'), Buffer.from(v7())])
      await expect(
        sql`INSERT INTO notes (id, body) VALUES (${v7()}, ${nonsense})`.execute(world.database.app),
      ).rejects.toThrow()
  })

  it('cannot be registered by an id that does not identify a row', async () => {
    const { world } = await worldWithNotes()
    await sql`CREATE TABLE loose (id uuid, body bytea)`.execute(world.database.owner)
    await expect(
      sql`SELECT register_sealed_column('loose', 'body', 'id', 'instance')`.execute(world.database.owner),
    ).rejects.toThrow('loose.id does not identify a row')
  })
})

describe('[MOS-1] a rotation of the seal key', () => {
  it('re-seals every row online, and then destroys the old key', async () => {
    const { world, keyring } = await worldWithNotes()
    const rows = await Promise.all(['a', 'b', 'c'].map((text) => writeNote(world, keyring, text)))
    const person = newPerson()
    await world.database.owner.transaction().execute((tx) => keyring.persons.ensure(tx, person))
    const before = await bodyOf(world, rows[0] ?? '')

    await keyring.rotateSealKey()
    expect(await keyStates(world)).toEqual(['retiring', 'current'])
    expect(await keyring.retireOldSealKeys()).toMatchObject({ resealed: 4, broken: 0, destroyed: [] })
    world.clock.advance(PROPAGATION_MS)
    expect((await keyring.retireOldSealKeys()).destroyed).toHaveLength(1)
    expect(await keyStates(world)).toEqual(['destroyed', 'current'])

    const later = await world.open()
    expect(await Promise.all(rows.map((row) => readNote(world, later, row)))).toEqual(['a', 'b', 'c'])
    expect(await later.persons.of(world.database.app, person)).toMatchObject({ ok: true })
    await expect(later.instance.open(noteBody(rows[0] ?? ''), before)).rejects.toMatchObject({ code: 'seal-broken' })
    expect(world.collected.actions().slice(-6)).toEqual([
      'data_key.created',
      'data_key.rotated',
      'data_key.resealed',
      'data_key.resealed',
      'data_key.closed',
      'data_key.destroyed',
    ])
  })

  it('is due after half a year, so that it happens at least yearly', async () => {
    const { world, keyring } = await worldWithNotes()
    const row = await writeNote(world, keyring, 'kept')
    expect(await keyring.maintain()).toMatchObject({ rotated: false })
    world.clock.advance(183 * 24 * 3_600_000)
    expect(await keyring.maintain()).toMatchObject({ rotated: true, resealed: 1 })
    expect(await keyring.maintain()).toMatchObject({ rotated: false })
    expect(await readNote(world, keyring, row)).toBe('kept')
  })

  it('is heard by another process that opens what the new key sealed', async () => {
    const { world, keyring } = await worldWithNotes()
    const deaf = await world.open()
    await keyring.rotateSealKey()
    const row = await writeNote(world, keyring, 'new')
    expect(await readNote(world, deaf, row)).toBe('new')
  })

  it('waits for a process that still seals with the old key: the row is accepted, found and re-sealed', async () => {
    const { world, keyring } = await worldWithNotes()
    const deaf = await world.open()
    await keyring.rotateSealKey()
    await keyring.retireOldSealKeys()
    const row = await writeNote(world, deaf, 'late')
    world.clock.advance(PROPAGATION_MS)
    expect(await keyring.retireOldSealKeys()).toMatchObject({ resealed: 1 })
    expect(await keyStates(world)).toEqual(['destroyed', 'current'])
    expect(await readNote(world, keyring, row)).toBe('late')
  })

  it('lets no row come to depend on a destroyed key: such a write is refused, never lost later', async () => {
    const { world, keyring } = await worldWithNotes()
    const deaf = await world.open()
    await keyring.rotateSealKey()
    world.clock.advance(PROPAGATION_MS)
    await keyring.retireOldSealKeys()
    await expect(writeNote(world, deaf, 'too late')).rejects.toMatchObject({ code: 'HK001' })
  })

  it('lets a row under a closed key be changed in all else, and takes no new seal of that key into it', async () => {
    const { world, keyring } = await worldWithNotes()
    const deaf = await world.open()
    const row = await writeNote(world, keyring, 'damaged')
    await sql`UPDATE notes SET body = set_byte(body, 40, get_byte(body, 40) # 1)`.execute(world.database.owner)
    const before = await bodyOf(world, row)
    await keyring.rotateSealKey()
    world.clock.advance(PROPAGATION_MS)
    await keyring.retireOldSealKeys()
    expect(await keyStates(world)).toEqual(['closed', 'current'])
    const put = (body: Buffer | null) =>
      sql`UPDATE notes SET body = ${body} WHERE id = ${row}`.execute(world.database.app)
    await put(before)
    await expect(put(deaf.instance.seal(noteBody(row), 'late'))).rejects.toMatchObject({
      ...{ code: 'HK001', table: 'notes', column: 'body' },
    })
    await put(keyring.instance.seal(noteBody(row), 'new'))
    expect(await readNote(world, keyring, row)).toBe('new')
    await put(null)
  })

  it('does so for every column that it seals, in rows that are new and in rows that change', async () => {
    const { database } = await keyringWorld()
    const { rows } = await sql<{ column: string; guards: string }>`
      SELECT c.table_name || '.' || c.column_name AS column,
        string_agg(CASE WHEN pg_get_triggerdef(t.oid) LIKE '% BEFORE INSERT ON %' THEN 'new' ELSE 'changed' END, ' ' ORDER BY t.tgname) AS guards
      FROM sealed_columns c
      LEFT JOIN pg_trigger t ON t.tgrelid = ('public.' || c.table_name)::regclass AND t.tgenabled = 'O'
        AND t.tgfoid::regproc::text = 'guard_' || c.table_name || '_' || c.column_name
      WHERE c.kind = 'instance' GROUP BY 1`.execute(database.owner)
    expect(rows.length).toBeGreaterThan(5)
    for (const { column, guards } of rows) expect(guards, column).toBe('new changed')
  })

  it('does not close a key under a transaction that has sealed with it and not yet committed', async () => {
    const { world, keyring } = await worldWithNotes()
    const deaf = await world.open()
    await keyring.rotateSealKey()
    world.clock.advance(PROPAGATION_MS)
    const row = v7()
    await world.database.app.transaction().execute(async (tx) => {
      await sql`INSERT INTO notes (id, body) VALUES (${row}, ${deaf.instance.seal(noteBody(row), 'open')})`.execute(tx)
      await expect(keyring.retireOldSealKeys()).rejects.toMatchObject({ code: '55P03' })
    })
    expect(await keyStates(world)).toEqual(['retiring', 'current'])
    expect(await keyring.retireOldSealKeys()).toMatchObject({ resealed: 1 })
    expect(await readNote(world, keyring, row)).toBe('open')
  })

  it('keeps the old key as long as a row under it does not open, and names the row', async () => {
    const { world, keyring } = await worldWithNotes()
    const row = await writeNote(world, keyring, 'damaged')
    await sql`UPDATE notes SET body = set_byte(body, 40, get_byte(body, 40) # 1)`.execute(world.database.owner)
    await keyring.rotateSealKey()
    world.clock.advance(PROPAGATION_MS)
    expect(await keyring.retireOldSealKeys()).toEqual({ resealed: 0, broken: 1, destroyed: [] })
    expect(await keyStates(world)).toEqual(['closed', 'current'])
    expect(world.log.text()).toContain(row)
  })

  it('refuses further seals under a key that is closed, though it is still there', async () => {
    const { world, keyring } = await worldWithNotes()
    const deaf = await world.open()
    await writeNote(world, keyring, 'damaged')
    await sql`UPDATE notes SET body = set_byte(body, 40, get_byte(body, 40) # 1)`.execute(world.database.owner)
    await keyring.rotateSealKey()
    world.clock.advance(PROPAGATION_MS)
    await keyring.retireOldSealKeys()
    expect(await keyStates(world)).toEqual(['closed', 'current'])
    await expect(writeNote(world, deaf, 'late')).rejects.toMatchObject({ code: 'HK001' })
  })

  it('loses no concurrent write: rows being written are left for the next pass', async () => {
    const { world, keyring } = await worldWithNotes()
    const row = await writeNote(world, keyring, 'old')
    await keyring.rotateSealKey()
    await world.database.app.transaction().execute(async (tx) => {
      await sql`UPDATE notes SET body = ${keyring.instance.seal(noteBody(row), 'newer')} WHERE id = ${row}`.execute(tx)
      expect(await keyring.retireOldSealKeys()).toMatchObject({ resealed: 0 })
    })
    expect(await keyring.retireOldSealKeys()).toMatchObject({ resealed: 0 })
    expect(await readNote(world, keyring, row)).toBe('newer')
  })

  it('goes on after a crash in the middle of a pass, over several rotations', async () => {
    const { world, keyring } = await worldWithNotes()
    const rows = await Promise.all(Array.from({ length: 7 }, (_, i) => writeNote(world, keyring, `n${i}`)))
    await keyring.rotateSealKey()
    let batches = 0
    const { resealAll } = await import('../../src/keyring/data-keys/reseal.ts')
    const { loadInstanceKeys } = await import('../../src/keyring/data-keys/instance-keys.ts')
    const { bootstrapDataKeys } = await import('../../src/keyring/data-keys/bootstrap.ts')
    const { owner } = world.database
    const common = { owner, db: owner, clock: world.clock, log: world.log.log, settings: { keysDir: world.keysDir } }
    const { master, rows: keyRows } = await bootstrapDataKeys({ ...common, record: world.collected.record })
    const keys = await loadInstanceKeys({ ...common, master, findMaster: async () => undefined }, keyRows)
    const diesInThirdBatch: typeof world.collected.record = async (tx, event) => {
      batches += 1
      if (batches === 3) throw new Error('killed')
      await world.collected.record(tx, event)
    }
    await expect(
      resealAll({ ...common, instance: keyring.instance, keys, record: diesInThirdBatch, batchSize: 2 }),
    ).rejects.toThrow('killed')
    const seals = await Promise.all(rows.map((row) => bodyOf(world, row)))
    expect(new Set(seals.map(dataKeyOf)).size).toBe(2)
    await keyring.rotateSealKey()
    expect(await keyring.retireOldSealKeys()).toMatchObject({ resealed: 7 })
    expect(await Promise.all(rows.map((row) => readNote(world, keyring, row)))).toEqual(rows.map((_, i) => `n${i}`))
  })

  it('replaces a seal only while it is the one that was opened', async () => {
    const { world, keyring } = await worldWithNotes()
    const row = await writeNote(world, keyring, 'first')
    const stale = { id: row, sealed: await bodyOf(world, row) }
    const newer = keyring.instance.seal(noteBody(row), 'second')
    await sql`UPDATE notes SET body = ${newer} WHERE id = ${row}`.execute(world.database.app)
    const column = (await listSealedColumns(world.database.app)).find(({ table }) => table === 'notes')
    if (!column) throw new Error('not registered')
    await world.database.owner
      .transaction()
      .execute((tx) => replaceSeal(tx, column, stale, keyring.instance.seal(noteBody(row), 'first')))
    expect(await readNote(world, keyring, row)).toBe('second')
  })

  it('is written under the isolation that its guard can judge by, or not at all', async () => {
    const { world, keyring } = await worldWithNotes()
    const row = v7()
    await expect(
      world.database.app
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute((tx) =>
          sql`INSERT INTO notes (id, body) VALUES (${row}, ${keyring.instance.seal(noteBody(row), 'x')})`.execute(tx),
        ),
    ).rejects.toMatchObject({ code: 'HK002' })
  })

  it('happens once, and ends once, however many instances do it', async () => {
    const { world, keyring } = await worldWithNotes()
    const instances = [keyring, await world.open(), await world.open()]
    world.clock.advance(183 * 24 * 3_600_000)
    const outcomes = await Promise.all(instances.map((instance) => instance.maintain()))
    expect(outcomes.filter(({ rotated }) => rotated)).toHaveLength(1)
    world.clock.advance(PROPAGATION_MS)
    await Promise.all(instances.map((instance) => instance.maintain()))
    const ends = world.collected.actions().filter((action) => /closed|destroyed/.test(action))
    expect(ends).toEqual(['data_key.closed', 'data_key.destroyed'])
    expect(await keyStates(world)).toEqual(['destroyed', 'current'])
  })

  it('stops rather than overlook rows that row security hides from it', async () => {
    const { world, keyring } = await worldWithNotes()
    await writeNote(world, keyring, 'hidden')
    await sql`ALTER TABLE notes ENABLE ROW LEVEL SECURITY; ALTER TABLE notes FORCE ROW LEVEL SECURITY`.execute(
      world.database.owner,
    )
    await keyring.rotateSealKey()
    world.clock.advance(PROPAGATION_MS)
    await expect(keyring.retireOldSealKeys()).rejects.toThrow('row security without a policy')
    expect(await keyStates(world)).toEqual(['closed', 'current'])
    await sql`CREATE POLICY notes_instance ON notes TO hearthkey_owner USING (in_instance_scope())`.execute(
      world.database.owner,
    )
    expect(await keyring.retireOldSealKeys()).toMatchObject({ resealed: 1, destroyed: [expect.any(String)] })
  })

  it('reaches a listening process by its notification', async () => {
    const { world, keyring } = await worldWithNotes()
    const listener = await world.database.listen()
    try {
      const other = await world.open({ listener })
      await keyring.rotateSealKey()
      const first = dataKeyOf(keyring.instance.seal(noteBody('x'), ''))
      await expect.poll(() => dataKeyOf(other.instance.seal(noteBody('x'), ''))).toBe(first)
    } finally {
      await listener.close()
    }
  })

  it('is looked for again after a gap in the notifications', async () => {
    const { world, keyring } = await worldWithNotes()
    const listener = new HandListener()
    const other = await world.open({ listener })
    await keyring.rotateSealKey()
    listener.gap()
    const current = dataKeyOf(keyring.instance.seal(noteBody('x'), ''))
    await expect.poll(() => dataKeyOf(other.instance.seal(noteBody('x'), ''))).toBe(current)
  })
})
