import { describe, expect, it } from 'vitest'
import { askToken, codeFor, openHouse, redeem } from './support.ts'

const artifacts = async (house: Awaited<ReturnType<typeof openHouse>>) =>
  (await house.services.database.app.selectFrom('oidc_artifacts').select('kind').execute())
    .map(({ kind }) => kind)
    .sort()

describe('a code is redeemed once', () => {
  it('50 times at once over two processes of one instance: one winner, and the thief and the robbed both lose', async () => {
    const house = await openHouse()
    const other = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    const person = await house.addPerson()
    const client = await house.addClient()
    const code = await codeFor(house, client)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, each) => redeem(each % 2 ? house : other, client, code)),
    )
    const outcomes = answers.map(({ status, body }) => `${status} ${body['error'] ?? ''}`.trim()).sort()
    expect(outcomes).toEqual(['200', ...Array.from({ length: 49 }, () => '400 invalid_grant')])

    const winner = answers.find(({ status }) => status === 200)
    const refreshed = await askToken(house, client, {
      grant_type: 'refresh_token',
      refresh_token: winner?.body['refresh_token'] ?? '',
    })
    expect(refreshed).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await house.events('grant.revoked')).toMatchObject([
      { actor_kind: 'client', actor_id: client.id, after: { reason: 'replay' } },
    ])
    expect([...house.toldOfReplay, ...other.toldOfReplay], 'the owner hears of it once').toEqual([person.id])
  })

  it('a second time: refused, and everything that came of the first time is revoked with an event', async () => {
    const house = await openHouse()
    const person = await house.addPerson()
    const client = await house.addClient()
    const code = await codeFor(house, client)
    const { body } = await redeem(house, client, code)
    expect(await artifacts(house)).toContain('RefreshToken')
    expect(await redeem(house, client, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await artifacts(house)).toEqual(['Session'])
    const again = await askToken(house, client, {
      grant_type: 'refresh_token',
      refresh_token: body['refresh_token'] ?? '',
    })
    expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await house.events('grant.revoked')).toMatchObject([
      { before: { client: client.id, user: person.id }, after: { reason: 'replay' } },
    ])
  })
})
