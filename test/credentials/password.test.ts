import { describe, expect, it } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import { judge } from '../../src/credentials/password/password.ts'
import type { Hasher } from '../../src/credentials/password/ports.ts'
import { createPasswords } from '../../src/credentials/password/service.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { UserId } from '../../src/users/user.ts'
import { ada, by, type PeopleWorld, password, peopleWorld } from '../users/support.ts'
import { testHasher } from './support.ts'

const secret = (text: string) => new Secret(text)

async function createUser({ users }: PeopleWorld, email = ada.email): Promise<UserId> {
  const created = await users.create(by, { ...ada, email })
  if (!created.ok) throw new Error(created.error)
  return created.value.id
}

async function setPassword({ passwords, database }: PeopleWorld, user: UserId, text = password): Promise<void> {
  const prepared = await passwords.prepare(secret(text), ada)
  if (!prepared.ok) throw new Error(prepared.error.reason)
  await inTransaction(database.app, (tx) => passwords.store(tx, by, user, prepared.value))
}

describe('a password', () => {
  it('matches for whom it was set and for nobody else', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const other = await createUser(world, 'bob@example.com')
    await setPassword(world, user)
    expect(await world.passwords.verify(user, secret(password))).toBe('match')
    expect(await world.passwords.verify(user, secret(`${password} `))).toBe('mismatch')
    expect(await world.passwords.verify(user, secret(''))).toBe('mismatch')
    expect(await world.passwords.verify(other, secret(password))).toBe('mismatch')
    expect(await world.passwords.verify(undefined, secret(password))).toBe('mismatch')
  })

  it('takes the place of the one before, and each setting is recorded', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    await setPassword(world, user)
    await setPassword(world, user, 'another few words')
    expect(await world.passwords.verify(user, secret(password))).toBe('mismatch')
    expect(await world.passwords.verify(user, secret('another few words'))).toBe('match')
    const admin = await world.database.superuser()
    const { rows } = await admin.query(`SELECT target_id, after FROM events WHERE action = 'password.set' ORDER BY id`)
    expect(rows).toEqual([
      { target_id: user, after: { replaced: false } },
      { target_id: user, after: { replaced: true } },
    ])
  })

  it('is one however its accents were typed', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    await setPassword(world, user, 'Cafe\u0301 cre\u0300me br\u00fbl\u00e9e')
    expect(await world.passwords.verify(user, secret('Caf\u00e9 cr\u00e8me bru\u0302le\u0301e'))).toBe('match')
  })

  it('stands in no table in plain text, and neither does its hash', async () => {
    const world = await peopleWorld()
    await setPassword(world, await createUser(world))
    const dump = await world.dump()
    const hexOf = (text: string) => Buffer.from(text).toString('hex')
    for (const text of [password, 'argon2id', hexOf(password), hexOf('argon2id')]) expect(dump).not.toContain(text)
    expect(world.log.text()).not.toContain(password)
  })

  it('dies with the key of the person', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    await setPassword(world, user)
    await inTransaction(world.database.app, (tx) => world.services.keyring.persons.destroy(tx, user))
    expect(await world.passwords.verify(user, secret(password))).toBe('mismatch')
  })

  it('of somebody else does not open in the row of this person', async () => {
    const world = await peopleWorld()
    const [user, other] = [await createUser(world), await createUser(world, 'bob@example.com')]
    await setPassword(world, user)
    await setPassword(world, other, 'the words of bob')
    const admin = await world.database.superuser()
    await admin.query(`SET session_replication_role = replica`)
    await admin.query(
      `UPDATE password_credentials p SET hash = (SELECT hash FROM password_credentials o WHERE o.user_id <> p.user_id)`,
    )
    await expect(world.passwords.verify(user, secret('the words of bob'))).rejects.toMatchObject({
      code: 'seal-broken',
    })
  })

  it('cannot be stored without an event: the two are one change', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const silent = createPasswords<ActorContext>({
      db: world.database.app,
      hasher: testHasher(),
      persons: world.services.keyring.persons,
      minLength: 12,
      clock: world.clock,
      record: async () => undefined,
    })
    const prepared = await silent.prepare(secret(password), ada)
    if (!prepared.ok) throw new Error('not taken')
    const stored = inTransaction(world.database.app, (tx) => silent.store(tx, by, user, prepared.value))
    await expect(stored).rejects.toThrow(/change without event/)
  })
})

describe('what a password must be', () => {
  const refusal = (text: string, minLength = 12) => {
    const judged = judge(secret(text), { email: 'ada.lovelace@example.com' }, { minLength })
    return judged.ok ? undefined : judged.error
  }

  it('at least 12 characters, counted as people count them', () => {
    expect(refusal('elevenchars')).toEqual({ reason: 'too-short', minimum: 12 })
    expect(refusal('twelve chars')).toBeUndefined()
    expect(refusal('twelve chars', 15)).toEqual({ reason: 'too-short', minimum: 15 })
    expect(refusal('😀'.repeat(11))).toEqual({ reason: 'too-short', minimum: 12 })
    expect(refusal('e\u0301'.repeat(11)), 'eleven letters with their accents').toMatchObject({
      reason: 'too-short',
    })
    expect(refusal('aaaaaaaaaaaa'), 'no rule about which').toBeUndefined()
  })

  it('not the e-mail address', () => {
    expect(refusal(' Ada.Lovelace@Example.com')).toEqual({ reason: 'is-email' })
  })

  it('at most 4 KB', () => {
    expect(refusal('a'.repeat(4096))).toBeUndefined()
    expect(refusal('a'.repeat(4097))).toEqual({ reason: 'too-long', maximumBytes: 4096 })
    expect(refusal('é'.repeat(2049))).toMatchObject({ reason: 'too-long' })
  })
})

interface Counted extends Hasher {
  readonly asked: string[]
}

function counted(hasher: Hasher): Counted {
  const asked: string[] = []
  return {
    asked,
    decoy: hasher.decoy,
    assertRoom: () => hasher.assertRoom(),
    hash: (text) => {
      asked.push('hash')
      return hasher.hash(text)
    },
    verify: (phc, text) => {
      asked.push(`verify ${phc.reveal().split('$', 4).join('$')}`)
      return hasher.verify(phc, text)
    },
  }
}

describe('a stranger who tries passwords', () => {
  it('is given the same work for somebody known, without a password, erased and unknown (threat 25)', async () => {
    const world = await peopleWorld()
    const [known, without, erased] = await Promise.all(
      ['a', 'b', 'c'].map((name) => createUser(world, `${name}@example.com`)),
    )
    if (!known || !without || !erased) throw new Error('no users')
    await setPassword(world, known)
    await setPassword(world, erased)
    await inTransaction(world.database.app, (tx) => world.services.keyring.persons.destroy(tx, erased))
    const hasher = counted(testHasher())
    const { database, services, clock } = world
    const passwords = createPasswords<ActorContext>({
      db: database.app,
      hasher,
      persons: services.keyring.persons,
      minLength: 12,
      clock,
      record: services.events.recordEvent,
    })
    for (const user of [known, without, erased, undefined])
      expect(await passwords.verify(user, secret('wrong, whatever'))).toBe('mismatch')
    expect(hasher.asked).toEqual(Array(4).fill('verify $argon2id$v=19$m=19456,t=2,p=1'))
  })

  it('is refused a megabyte before anything is looked up or hashed (threat 31)', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const hasher = counted(testHasher())
    const { services, clock, database } = world
    const passwords = createPasswords<ActorContext>({
      db: database.app,
      hasher,
      persons: services.keyring.persons,
      minLength: 12,
      clock,
      record: services.events.recordEvent,
    })
    const huge = secret('a'.repeat(1024 * 1024))
    const started = performance.now()
    expect(await passwords.verify(user, huge)).toBe('mismatch')
    expect(await passwords.verify(undefined, huge)).toBe('mismatch')
    expect(await passwords.prepare(huge, ada)).toMatchObject({ ok: false })
    expect(performance.now() - started).toBeLessThan(50)
    expect(hasher.asked).toEqual([])
  })
})
