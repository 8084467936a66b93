import { expect, it } from 'vitest'
import { mailLatestHead } from '../../../src/audit/heads/mail.ts'
import { chainedDatabase } from '../verify/chained-database.ts'

const DAY_MS = 24 * 60 * 60 * 1000

it('[TOS-6] of one day one head is mailed, also by those who saw at once that it was time', async () => {
  const at = await chainedDatabase()
  const mailed: number[] = []
  const mail = () =>
    mailLatestHead({ owner: at.db.owner, clock: at.clock, send: async (_tx, { seq }) => void mailed.push(seq) })
  const sign = async () => {
    await at.write()
    await at.append()
    await at.sign()
  }
  await mail()
  await sign()
  await Promise.all([mail(), mail()])
  // Whoever comes later finds another head, and a letter of this day.
  await sign()
  await Promise.all([mail(), mail()])
  expect(mailed).toEqual([1])
  at.clock.advance(DAY_MS)
  await mail()
  expect(mailed).toEqual([1, 2])
})
