import { describe, expect, it } from 'vitest'
import { attempt } from '../../src/db/attempt.ts'
import { ada, type PeopleWorld, peopleWorld } from './support.ts'

async function withPerson(more: { instanceRole?: 'admin' } = {}) {
  const world = await peopleWorld()
  const person = await add(world, ada.email, more)
  const { app: db } = world.database
  const lock = () => attempt(db, (tx) => world.users.lock(tx, world.by, person.id, 'not-me'))
  const unlock = () => attempt(db, (tx) => world.users.unlock(tx, world.by, person.id))
  const verify = (email: string) => attempt(db, (tx) => world.users.verifyEmail(tx, world.by, person.id, email))
  const standing = async () => (await world.users.find(person.id))?.status
  return { ...world, person, lock, unlock, verify, standing }
}

async function add({ users, by }: PeopleWorld, email: string, more: { instanceRole?: 'admin' } = {}) {
  const made = await users.create(by, { name: 'Somebody', email, ...more })
  if (!made.ok) throw new Error(made.error)
  return made.value
}

describe('a locked account', () => {
  it('is found and is not active, until it is unlocked', async () => {
    const { lock, unlock, standing, users, actions } = await withPerson()
    expect((await lock()).ok).toBe(true)
    expect(await standing()).toBe('locked')
    expect((await users.findByEmail(ada.email))?.status).toBe('locked')
    expect((await users.list({ limit: 1 })).map(({ status }) => status)).toEqual(['locked'])
    expect((await unlock()).ok).toBe(true)
    expect(await standing()).toBe('active')
    expect((await actions()).slice(-2)).toEqual(['user.locked', 'user.unlocked'])
  })

  it('is locked once and unlocked once, whoever comes at the same moment', async () => {
    const { lock, unlock } = await withPerson()
    const locked = await Promise.all(Array.from({ length: 5 }, lock))
    expect(locked.filter(({ ok }) => ok)).toHaveLength(1)
    const unlocked = await Promise.all(Array.from({ length: 5 }, unlock))
    expect(unlocked.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await unlock()).toEqual({ ok: false, error: 'already' })
  })

  it('is another thing than a disabled one: each has its own end', async () => {
    const { lock, unlock, standing, users, by, person } = await withPerson()
    await lock()
    await users.disable(by, person.id)
    expect(await standing()).toBe('disabled')
    await users.enable(by, person.id)
    expect(await standing()).toBe('locked')
    await users.disable(by, person.id)
    expect((await unlock()).ok).toBe(true)
    expect(await standing()).toBe('disabled')
  })

  it('does not count as an administrator who could let others in', async () => {
    const world = await withPerson({ instanceRole: 'admin' })
    const other = await add(world, 'bob@example.com', { instanceRole: 'admin' })
    await world.lock()
    expect(await world.users.disable(world.by, other.id)).toEqual({ ok: false, error: 'last-admin' })
  })
})

describe('an address is verified', () => {
  it('by a proof of that very address, once', async () => {
    const { verify, users, person, actions } = await withPerson()
    expect(await verify('bob@example.com')).toEqual({ ok: false, error: 'other-email' })
    expect(await verify('no address')).toEqual({ ok: false, error: 'other-email' })
    expect((await users.find(person.id))?.emailVerified).toBe(false)
    expect(await verify(ada.email.toUpperCase())).toEqual({ ok: true, value: 'verified' })
    expect(await verify(ada.email)).toEqual({ ok: true, value: 'already' })
    expect((await users.find(person.id))?.emailVerified).toBe(true)
    expect((await actions()).filter((action) => action === 'user.email_verified')).toHaveLength(1)
  })
})
