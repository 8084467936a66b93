import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openHouse } from '../support.ts'
import { firstToken, outcomeOf, refreshing, rowsOf } from './support.ts'

const REVOKED = sql`REVOKE SELECT ON users FROM hearthkey_app`
const STANDING_ALONE = sql`GRANT SELECT (id, status, locked_at) ON users TO hearthkey_app`
const GRANTED = sql`GRANT SELECT ON users TO hearthkey_app`

it('[MON-3] a refresh whose answer fails has used nothing: long after the window the token is as good as it was', async () => {
  const house = await openHouse()
  await house.addPerson()
  const client = await house.addClient()
  const first = await firstToken(house, client)
  const { owner } = house.services.database
  await REVOKED.execute(owner)
  await STANDING_ALONE.execute(owner)
  expect(outcomeOf(await refreshing(house, client)(first))).toMatch(/^50[03] /)
  expect(await rowsOf(house, 'RefreshToken')).toMatchObject([{ consumed_at: null, uses: 0 }])
  await GRANTED.execute(owner)
  house.clock.advance(60_000)
  const successor = outcomeOf(await refreshing(house, client)(first))
  expect(successor).toMatch(/^[\w-]{43}$/)
  expect(outcomeOf(await refreshing(house, client)(successor))).toMatch(/^[\w-]{43}$/)
  expect(house.toldOfReplay).toEqual([])
})

it('[MON-3] a use is not taken back where a second request has its successor', async () => {
  const house = await openHouse()
  await house.addPerson()
  const client = await house.addClient()
  const first = await firstToken(house, client)
  const successor = outcomeOf(await refreshing(house, client)(first))
  expect(outcomeOf(await refreshing(house, client)(first))).toBe(successor)
  const { owner } = house.services.database
  const { rows } = await sql<{ is_returned: boolean }>`
    SELECT return_refresh_token(used.id_hash, next.id_hash, used.consumed_at) AS is_returned
    FROM oidc_artifacts used, oidc_artifacts next
    WHERE used.kind = 'RefreshToken' AND next.kind = 'RefreshToken' AND used.uses = 2 AND next.consumed_at IS NULL`.execute(
    owner,
  )
  expect(rows).toEqual([{ is_returned: false }])
  expect(outcomeOf(await refreshing(house, client)(successor))).toMatch(/^[\w-]{43}$/)
})
