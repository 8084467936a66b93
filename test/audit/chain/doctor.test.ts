import { expect, it } from 'vitest'
import { chainCheck } from '../../../src/cli/doctor/chain.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { hearing, keepingWorld } from './keeping-support.ts'

const HOUR = 3_600_000

it('[STO-11] the doctor says that the chain, its heads or a follower is behind, each with its cure, and nothing else', async () => {
  let broken = false
  const webhooks = hearing('webhooks', () => broken)
  const { turn, write, config, database, log, clock } = await keepingWorld({ followers: [webhooks.follower] })
  const examine = () => chainCheck.examine({ config, target: database.target, log: log.log })
  expect(await examine()).toMatchObject([{ level: 'warn', text: expect.stringContaining('from before') }])
  // The doctor looks at its own clock.
  clock.set(systemClock.now())
  await turn()
  await turn()
  expect(await examine()).toMatchObject([{ level: 'ok' }])
  broken = true
  clock.set(new Date(systemClock.now().getTime() - HOUR))
  await write()
  await turn()
  const behind = [
    { level: 'warn', text: expect.stringContaining('“webhooks” is behind'), cure: expect.stringContaining('log') },
  ]
  clock.set(systemClock.now())
  await turn()
  expect(await examine()).toMatchObject(behind)
  clock.set(new Date(systemClock.now().getTime() - HOUR))
  await write()
  expect(await examine()).toMatchObject([{ level: 'warn', text: expect.stringContaining('not in it yet') }, ...behind])
})

it('[STO-11] the doctor says that an event waits, and that no head is signed, also where the time of it is yet to come', async () => {
  const { turn, write, config, database, log, clock } = await keepingWorld()
  const texts = async () =>
    (await chainCheck.examine({ config, target: database.target, log: log.log })).map(({ text }) => text).join()
  const DAY = 24 * HOUR
  clock.set(systemClock.now())
  await turn()
  clock.set(new Date(systemClock.now().getTime() + 730 * DAY))
  await write()
  expect(await texts()).toContain('not in it yet')
  // The first is signed with what waited before; what comes behind that head waits for the next.
  await turn()
  await write()
  await turn()
  expect(await texts()).toContain('no signed head covers')
})
