import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { invoicing } from '../organisations-support.ts'
import { openHouse } from '../support.ts'
import { addDevice, begin, letIn, poll } from './support.ts'

const audience = 'https://invoices.example/api'

describe('a device of somebody who works for an organisation', () => {
  it('is for the one that they chose when they let it in, with what they may do there', async () => {
    const house = await openHouse()
    const world = await invoicing(house)
    const ada = await house.addPerson()
    const [first, second] = [await world.company([[ada.id, 'manager']]), await world.company([[ada.id, 'viewer']])]
    const client = await addDevice(house, { apis: [audience] })
    house.choose(second.id)
    const begun = await begin(house, client.id, { scope: 'openid invoices:read', resource: audience })
    await letIn(house, begun.user_code)
    const { body } = await poll(house, client, begun.device_code)
    expect(body['error']).toBeUndefined()
    expect(decodeJwt(body['access_token'] ?? '')).toMatchObject({
      aud: audience,
      org_id: second.id,
      roles: ['viewer'],
      scope: 'invoices:read',
    })
    expect(first.id).not.toBe(second.id)
  })

  it('gets no token once the membership is gone, though it was let in before', async () => {
    const house = await openHouse()
    const world = await invoicing(house)
    const ada = await house.addPerson()
    const company = await world.company([[ada.id, 'manager']])
    const client = await addDevice(house, { apis: [audience], organisations: 'required' })
    const begun = await begin(house, client.id)
    await letIn(house, begun.user_code)
    await house.companies.orgs.organisations.suspend({ actor: { kind: 'operator', id: 'test' } }, company.id)
    const { status, body } = await poll(house, client, begun.device_code)
    expect([status, body['access_token']]).toEqual([400, undefined])
  })

  it('is not let in by somebody who belongs to none, where the application asks for one', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house, { organisations: 'required' })
    const begun = await begin(house, client.id)
    await expect(letIn(house, begun.user_code)).rejects.toThrow('The device was not signed in')
    expect((await poll(house, client, begun.device_code)).body).toMatchObject({ error: 'access_denied' })
  })
})
