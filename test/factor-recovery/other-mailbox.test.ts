import { expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { DELAY_MS, lossWorld } from './support.ts'

it('[MOS-4] a way back opens nothing once the account has another address, however it got that', async () => {
  const world = await lossWorld()
  const { path } = await world.openRecovery()
  const stop = await world.linkTo('/link/stop-factor-recovery')
  world.clock.advance(DELAY_MS)
  const move = (address: string) =>
    inTransaction(world.database.app, (tx) => world.users.changeEmail(tx, world.by, world.user.id, address))
  await move('ada@new.example')
  expect([(await world.open(path)).status, (await world.post(path)).status]).toEqual([410, 410])
  expect((await world.open(stop)).status, 'whoever reads the old mailbox is not told the new address').toBe(410)
  expect(await world.held()).toMatchObject({ totps: 1, emailCode: true })
  const { email } = world.user
  await move(`${email.charAt(0).toUpperCase()}${email.slice(1)}`)
  expect((await world.open(path)).status, 'another spelling is the same mailbox').not.toBe(410)
})
