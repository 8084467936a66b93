import { Socket } from 'node:net'
import { sql } from 'kysely'
import { expect, it, onTestFinished, vi } from 'vitest'
import { plainRead } from '../../src/db/plain-read.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { testDatabase } from '../support/database.ts'

/** How often something was handed to the system while `work` ran. */
async function writesDuring(work: () => Promise<unknown>): Promise<number> {
  const spies = [vi.spyOn(Socket.prototype, '_write'), vi.spyOn(Socket.prototype, '_writev')]
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
  })
  await work()
  const count = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
  for (const spy of spies) spy.mockRestore()
  return count
}

it('what nobody waits between is written to the database in one piece', async () => {
  const { app } = await testDatabase()
  const three = (db: typeof app) => Promise.all([1, 2, 3].map((n) => plainRead(sql`SELECT ${n}::int AS n`).execute(db)))
  await three(app)
  expect(await writesDuring(() => three(app))).toBe(1)
  expect(await writesDuring(() => inTransaction(app, three)), 'and with BEGIN; then COMMIT').toBe(2)
})
