import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { inTransaction, untilNoDeadlock } from '../../src/db/transaction.ts'
import type { Db, Tx } from '../../src/db/types.ts'
import { named } from '../../src/errors/named.ts'
import { testDatabase } from '../support/database.ts'

type InTransaction = <T>(db: Db, work: (tx: Tx) => Promise<T>) => Promise<T>

const hold = (tx: Tx, what: number) => sql`SELECT pg_advisory_xact_lock(${what})`.execute(tx)

/** Two that hold something each, and then want what the other one holds; whoever begins anew waits for nobody in between. */
async function crossing(db: Db, within: InTransaction) {
  const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  let attempts = 0
  const go = (mine: 0 | 1, theirs: 0 | 1) =>
    within(db, async (tx) => {
      attempts += 1
      await hold(tx, mine)
      met[mine].resolve()
      await met[theirs].promise
      await hold(tx, theirs)
    })
  const results = await Promise.allSettled([go(0, 1), go(1, 0)])
  return { attempts, errors: results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])) }
}

describe('of two transactions that wait for one another', () => {
  it('the one that the database throws out hears that a moment later it is as good', async () => {
    const { errors } = await crossing((await testDatabase()).app, inTransaction)
    expect(errors.map(named)).toMatchObject([{ code: 'unavailable', retryAfter: 1 }])
  })

  it('neither is thrown out where what ends things begins anew', async () => {
    expect(await crossing((await testDatabase()).app, untilNoDeadlock)).toEqual({ attempts: 3, errors: [] })
  })

  it('what fails for another reason is not done twice, nor anything for ever', async () => {
    const { app } = await testDatabase()
    let attempts = 0
    const failing = (code: string) =>
      untilNoDeadlock(app, async (tx) => {
        attempts += 1
        await sql`DO ${sql.lit(`BEGIN RAISE EXCEPTION USING ERRCODE = '${code}'; END`)}`.execute(tx)
      })
    await expect(failing('23505')).rejects.toMatchObject({ code: '23505' })
    expect(attempts).toBe(1)
    await expect(failing('40P01')).rejects.toMatchObject({ code: '40P01' })
    expect(attempts).toBe(4)
  })
})
