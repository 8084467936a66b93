import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { openHouse } from '../support.ts'
import { addDevice, answer, begin, letIn, look, poll } from './support.ts'

describe('[threat 34] a device is let in by nobody but who looked at it', () => {
  it('in the browser that looked: the address of the question is worth nothing in another', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id)
    const at = await look(house, house.browser(), begun.user_code)
    const thief = house.browser()
    await house.addPerson()
    await letIn(house, (await begin(house, client.id)).user_code, thief)
    for (const path of [at.pathname, `${at.pathname}/consent`, `${at.pathname}/abort`]) {
      const stolen = path === at.pathname ? await thief.get(path) : await thief.post(path)
      expect([path, stolen.status]).toEqual([path, 410])
    }
    const resumed = await thief.get(at.pathname.replace('/login/', '/oauth/device/'))
    expect(resumed.status).toBe(410)
    expect((await poll(house, client, begun.device_code)).body).toMatchObject({ error: 'authorization_pending' })
  })

  it('for the first who answers: whoever typed the same code beside them is told that it is over', async () => {
    const house = await openHouse()
    const client = await addDevice(house)
    const begun = await begin(house, client.id)
    const ada = await house.addPerson()
    const hers = house.browser()
    const atHers = await look(house, hers, begun.user_code)
    const bob = await house.addPerson()
    const his = house.browser()
    const atHis = await look(house, his, begun.user_code)
    expect((await answer(house, hers, atHers)).status).toBe(200)
    for (const what of ['consent', 'abort'] as const)
      expect([410, 422]).toContain((await answer(house, his, atHis, what)).status)
    const { body } = await poll(house, client, begun.device_code)
    expect([decodeJwt(body['access_token'] ?? '').sub, ada.id === bob.id]).toEqual([ada.id, false])
  })

  it('once, of many who allow and deny at the same moment', async () => {
    const house = await openHouse()
    const client = await addDevice(house)
    const begun = await begin(house, client.id)
    const people: { browser: ReturnType<typeof house.browser>; at: URL }[] = []
    for (let index = 0; index < 6; index++) {
      await house.addPerson()
      const browser = house.browser()
      people.push({ browser, at: await look(house, browser, begun.user_code) })
    }
    const pages = await Promise.all(
      people.map(({ browser, at }, index) => answer(house, browser, at, index % 2 === 0 ? 'consent' : 'abort')),
    )
    expect(pages.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
    const events = [await house.events('device.approved'), await house.events('device.denied')]
    expect(events.flat()).toHaveLength(1)
  })

  it('once: of twenty polls in parallel over two instances one gets the token, and a second time takes it back', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id, { scope: 'openid offline_access' })
    await letIn(house, begun.user_code)
    const other = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => poll(index % 2 === 0 ? house : other, client, begun.device_code)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body['error']))).toEqual(
      new Set(['invalid_grant']),
    )
    const token = answers.find(({ status }) => status === 200)?.body['refresh_token'] ?? ''
    const refreshed = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: client.id }),
    })
    expect(refreshed.status).toBe(400)
  })
})
