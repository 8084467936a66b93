import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { everythingHeard } from '../support/heard.ts'
import { arranged, audience, by, introspect, invoicing, must, refresh, signIn } from './organisations-support.ts'
import { askToken, codeFor, openHouse, redeem } from './support.ts'

const offline = 'openid offline_access invoices:read'

it('[threat 7] an application that stops being ours loses what nobody agreed to, and that is announced', async () => {
  const house = await openHouse()
  const invoices = await invoicing(house)
  const ada = await house.addPerson()
  await invoices.company([[ada.id, 'admin']])
  const [shop, other] = [await invoices.client({ name: 'Shop' }), await invoices.client()]
  const held = await signIn(house, shop, { scope: offline, prompt: 'consent' })
  const others = await signIn(house, other, { scope: offline, prompt: 'consent' })
  const code = await codeFor(house, shop, { scope: offline, resource: audience, prompt: 'consent' })
  expect((await introspect(house, shop, held.access)).body['active']).toBe(true)

  must(await house.clients.update(by, shop.id, { firstParty: false }))

  const refreshed = await refresh(house, shop, held.refresh)
  expect([refreshed.status, refreshed.body['error']]).toEqual([400, 'invalid_grant'])
  expect((await redeem(house, shop, code)).body['error']).toBe('invalid_grant')
  expect((await introspect(house, shop, held.access)).body).toEqual({ active: false })
  const page = await house.services.revocations.since(undefined, 100)
  if (!page.ok) throw new Error(page.error)
  expect(page.value.entries).toContainEqual(
    expect.objectContaining({ clientId: shop.id, reason: 'client-acts-otherwise' }),
  )
  // An instance that was not told yet refuses whoever signs in.
  await everythingHeard(house.services)
  const anew = await signIn(house, shop, { scope: offline, prompt: 'consent' })
  expect(anew.claims['permissions']).toEqual(['invoices:read'])
  expect((await house.people.consents.of(house.services.database.app, ada.id, shop.id)).scopes).toContain('openid')

  expect((await refresh(house, other, others.refresh)).status, 'one that stays ours').toBe(200)
  must(await house.clients.update(by, shop.id, { firstParty: true }))
  const again = await askToken(house, shop, { grant_type: 'refresh_token', refresh_token: anew.refresh })
  expect(again.status, 'what was agreed to is not less for an application of ours').toBe(200)
})

it('[threat 7] it loses what was granted by the clock of another instance, which is ahead, too', async () => {
  const house = await openHouse()
  const invoices = await invoicing(house)
  await house.addPerson()
  const shop = await invoices.client({ name: 'Shop' })
  const held = await signIn(house, shop, { scope: offline, prompt: 'consent' })
  await arranged(house, async (tx) => {
    await sql`UPDATE oidc_artifacts SET created_at = created_at + interval '2 s' WHERE kind = 'Grant'`.execute(tx)
  })
  must(await house.clients.update(by, shop.id, { firstParty: false }))
  expect((await refresh(house, shop, held.refresh)).body['error']).toBe('invalid_grant')
})

it.each([
  ['is ours no longer', sql`first_party = false`],
  ['was disabled', sql`disabled_at = now()`],
  ['calls people otherwise', sql`subject_type = 'pairwise', sector = 'app.example.com'`],
])(
  '[threat 7] nothing is granted to an application that %s, by an instance that was not told yet',
  async (_, change) => {
    const house = await openHouse()
    const invoices = await invoicing(house)
    await house.addPerson()
    const shop = await invoices.client({ name: 'Shop' })
    const browser = house.browser()
    await signIn(house, shop, { browser })
    const grants = async () =>
      (await house.database.ownerPool.query("SELECT FROM oidc_artifacts WHERE kind = 'Grant'")).rowCount
    expect(await grants()).toBe(1)
    // Without the notification, as between the commit and its arrival.
    await arranged(house, async (tx) => {
      await sql`UPDATE oidc_clients SET ${change} WHERE client_id = ${shop.id}`.execute(tx)
    })
    await expect(
      codeFor(house, shop, { browser: house.browser(), scope: offline, resource: audience }),
    ).rejects.toThrow()
    await expect(
      codeFor(house, shop, { browser, scope: 'openid email profile' }),
      'nor more in the same session',
    ).rejects.toThrow()
    expect(await grants()).toBe(1)
  },
)
