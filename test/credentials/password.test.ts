import { describe, expect, it } from 'vitest'
import type { Hasher } from '../../src/credentials/password/ports.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { workSince } from '../support/work.ts'
import { ada, by, password, peopleWorld } from '../users/support.ts'
import { createUser, passwordsIn, secret, setPassword, testHasher } from './support.ts'

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
    const silent = passwordsIn(world, { record: async () => undefined })
    const prepared = await silent.prepare(secret(password), ada)
    if (!prepared.ok) throw new Error('not taken')
    const stored = inTransaction(world.database.app, (tx) => silent.store(tx, by, user, prepared.value))
    await expect(stored).rejects.toThrow(/change without event/)
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
    isOutdated: (phc, text) => hasher.isOutdated(phc, text),
  }
}

describe('a stranger who tries passwords', () => {
  it('is given the same work for somebody known, without a password, erased and unknown (threat 25)', async () => {
    const world = await peopleWorld({}, { hashesForReal: true })
    const [known, without, erased] = await Promise.all(
      ['a', 'b', 'c'].map((name) => createUser(world, `${name}@example.com`)),
    )
    if (!known || !without || !erased) throw new Error('no users')
    await setPassword(world, known)
    await setPassword(world, erased)
    await inTransaction(world.database.app, (tx) => world.services.keyring.persons.destroy(tx, erased))
    const hasher = counted(testHasher())
    const passwords = passwordsIn(world, { hasher })
    for (const user of [known, without, erased, undefined])
      expect(await passwords.verify(user, secret('wrong, whatever'))).toBe('mismatch')
    expect(hasher.asked).toEqual(Array(4).fill('verify $argon2id$v=19$m=19456,t=2,p=1'))
  })

  it('is refused a megabyte before anything is looked up or hashed (threat 31)', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const hasher = counted(testHasher())
    const passwords = passwordsIn(world, { hasher })
    const huge = secret('a'.repeat(1024 * 1024))
    const work = workSince()
    expect(await passwords.verify(user, huge)).toBe('mismatch')
    expect(await passwords.verify(undefined, huge)).toBe('mismatch')
    expect(await passwords.prepare(huge, ada)).toMatchObject({ ok: false })
    expect(work()).toBeLessThan(50)
    expect(hasher.asked).toEqual([])
  })
})
