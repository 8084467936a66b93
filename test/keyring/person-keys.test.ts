import { sql } from 'kysely'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import type { Db } from '../../src/db/types.ts'
import type { Keyring } from '../../src/keyring/keyring.ts'
import { KeyCache } from '../../src/keyring/person-keys/key-cache.ts'
import type { Sealer } from '../../src/keyring/seal/sealer.ts'
import type { Id } from '../../src/lib/ids.ts'
import { frozenClock } from '../support/clock.ts'
import { statementsDuring } from '../support/statements.ts'
import {
  createNotes,
  HandListener,
  type KeyringWorld,
  keyringWorld,
  newPerson,
  notePersonal,
  personId,
} from './support.ts'

async function worldOfPersons() {
  const world = await keyringWorld()
  await createNotes(world.database)
  const listener = new HandListener()
  return { world, listener, keyring: await world.open({ listener }) }
}

const create = (world: KeyringWorld, keyring: Keyring, person: Id<'usr'>) =>
  world.database.app.transaction().execute((tx) => keyring.persons.ensure(tx, person))

const destroy = (world: KeyringWorld, keyring: Keyring, person: Id<'usr'>) =>
  world.database.app.transaction().execute((tx) => keyring.persons.destroy(tx, person))

async function sealerOf(keyring: Keyring, db: Db, person: Id<'usr'>): Promise<Sealer> {
  const found = await keyring.persons.of(db, person)
  if (!found.ok) throw new Error(found.error)
  return found.value
}

describe('[MOS-1] a person’s key', () => {
  it('opens what it sealed, in every process, and nobody else’s', async () => {
    const { world, keyring } = await worldOfPersons()
    const { app } = world.database
    const [anna, ben] = [newPerson(), newPerson()]
    await create(world, keyring, anna)
    await create(world, keyring, ben)
    const place = notePersonal(v7())
    const sealed = (await sealerOf(keyring, app, anna)).seal(place, 'Anna Kern')
    const elsewhere = await world.open()
    expect((await (await sealerOf(elsewhere, app, anna)).openText(place, sealed)).reveal()).toBe('Anna Kern')
    const bens = await sealerOf(keyring, app, ben)
    await expect(bens.open(place, sealed)).rejects.toMatchObject({ code: 'seal-broken' })
    await expect(keyring.instance.open(place, sealed)).rejects.toMatchObject({ code: 'seal-broken' })
  })

  it('of many are found by one question, and without those that do not open', async () => {
    const { world, keyring } = await worldOfPersons()
    const { app } = world.database
    const [anna, ben, cai, nobody] = [newPerson(), newPerson(), newPerson(), newPerson()]
    for (const person of [anna, ben, cai]) await create(world, keyring, person)
    await destroy(world, keyring, ben)
    const superuser = await world.database.superuser()
    await superuser.query('SET session_replication_role = replica')
    await superuser.query(
      `UPDATE person_keys SET sealed = set_byte(sealed, length(sealed) - 1, get_byte(sealed, length(sealed) - 1) # 1)
       WHERE person_id = $1`,
      [personId.toUuid(cai)],
    )
    const elsewhere = await world.open()
    let found: ReadonlyMap<Id<'usr'>, Sealer> = new Map()
    const asked = await statementsDuring(async () => {
      found = await elsewhere.persons.ofAll(app, [anna, ben, cai, nobody, anna])
    })
    expect([...found.keys()]).toEqual([anna])
    expect(asked).toHaveLength(1)
    const place = notePersonal(v7())
    const sealed = (await sealerOf(keyring, app, anna)).seal(place, 'Anna Kern')
    expect((await found.get(anna)?.openText(place, sealed))?.reveal()).toBe('Anna Kern')
  })

  it('does not become another person’s by moving it to their row', async () => {
    const { world, keyring } = await worldOfPersons()
    const [anna, ben] = [newPerson(), newPerson()]
    await create(world, keyring, anna)
    await create(world, keyring, ben)
    const superuser = await world.database.superuser()
    await superuser.query('SET session_replication_role = replica')
    await superuser.query(
      'UPDATE person_keys b SET sealed = a.sealed FROM person_keys a WHERE b.person_id = $1 AND a.person_id = $2',
      [personId.toUuid(ben), personId.toUuid(anna)],
    )
    await expect(keyring.persons.of(world.database.app, ben)).rejects.toMatchObject({ code: 'seal-broken' })
  })

  it('is one for each person, also when two processes make it at once', async () => {
    const { world, keyring } = await worldOfPersons()
    const person = newPerson()
    await Promise.all(Array.from({ length: 5 }, () => create(world, keyring, person)))
    expect(world.collected.actions().filter((action) => action === 'person_key.created')).toHaveLength(1)
    const place = notePersonal('x')
    const sealed = (await sealerOf(keyring, world.database.app, person)).seal(place, 'once')
    const again = await sealerOf(await world.open(), world.database.app, person)
    expect((await again.openText(place, sealed)).reveal()).toBe('once')
  })

  it('can seal in the transaction that makes it, and is not remembered when that rolls back', async () => {
    const { world, keyring } = await worldOfPersons()
    const { app } = world.database
    const person = newPerson()
    const rolledBack = app.transaction().execute(async (tx) => {
      const made = await keyring.persons.create(tx, person)
      const sealed = made.seal(notePersonal('x'), 'text')
      expect((await (await sealerOf(keyring, tx, person)).openText(notePersonal('x'), sealed)).reveal()).toBe('text')
      throw new Error('rolled back')
    })
    await expect(rolledBack).rejects.toThrow('rolled back')
    expect(await keyring.persons.of(app, person)).toEqual({ ok: false, error: 'unknown' })
  })
})

describe('erasing a person', () => {
  it('is destroying one key: nothing they had opens again, for anybody', async () => {
    const { world, keyring } = await worldOfPersons()
    const { app } = world.database
    const person = newPerson()
    await create(world, keyring, person)
    await sealerOf(keyring, app, person)
    expect(await destroy(world, keyring, person)).toBe(true)
    for (const process of [keyring, await world.open()])
      expect(await process.persons.of(app, person)).toEqual({ ok: false, error: 'erased' })
    expect(world.collected.events.at(-1)).toEqual({ action: 'person_key.destroyed', target: person })
  })

  it('is final: no second destruction, no second key', async () => {
    const { world, keyring } = await worldOfPersons()
    const person = newPerson()
    await create(world, keyring, person)
    await destroy(world, keyring, person)
    expect(await destroy(world, keyring, person)).toBe(false)
    await create(world, keyring, person)
    expect(await keyring.persons.of(world.database.app, person)).toEqual({ ok: false, error: 'erased' })
    expect(await destroy(world, keyring, newPerson())).toBe(false)
  })

  it('is undone by a rollback as if it had never been asked for', async () => {
    const { world, keyring } = await worldOfPersons()
    const person = newPerson()
    await create(world, keyring, person)
    const rolledBack = world.database.app.transaction().execute(async (tx) => {
      await keyring.persons.destroy(tx, person)
      expect(await keyring.persons.of(tx, person)).toEqual({ ok: false, error: 'erased' })
      throw new Error('rolled back')
    })
    await expect(rolledBack).rejects.toThrow('rolled back')
    expect(await keyring.persons.of(world.database.app, person)).toMatchObject({ ok: true })
  })

  it('reaches the memory of another instance by its notification', async () => {
    const { world, keyring } = await worldOfPersons()
    const listener = await world.database.listen()
    try {
      const other = await world.open({ listener })
      const person = newPerson()
      await create(world, keyring, person)
      expect(await other.persons.of(world.database.app, person)).toMatchObject({ ok: true })
      await destroy(world, keyring, person)
      await expect.poll(() => other.persons.of(world.database.app, person)).toEqual({ ok: false, error: 'erased' })
    } finally {
      await listener.close()
    }
  })

  it('is seen at once by an instance that hears no notifications', async () => {
    const { world, listener, keyring } = await worldOfPersons()
    const other = await world.open()
    const person = newPerson()
    await create(world, keyring, person)
    expect(await keyring.persons.of(world.database.app, person)).toMatchObject({ ok: true })
    await destroy(world, other, person)
    listener.connected = false
    expect(await keyring.persons.of(world.database.app, person)).toEqual({ ok: false, error: 'erased' })
    listener.connected = true
    expect(await keyring.persons.of(world.database.app, person)).toEqual({ ok: false, error: 'erased' })
  })

  it('is seen within a minute even where a notification was lost and nobody noticed', async () => {
    const { world, keyring } = await worldOfPersons()
    const other = await world.open()
    const person = newPerson()
    await create(world, keyring, person)
    await keyring.persons.of(world.database.app, person)
    await destroy(world, other, person)
    expect(await keyring.persons.of(world.database.app, person), 'remembered').toMatchObject({ ok: true })
    world.clock.advance(60_000)
    expect(await keyring.persons.of(world.database.app, person)).toEqual({ ok: false, error: 'erased' })
  })

  it('is not put off by a clock that is set back', async () => {
    const { world, keyring } = await worldOfPersons()
    const other = await world.open()
    const person = newPerson()
    await create(world, keyring, person)
    await keyring.persons.of(world.database.app, person)
    await destroy(world, other, person)
    world.clock.advance(-3_600_000)
    expect(await keyring.persons.of(world.database.app, person)).toEqual({ ok: false, error: 'erased' })
  })

  it.each(['app', 'owner'] as const)('cannot be undone in the database by hearthkey_%s', async (role) => {
    const { world, keyring } = await worldOfPersons()
    const [person, other] = [newPerson(), newPerson()]
    await create(world, keyring, person)
    await create(world, keyring, other)
    const db = world.database[role]
    const uuid = personId.toUuid(person)
    const rows = () => sql`SELECT * FROM person_keys ORDER BY id`.execute(db).then((result) => result.rows)
    const { rows: kept } = await sql<{ sealed: Buffer }>`
      SELECT sealed FROM person_keys WHERE person_id = ${uuid}`.execute(db)
    await destroy(world, keyring, person)
    const before = await rows()
    for (const attempt of [
      sql`UPDATE person_keys SET sealed = ${kept[0]?.sealed}, destroyed_at = NULL WHERE person_id = ${uuid}`,
      sql`UPDATE person_keys SET destroyed_at = now() WHERE person_id = ${uuid}`,
      sql`DELETE FROM person_keys WHERE person_id = ${uuid}`,
      sql`TRUNCATE person_keys`,
    ])
      await expect(attempt.execute(db)).rejects.toMatchObject({ code: '42501' })
    expect(await rows()).toEqual(before)
    expect(await keyring.persons.of(world.database.app, person)).toEqual({ ok: false, error: 'erased' })
    expect(await destroy(world, keyring, other), 'a living key can be erased').toBe(true)
  })

  it('is forgotten after a gap in the notifications', async () => {
    const { world, listener, keyring } = await worldOfPersons()
    const other = await world.open()
    const person = newPerson()
    await create(world, keyring, person)
    await keyring.persons.of(world.database.app, person)
    await destroy(world, other, person)
    listener.gap()
    expect(await keyring.persons.of(world.database.app, person)).toEqual({ ok: false, error: 'erased' })
  })
})

describe('the memory of keys', () => {
  it('holds as many as it may, and the least used goes first', () => {
    const cache = new KeyCache<number>(frozenClock(), { count: 2, age: 1000 })
    cache.put('a', 1, cache.epoch)
    cache.put('b', 2, cache.epoch)
    cache.get('a')
    cache.put('c', 3, cache.epoch)
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
  })

  it('forgets everything when the clock was set back, by however little', () => {
    const clock = frozenClock()
    const cache = new KeyCache<number>(clock, { count: 2, age: 1000 })
    cache.put('a', 1, cache.epoch)
    clock.advance(900)
    expect(cache.get('a')).toBe(1)
    clock.advance(-500)
    expect(cache.get('a')).toBeUndefined()
  })

  it('does not take what was read before something was forgotten', () => {
    const cache = new KeyCache<number>(frozenClock(), { count: 2, age: 1000 })
    const { epoch } = cache
    cache.forget('a')
    cache.put('a', 1, epoch)
    expect(cache.get('a')).toBeUndefined()
  })
})
