import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { arranging } from '../support/event-guard.ts'
import { ada, by, type PeopleWorld, peopleWorld } from './support.ts'

const create = async ({ users }: PeopleWorld, person: Parameters<PeopleWorld['users']['create']>[1]) => {
  const created = await users.create(by, person)
  if (!created.ok) throw new Error(created.error)
  return created.value
}

describe('a user', () => {
  it('is found by id and by any spelling of the address, which is kept as it was typed', async () => {
    const world = await peopleWorld()
    const user = await create(world, ada)
    expect(user).toMatchObject({ ...ada, status: 'active', instanceRole: null, emailVerified: false, locale: null })
    expect(await world.users.find(user.id)).toEqual(user)
    expect(await world.users.findByEmail(' ada.lovelace@EXAMPLE.com')).toEqual(user)
    expect(await world.users.findByEmail('ada@example.com')).toBeUndefined()
    expect(await world.users.findByEmail('not an address')).toBeUndefined()
  })

  it('stands in no table in plain text, events included', async () => {
    const world = await peopleWorld()
    await create(world, ada)
    const dump = await world.dump()
    const hexOf = (text: string) => Buffer.from(text).toString('hex')
    for (const text of ['Lovelace', 'lovelace', '192.0.2.7', hexOf('Lovelace'), hexOf('lovelace'), hexOf('192.0.2.7')])
      expect(dump).not.toContain(text)
    expect(dump).toContain('user.created')
  })

  it('is one for one address, in another spelling and in a race', async () => {
    const world = await peopleWorld()
    const spellings = ['ada@example.com', 'ADA@example.com', 'ada@EXAMPLE.com', ' ada@example.com ']
    const made = await Promise.all(spellings.map((email) => world.users.create(by, { email, name: 'Ada' })))
    expect(made.filter(({ ok }) => ok)).toHaveLength(1)
    expect(made.filter((result) => !result.ok && result.error === 'email-taken')).toHaveLength(3)
    expect(await world.users.list({ limit: 10 })).toHaveLength(1)
    expect(await world.actions(), 'a refusal leaves nothing').toEqual(['user.created'])
    const { rows } = await sql`SELECT FROM person_keys`.execute(world.database.owner)
    expect(rows, 'the key of this person and of nobody').toHaveLength(2)
  })

  it('is refused with the reason', async () => {
    const { users } = await peopleWorld()
    expect(await users.create(by, { email: 'ada＠example.com', name: 'Ada' })).toEqual({
      ok: false,
      error: 'email-invalid',
    })
    expect(await users.create(by, { email: 'ada@example.com', name: ' ' })).toEqual({
      ok: false,
      error: 'name-invalid',
    })
    expect(users.problemsOf({ email: '', name: '' })).toEqual(['name-invalid', 'email-invalid'])
  })

  it('who was erased is nobody any more', async () => {
    const world = await peopleWorld()
    const user = await create(world, ada)
    await inTransaction(world.database.app, (tx) => world.services.keyring.persons.destroy(tx, user.id))
    expect(await world.users.find(user.id)).toBeUndefined()
    expect(await world.users.findByEmail(ada.email)).toBeUndefined()
    expect(await world.users.list({ limit: 10 })).toEqual([])
  })
})

describe('users are listed', () => {
  it('by pages, each of which begins behind the one before', async () => {
    const world = await peopleWorld()
    const ids: string[] = []
    for (const letter of ['a', 'b', 'c', 'd', 'e'])
      ids.push((await create(world, { email: `${letter}@example.com`, name: letter })).id)
    const first = await world.users.list({ limit: 2 })
    expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const after = first.at(-1)?.id
    const rest = await world.users.list({ limit: 10, ...(after && { after }) })
    expect(rest.map(({ id }) => id)).toEqual(ids.slice(2))
  })
})

describe('a disabled user', () => {
  it('is shown as such until enabled again, and every step is recorded', async () => {
    const world = await peopleWorld()
    const { id } = await create(world, ada)
    expect(await world.users.disable(by, id)).toMatchObject({ ok: true, value: { id, status: 'disabled' } })
    expect(await world.users.findByEmail(ada.email)).toMatchObject({ id, status: 'disabled' })
    expect(await world.users.find(id)).toMatchObject({ status: 'disabled' })
    expect(await world.users.disable(by, id)).toEqual({ ok: false, error: 'already' })
    expect(await world.users.enable(by, id)).toMatchObject({ ok: true, value: { status: 'active' } })
    expect(await world.users.enable(by, id)).toEqual({ ok: false, error: 'already' })
    expect(await world.users.findByEmail(ada.email)).toMatchObject({ id, status: 'active' })
    expect(await world.actions()).toEqual(['user.created', 'user.disabled', 'user.enabled'])
  })

  it('has every session ended in the same change', async () => {
    const world = await peopleWorld()
    const { id } = await create(world, ada)
    const { app: db } = world.database
    const engineUidHash = Buffer.alloc(32, 7)
    await inTransaction(db, async (tx) => {
      const signIn = {
        user: id,
        amr: ['pwd'],
        acr: 'aal1',
        userAgent: undefined,
        ip: '192.0.2.7',
        at: world.clock.now(),
      }
      const session = await world.sessions.start(tx, by, signIn)
      await world.sessions.bind(tx, { session, engineUidHash })
    })
    expect(await world.sessions.isLive(engineUidHash)).toBe(true)
    await world.users.disable(by, id)
    expect(await world.sessions.isLive(engineUidHash)).toBe(false)
    expect(await world.actions()).toEqual(['user.created', 'session.started', 'user.disabled', 'session.ended'])
  })

  it('is never the last administrator who is active', async () => {
    const world = await peopleWorld()
    const first = await create(world, { ...ada, instanceRole: 'admin' })
    expect(await world.users.disable(by, first.id)).toEqual({ ok: false, error: 'last-admin' })
    const second = await create(world, { email: 'bob@example.com', name: 'Bob', instanceRole: 'admin' })
    expect(await world.users.disable(by, first.id)).toMatchObject({ ok: true })
    expect(await world.users.disable(by, second.id)).toEqual({ ok: false, error: 'last-admin' })
  })

  it('is never the last administrator, not even when all are disabled at the same moment', async () => {
    const world = await peopleWorld()
    const admins = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => create(world, { email: `${name}@example.com`, name, instanceRole: 'admin' })),
    )
    const done = await Promise.all(admins.map(({ id }) => world.users.disable(by, id)))
    expect(done.filter(({ ok }) => ok)).toHaveLength(3)
    expect((await world.users.list({ limit: 10 })).filter(({ status }) => status === 'active')).toHaveLength(1)
  })

  it('is not found where nobody is', async () => {
    const world = await peopleWorld()
    const { id } = await create(world, ada)
    await inTransaction(world.database.owner, async (tx) => {
      await arranging(tx)
      await sql`DELETE FROM user_emails`.execute(tx)
      await sql`DELETE FROM users`.execute(tx)
    })
    expect(await world.users.disable(by, id)).toEqual({ ok: false, error: 'not-found' })
    expect(await world.users.enable(by, id)).toEqual({ ok: false, error: 'not-found' })
  })
})
