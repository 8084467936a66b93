import type { JWTPayload } from 'jose'
import { expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { audience, by, invoicing, must, signIn } from '../oidc/organisations-support.ts'
import { openHouse } from '../oidc/support.ts'
import { heardBy, programOf } from './support.ts'

const ledger = 'https://ledger.example/api'

async function world() {
  const house = await openHouse()
  const inv = await invoicing(house)
  await house.addApi({ audience: ledger, name: 'Ledger' })
  const ada = await house.addPerson()
  const acme = await inv.company([
    [ada.id, 'admin'],
    [(await house.addPerson()).id, 'admin'],
  ])
  house.signInAs(ada.id)
  const { claims } = await signIn(house, await inv.client())
  const programs = await Promise.all(
    [true, false].map((firstParty) => programOf(house, { firstParty, apis: [audience, ledger] })),
  )
  const [ours, theirs] = programs.map(({ client }) => client)
  if (!ours || !theirs) throw new Error('two were made')
  /** Of the token, and of one like it: issued a minute later, and for another API. */
  const verdicts = async () => {
    const told = []
    for (const client of [ours, theirs]) {
      const [here, there] = [await heardBy(house, client, audience), await heardBy(house, client, ledger)]
      const iat = Number(claims['iat']) + 60
      told.push([here(claims), here({ ...claims, iat }), there({ ...claims, aud: ledger } satisfies JWTPayload)])
    }
    return told
  }
  const rename = async (claimNames: Record<string, string>) =>
    must(await house.apis.update(by, audience, { claimNames }))
  const removeAda = async () =>
    must(await house.companies.orgs.memberships.remove(by, instanceAuthority, acme.id, ada.id))
  return { house, verdicts, rename, removeAda }
}

const alive = ['no', 'no', 'no']
const dead = ['revoked', 'no', 'no']

it('[threat 7] a token that calls the organisation by its former name is dead, since no membership that ends could be told of it', async () => {
  const { verdicts, rename, removeAda } = await world()
  expect(await verdicts()).toEqual([alive, alive])
  await rename({ org_id: 'tenantId' })
  await removeAda()
  // Where the name is what it was, the entry of the membership itself is enough.
  const elsewhereToo = ['revoked', 'no', 'revoked']
  expect(await verdicts()).toEqual([elsewhereToo, elsewhereToo])
})

it('and so it is where the name is taken back', async () => {
  const { verdicts, rename } = await world()
  await rename({ org_id: 'tenantId' })
  await rename({})
  expect(await verdicts()).toEqual([dead, dead])
})

it('what else is renamed or changed kills none', async () => {
  const { house, verdicts, rename } = await world()
  await rename({ roles: 'groups_here' })
  must(await house.apis.update(by, audience, { name: 'Invoices of ours' }))
  expect(await verdicts()).toEqual([alive, alive])
})
