import { expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { audience, invoicing, must, signIn } from '../organisations-support.ts'
import { arranging, openHouse } from '../support.ts'
import { exchange, exchanged, introspect, invoices, payments, tokenOf, twoServices } from './support.ts'

it('[threat 7] a token for an API that was taken from its client counts nowhere: not introspected, not exchanged', async () => {
  const house = await openHouse()
  const { web, backEnd } = await twoServices(house)
  const token = await tokenOf(house, web)
  const isActive = async () => (await introspect(house, backEnd, token))['active']
  expect([await isActive(), (await exchange(house, backEnd, token)).status]).toEqual([true, 200])
  await house.clients.update(arranging, web.id, { removeApis: [invoices] })
  await eventually(async () => (await isActive()) === false || undefined)
  expect((await exchange(house, backEnd, token)).body).toMatchObject({ error: 'invalid_request' })
})

it.each([
  ['is not the client’s any more', { removeApis: [payments] }],
  ['may be called in nobody’s name any more', { removeOnBehalf: [payments] }],
])('[threat 7] what was handed on for an API that %s is over', async (_what, change) => {
  const house = await openHouse()
  const { web, backEnd } = await twoServices(house)
  const { token } = await exchanged(house, backEnd, await tokenOf(house, web))
  expect((await introspect(house, backEnd, token))['active']).toBe(true)
  const done = await house.clients.update(arranging, backEnd.id, change)
  expect(done.ok).toBe(true)
  await eventually(async () => (await introspect(house, backEnd, token))['active'] === false || undefined)
})

it('[threat 7] a scope that was taken from its client counts nowhere: not introspected, not exchanged', async () => {
  const house = await openHouse()
  const { web, backEnd } = await twoServices(house)
  const token = await tokenOf(house, web, { scope: 'openid money:read money:write' })
  const scope = async () => (await introspect(house, backEnd, token))['scope']
  expect(await scope()).toBe('money:read money:write')
  await house.clients.update(arranging, web.id, { apis: [{ audience: invoices, scopes: ['money:read'] }] })
  await eventually(async () => (await scope()) === 'money:read' || undefined)
  expect((await exchanged(house, backEnd, token)).claims['scope']).toBe('money:read')
  expect((await exchange(house, backEnd, token, { scope: 'money:write' })).body['error']).toBe('invalid_scope')
})

it('[threat 7] nor does a permission that was: introspection does not tell it, though the roles of the person give it', async () => {
  const house = await openHouse()
  const world = await invoicing(house)
  const ada = await house.addPerson()
  await world.company([[ada.id, 'admin']])
  const client = await world.client()
  const { access } = await signIn(house, client)
  const told = async () => {
    const { scope, permissions } = await introspect(house, client, access)
    return { scope, permissions }
  }
  expect((await told()).permissions).toContain('invoices:write')
  must(await house.clients.update(arranging, client.id, { apis: [{ audience, scopes: ['invoices:read'] }] }))
  await eventually(async () => (await told()).scope === 'invoices:read' || undefined)
  expect((await told()).permissions).toEqual(['invoices:read'])
})
