import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { by, invoicing, must } from '../oidc/organisations-support.ts'
import { codeFor, openHouse, redeem } from '../oidc/support.ts'

/** What the guide promises: reason → event. */
function promised(): Map<string, string> {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/revocations.md'), 'utf8')
  const rows = guide.slice(guide.indexOf('## Events')).matchAll(/^\| `([a-z-]+)` \| [^|]+ \| `([a-z_.]+)` \|$/gm)
  return new Map([...rows].map(([, reason = '', event = '']) => [reason, event]))
}

it('[MON-13] every announcement is made in the transaction of an event, which has the name that the guide says', async () => {
  const house = await openHouse()
  const { orgs, serviceAccounts, apiKeys } = house.companies
  const { memberships, organisations } = orgs
  const invoices = await invoicing(house)
  const other = await house.addApi({ audience: 'https://other.example', name: 'Other' })
  const admin = await house.database.superuser()
  await admin.query(
    `CREATE CONSTRAINT TRIGGER test_announcement_has_event AFTER INSERT ON revocations
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test_require_event()`,
  )
  const db = house.services.database.app
  await expect(
    inTransaction(db, (tx) => house.services.revocations.announce(tx, { clientId: 'shop', reason: 'test' })),
    'the guard bites',
  ).rejects.toThrow('change without event on table revocations')

  const [shop, ours] = [
    await invoices.client({ firstParty: false, id: 'shop' }),
    await invoices.client({ id: 'ours', apis: ['https://invoices.example/api', other.audience] }),
  ]
  const person = await house.addPerson()
  await redeem(house, shop, await codeFor(house, shop))
  await redeem(house, ours, await codeFor(house, ours, { scope: 'openid' }))
  for (const client of [shop, ours]) expect(await house.people.consents.end(by, person.id, client.id)).toBe(true)
  const [session] = await house.sessions.listOf(person.id)
  if (!session) throw new Error('nobody is signed in')
  await inTransaction(db, (tx) => house.sessions.end(tx, by, session.id, 'revoked'))

  const [ada, bob] = [await house.addPerson(), await house.addPerson()]
  const acme = await invoices.company([
    [ada.id, 'admin'],
    [bob.id, 'viewer'],
  ])
  const place = { organisation: acme.id }
  must(await memberships.setRoles(by, instanceAuthority, acme.id, bob.id, ['member']))
  must(await memberships.suspend(by, instanceAuthority, acme.id, bob.id))
  must(await memberships.remove(by, instanceAuthority, acme.id, bob.id))
  must(await organisations.update(by, instanceAuthority, acme.id, { policy: { sessionMaxAge: 3600 } }))
  const key = { ...place, owner: ada.id, name: 'Key', permissions: { [invoices.api.id]: ['invoices:read'] } }
  const [one, two] = [
    must(await apiKeys.create(by, instanceAuthority, key)),
    must(await apiKeys.create(by, instanceAuthority, { ...key, name: 'Second' })),
  ]
  must(await apiKeys.revoke(by, instanceAuthority, { ...place, id: one.key.id }))
  expect(await apiKeys.reportLeak(by, { key: two.secret.reveal() })).toBe(true)
  const robot = async (name: string) =>
    must(await serviceAccounts.create(by, instanceAuthority, { ...place, name, roles: ['member'] }))
  const [r2, d2] = [await robot('R2'), await robot('D2')]
  const program = await invoices.client({ type: 'service', redirectUris: [], postLogoutRedirectUris: [] })
  must(await house.clients.actAs(by, program.id, r2.id))
  must(await serviceAccounts.disable(by, instanceAuthority, { ...place, id: r2.id }))
  must(await serviceAccounts.remove(by, instanceAuthority, { ...place, id: d2.id }))
  must(await organisations.suspend(by, acme.id))
  must(await organisations.remove(by, acme.id))

  must(await house.clients.update(by, 'ours', { removeApis: [other.audience] }))
  must(await house.clients.update(by, 'shop', { subjectType: 'pairwise' }))
  must(await house.clients.disable(by, 'ours'))
  must(await house.clients.remove(by, 'shop'))
  must(await house.users.disable(by, ada.id))
  await inTransaction(db, (tx) => house.users.lock(tx, by, bob.id, 'not-me'))

  const { rows } = await admin.query<{ reason: string; actions: string[] }>(
    `SELECT r.reason, array_agg(DISTINCT e.action) AS actions FROM revocations r JOIN events e ON e.xid = r.xid GROUP BY 1`,
  )
  const guide = promised()
  const wrong = rows.filter(({ reason, actions }) => !actions.includes(guide.get(reason) ?? 'not in the guide'))
  expect(wrong).toEqual([])
  const seen = new Set(rows.map(({ reason }) => reason))
  for (const reason of [
    ...['consent-withdrawn', 'access-removed', 'session-ended', 'roles-changed', 'membership-suspended'],
    ...['membership-removed', 'policy-changed', 'key-revoked', 'key-leaked', 'service-account-disabled'],
    ...['service-account-removed', 'organisation-suspended', 'organisation-deleted', 'client-lost-api'],
    ...['client-acts-otherwise', 'client-disabled', 'client-removed', 'user-disabled', 'account-locked'],
  ])
    expect(seen, reason).toContain(reason)
})
