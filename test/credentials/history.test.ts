import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Hasher } from '../../src/credentials/password/ports.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { quickHasher } from '../support/hasher.ts'
import { ada, type PeopleWorld, peopleWorld } from '../users/support.ts'
import { createUser, importPassword, passwordsIn, policy, secret, setPassword } from './support.ts'

/** How much work a hash is does not matter here, and a test makes dozens. */
const remembering = (world: PeopleWorld, history: number, hasher: Hasher = quickHasher(world.log.log)) =>
  passwordsIn(world, { policy: { ...policy, history }, hasher })
const nth = (n: number) => `the words of time ${n}`

async function rows({ database }: PeopleWorld): Promise<number> {
  const found = await sql<{ count: string }>`SELECT count(*) FROM password_history`.execute(database.app)
  return Number(found.rows[0]?.count)
}

describe('the last passwords of a person', () => {
  it('are not taken again, as many as the operator asks for; older ones are', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const passwords = remembering(world, 3)
    for (const n of [1, 2, 3, 4]) await setPassword({ ...world, passwords }, user, nth(n))
    const about = { ...ada, user }
    for (const n of [4, 3, 2])
      expect(await passwords.prepare(secret(nth(n)), about)).toEqual({ ok: false, error: { reason: 'reused' } })
    expect((await passwords.prepare(secret(nth(1)), about)).ok).toBe(true)
    expect((await passwords.prepare(secret(nth(5)), about)).ok).toBe(true)
    expect(await rows(world), 'the current one stands elsewhere').toBe(2)
  })

  it('are known to the later of two changes at the same moment: it is judged again, with what the earlier one set', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const passwords = remembering(world, 3)
    await setPassword({ ...world, passwords }, user, nth(1))
    const about = { ...ada, user }
    const [one, other] = await Promise.all([1, 2].map(() => passwords.prepare(secret(nth(2)), about)))
    if (!one?.ok || !other?.ok) throw new Error('refused')
    const store = (hashed: typeof one.value) =>
      inTransaction(world.database.app, (tx) => passwords.store(tx, world.by, user, hashed))
    await store(one.value)
    await expect(store(other.value)).rejects.toMatchObject({ code: 'busy' })
    expect(await passwords.prepare(secret(nth(2)), about)).toEqual({ ok: false, error: { reason: 'reused' } })
  })

  it('hinder nobody else, and nobody where none are kept', async () => {
    const world = await peopleWorld()
    const [user, other] = [await createUser(world), await createUser(world, 'bob@example.com')]
    const passwords = remembering(world, 3)
    await setPassword({ ...world, passwords }, user, nth(1))
    expect((await passwords.prepare(secret(nth(1)), { email: 'bob@example.com', user: other })).ok).toBe(true)
    expect((await remembering(world, 0).prepare(secret(nth(1)), { ...ada, user })).ok).toBe(true)
  })

  it('are kept no longer than they are asked for', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    for (const n of [1, 2, 3, 4]) await setPassword({ ...world, passwords: remembering(world, 24) }, user, nth(n))
    expect(await rows(world)).toBe(3)
    await setPassword({ ...world, passwords: remembering(world, 0) }, user, nth(5))
    expect(await rows(world)).toBe(0)
  })

  it('include one that another system hashed', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const passwords = remembering(world, 2)
    const scrypt = `$scrypt$ln=10,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$xXt6EAFzAOlee5Hgl8R5+kLA6sDARjRcMGtm6fZJsa8`
    await importPassword({ ...world, passwords }, user, scrypt)
    await setPassword({ ...world, passwords }, user, nth(1))
    const again = await passwords.prepare(secret('correct horse battery'), { ...ada, user })
    expect(again).toEqual({ ok: false, error: { reason: 'reused' } })
  })

  it('[STO-5] are sealed with the key of the person, and die with it', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const passwords = remembering(world, 3)
    for (const n of [1, 2]) await setPassword({ ...world, passwords }, user, nth(n))
    const dump = await world.dump()
    for (const text of ['argon2id', Buffer.from('argon2id').toString('hex')]) expect(dump).not.toContain(text)
    await inTransaction(world.database.app, (tx) => world.services.keyring.persons.destroy(tx, user))
    expect((await passwords.prepare(secret(nth(1)), { ...ada, user })).ok).toBe(true)
  })

  it('cost at most so many hashes, and none where nothing is kept', async () => {
    const world = await peopleWorld()
    const user = await createUser(world)
    const real = quickHasher(world.log.log)
    let verified = 0
    const counting = {
      ...real,
      verify: (...args: Parameters<typeof real.verify>) => {
        verified += 1
        return real.verify(...args)
      },
    }
    for (const n of [1, 2, 3, 4]) await setPassword({ ...world, passwords: remembering(world, 24, real) }, user, nth(n))
    await remembering(world, 2, counting).prepare(secret(nth(9)), { ...ada, user })
    expect(verified).toBe(2)
    await remembering(world, 0, counting).prepare(secret(nth(9)), { ...ada, user })
    expect(verified).toBe(2)
  })
})
