import { expect, it } from 'vitest'
import { askToken, codeFor, openHouse, redeem } from './support.ts'

it('no request waits for a second connection while it holds one: a pool of one serves everything', async () => {
  const house = await openHouse({ poolSize: 1 })
  await house.addPerson()
  const client = await house.addClient({ firstParty: false })
  const browser = house.browser()
  const code = await codeFor(house, client, { browser })
  const { status, body } = await redeem(house, client, code)
  expect(status).toBe(200)
  const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }
  expect((await askToken(house, client, refresh)).status).toBe(200)
  expect(await redeem(house, client, code), 'a replay').toMatchObject({ body: { error: 'invalid_grant' } })
  const page = await (await browser.get('/oauth/logout')).text()
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
  expect((await browser.post('/oauth/logout/confirm', { xsrf, logout: 'yes' })).status).toBe(303)
})
