import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { countActiveUsers, recountActiveUsers } from '../../src/users/store.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

const operator = { actor: { kind: 'operator', id: 'test' } } as const
const create = ({ people }: TestApp, name: string) =>
  people.users.create(operator, { email: `${name}@example.com`, name })
const kept = async ({ database }: TestApp) => {
  const { rows } = await sql<{ change: string }>`SELECT change FROM active_user_changes`.execute(database.owner)
  return rows.map(({ change }) => Number(change))
}

describe('the number of active users', () => {
  it('is that of the rows, whatever becomes of them', async () => {
    const app = await createTestApp()
    const { users } = app.people
    const number = () => countActiveUsers(app.database.app)
    expect(await number()).toBe(0)
    const [ada] = await Promise.all(['ada', 'bob', 'eve', 'joe'].map((name) => create(app, name)))
    expect(await number()).toBe(4)
    expect(await create(app, 'ada'), 'rolled back').toMatchObject({ ok: false })
    expect(await number()).toBe(4)
    if (!ada?.ok) throw new Error('nobody')
    expect(await users.disable(operator, ada.value.id)).toMatchObject({ ok: true })
    expect(await users.disable(operator, ada.value.id)).toMatchObject({ ok: false })
    expect(await number()).toBe(3)
    expect(await users.enable(operator, ada.value.id)).toMatchObject({ ok: true })
    expect(await number()).toBe(4)
    const superuser = await app.database.superuser()
    await superuser.query('BEGIN')
    await superuser.query('ALTER TABLE user_emails DISABLE TRIGGER ALL')
    await superuser.query("SET LOCAL hearthkey.test_arranges = 'yes'")
    await superuser.query('DELETE FROM user_emails')
    await superuser.query('DELETE FROM users')
    await superuser.query('COMMIT')
    expect(await number()).toBe(0)
  })

  it('is kept in few rows, however many changes there were and whoever counts meanwhile', async () => {
    const app = await createTestApp()
    const superuser = await app.database.superuser()
    const make = (number: number) =>
      superuser.query(`INSERT INTO users (id, status, name, created_at)
        SELECT gen_random_uuid(), 'active', '\\x00', now() FROM generate_series(1, ${number})`)
    await superuser.query("SET hearthkey.test_arranges = 'yes'")
    await make(2000)
    const counted = await Promise.all(Array.from({ length: 8 }, () => countActiveUsers(app.database.app)))
    expect(new Set(counted)).toEqual(new Set([2000]))
    expect(await kept(app)).toEqual([2000])
    await make(3)
    expect(await countActiveUsers(app.database.app)).toBe(2003)
    expect((await kept(app)).toSorted()).toEqual([1, 1, 1, 2000])

    await superuser.query('BEGIN')
    await make(5)
    await recountActiveUsers(app.database.app)
    expect(await kept(app), 'what has not happened yet is not counted').toEqual([2003])
    await superuser.query('COMMIT')
    expect(await countActiveUsers(app.database.app)).toBe(2008)
  })

  it('is right again after somebody changed it by hand, and no change of the program can do that', async () => {
    const app = await createTestApp()
    await create(app, 'ada')
    await sql`INSERT INTO active_user_changes VALUES (-1000)`.execute(app.database.owner)
    expect(await countActiveUsers(app.database.app)).toBe(-999)
    await app.services.licenses.check()
    expect(await countActiveUsers(app.database.app)).toBe(1)
    for (const statement of ['SELECT * FROM', 'DELETE FROM', 'INSERT INTO'])
      await expect(
        inTransaction(app.database.app, (tx) =>
          sql.raw(`${statement} active_user_changes ${statement === 'INSERT INTO' ? 'VALUES (-1)' : ''}`).execute(tx),
        ),
      ).rejects.toThrow('permission denied')
  })

  it('asks for no row of a user', async () => {
    const app = await createTestApp()
    const superuser = await app.database.superuser()
    const looked = async () => {
      await superuser.query('SELECT pg_stat_force_next_flush()')
      const { rows } = await superuser.query<{ looked: string }>(
        "SELECT seq_scan + coalesce(idx_scan, 0) AS looked FROM pg_stat_xact_user_tables WHERE relname = 'users'",
      )
      return Number(rows[0]?.looked)
    }
    await superuser.query('BEGIN')
    await superuser.query('SELECT count_active_users()')
    expect(await looked()).toBe(0)
    await superuser.query('SELECT recount_active_users()')
    expect(await looked()).toBe(1)
    await superuser.query('ROLLBACK')
  })
})
