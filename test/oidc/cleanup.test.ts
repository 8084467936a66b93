import { expect, it } from 'vitest'
import { lifetimesOf } from '../../src/config/lifetimes.ts'
import { oidcSweep } from '../../src/oidc/cleanup.ts'
import { createUsedJwts, usedJwtHash } from '../../src/oidc/replay/used-jwts.ts'
import { codeFor, openHouse } from './support.ts'

it('JWTs that were used are remembered for as long as they could come again, and no longer', async () => {
  const house = await openHouse()
  const { app: db } = house.services.database
  const usedJwts = createUsedJwts(async () => db)
  const [short, long] = [usedJwtHash('test', 'client', 'short'), usedJwtHash('test', 'client', 'long')]
  const inMinutes = (minutes: number) => new Date(house.clock.now().getTime() + minutes * 60_000)
  expect(await usedJwts.take(short, inMinutes(1))).toBe(true)
  expect(await usedJwts.take(long, inMinutes(60))).toBe(true)
  house.clock.advance(2 * 60_000)
  const [clean] = oidcSweep.handlers({ owner: house.services.database.owner, clock: house.clock })
  await clean?.run({}, { jobId: 'one', attempt: 1, signal: new AbortController().signal })
  expect(await usedJwts.take(long, inMinutes(60))).toBe(false)
  expect(await db.selectFrom('oidc_used_jwts').select('hash').execute()).toEqual([{ hash: long }])
})

it('what has expired is removed, and nothing else', async () => {
  const house = await openHouse()
  await house.addPerson()
  await codeFor(house, await house.addClient())
  const { app: db } = house.services.database
  const kinds = async () =>
    (await db.selectFrom('oidc_artifacts').select('kind').execute()).map(({ kind }) => kind).sort()
  expect(await kinds()).toEqual(['AuthorizationCode', 'Grant', 'Session'])
  const [clean] = oidcSweep.handlers({ owner: house.services.database.owner, clock: house.clock })
  const run = () => clean?.run({}, { jobId: 'one', attempt: 1, signal: new AbortController().signal })
  await run()
  expect(await kinds()).toHaveLength(3)
  house.clock.advance(2 * 60_000)
  await run()
  expect(await kinds()).toEqual(['Grant', 'Session'])
  house.clock.advance(lifetimesOf(house.config).session.absolute)
  await run()
  expect(await kinds()).toEqual([])
})
