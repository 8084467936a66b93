import { expect, it } from 'vitest'
import { openHouse } from '../support.ts'
import { addDevice, answer, begin, look, poll } from './support.ts'

const audience = 'https://api.invoices.example'

it('[threat 34] is asked with all that this device will hold: what another was let do before hides nothing', async () => {
  const house = await openHouse()
  await house.addPerson()
  await house.addApi({ audience, name: 'Invoices', scopes: ['invoices:read', 'invoices:write'] })
  const client = await addDevice(house, { firstParty: false, apis: [audience] })
  const browser = house.browser()
  const wanted = 'openid profile offline_access invoices:read invoices:write'
  const first = await begin(house, client.id, { scope: wanted, resource: audience })
  await answer(house, browser, await look(house, browser, first.user_code))

  const second = await begin(house, client.id, { scope: `${wanted} email`, resource: audience })
  const at = await look(house, browser, second.user_code)
  const { consent } = (await (await browser.get(at)).json()) as Record<string, unknown>
  const scopes = [{ name: 'invoices:read' }, { name: 'invoices:write' }]
  expect(consent).toMatchObject({ asks: { scopes: ['email'], apis: [] }, whole: { apis: [{ audience, scopes }] } })
  const { whole } = consent as { whole: { scopes: string[] } }
  expect(whole.scopes.toSorted()).toEqual(['email', 'offline_access', 'openid', 'profile'])
  await answer(house, browser, at)
  const { body } = await poll(house, client, second.device_code)
  const shown = [...whole.scopes, 'invoices:read', 'invoices:write']
  for (const scope of String(body['scope']).split(' ')) expect(shown).toContain(scope)
  expect(body['scope']).toContain('invoices:write')
})
