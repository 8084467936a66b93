import { expect, it } from 'vitest'
import { oidcJobHandlers } from '../../src/oidc/cleanup.ts'
import { codeFor, openHouse } from './support.ts'

it('what has expired is removed, and nothing else', async () => {
  const house = await openHouse()
  await house.addPerson()
  await codeFor(house, await house.addClient())
  const { app: db } = house.services.database
  const kinds = async () =>
    (await db.selectFrom('oidc_artifacts').select('kind').execute()).map(({ kind }) => kind).sort()
  expect(await kinds()).toEqual(['AuthorizationCode', 'Grant', 'Session'])
  const [clean] = oidcJobHandlers({ db, clock: house.clock, log: house.log.log })
  const run = () => clean?.run({}, { jobId: 'one', attempt: 1, signal: new AbortController().signal })
  await run()
  expect(await kinds()).toHaveLength(3)
  house.clock.advance(2 * 60_000)
  await run()
  expect(await kinds()).toEqual(['Grant', 'Session'])
  house.clock.advance(15 * 24 * 3_600_000)
  await run()
  expect(await kinds()).toEqual([])
})
