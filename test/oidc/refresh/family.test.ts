import { expect, it } from 'vitest'
import { artifactHash } from '../../../src/oidc/artifacts/artifact.ts'
import { deleteGrant, putArtifacts } from '../../../src/oidc/artifacts/store.ts'
import { useRefreshToken } from '../../../src/oidc/refresh/store.ts'
import { untilSomebodyWaits } from '../../support/waiting.ts'
import { openHouse } from '../support.ts'
import { firstToken, rowsOf, transaction } from './support.ts'

it('a revocation waits for a refresh that is under way, and takes along what it has written', async () => {
  const house = await openHouse()
  await house.addPerson()
  const client = await house.addClient()
  const token = artifactHash('RefreshToken', await firstToken(house, client))
  const found = await house.services.database.owner
    .selectFrom('oidc_artifacts')
    .selectAll()
    .where('id_hash', '=', token)
    .executeTakeFirstOrThrow()
  const grantHash = found.grant_hash ?? Buffer.alloc(32)
  const at = house.clock.now()
  const order: string[] = []
  const revoked = Promise.withResolvers<unknown>()
  await transaction(house, async (tx) => {
    const use = { token, successor: Buffer.alloc(32), at, rotates: true, neededUntil: at, keptUntil: at }
    await useRefreshToken(tx, { ...use, seenAfter: new Date(0), bornAfter: new Date(0) })
    revoked.resolve(transaction(house, (other) => deleteGrant(other, grantHash)).then(() => order.push('revoked')))
    await untilSomebodyWaits(house.services.database.owner)
    const payload = JSON.stringify(found.payload)
    await putArtifacts(tx, [{ ...found, kind: 'RefreshToken', id_hash: Buffer.alloc(32, 1), payload }])
    order.push('refreshed')
  })
  await revoked.promise
  expect(order).toEqual(['refreshed', 'revoked'])
  expect(await rowsOf(house, 'RefreshToken')).toEqual([])
  expect(await rowsOf(house, 'Grant')).toEqual([])
})
