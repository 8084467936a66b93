import { decodeJwt } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { createRevocationReader } from '../../src/sdk/revocations.ts'
import { exchanged, invoices, payments, twoServices } from '../oidc/exchange/support.ts'
import { arranging, codeFor, type House, openHouse, redeem } from '../oidc/support.ts'
import { programOf } from './support.ts'

/** Ada’s token of each of two applications, handed on to the payments, whose service validates offline. */
async function world(reader: { readonly firstParty: boolean }) {
  const house = await openHouse()
  const { ada, web, backEnd } = await twoServices(house)
  const other = await house.addClient({ apis: [invoices] })
  const signedIn = async (client: typeof web) => {
    const code = await codeFor(house, client, { scope: 'openid money:read', resource: invoices })
    const { body } = await redeem(house, client, code, { resource: invoices })
    const { token } = await exchanged(house, backEnd, body['access_token'] ?? '')
    return { code, claims: decodeJwt(token), token }
  }
  const [ofWeb, ofOther] = [await signedIn(web), await signedIn(other)]
  if (house.clock.now() < new Date()) house.clock.set(new Date())
  const program = await programOf(house, { ...reader, apis: [payments] })
  const judged = async () => {
    const { client } = program
    const revocations = createRevocationReader({
      issuer: house.issuer,
      api: payments,
      clientId: client.id,
      clientSecret: client.secret ?? '',
      clock: house.clock,
      fetch: (to, init) => fetch(to, init),
      onError: () => {},
    })
    onTestFinished(() => revocations.stop())
    await revocations.ready()
    return { web: revocations.isRevoked(ofWeb.claims), other: revocations.isRevoked(ofOther.claims) }
  }
  return { house, ada, web, backEnd, ofWeb, program, judged }
}
type World = Awaited<ReturnType<typeof world>>

const announce = (
  { house }: { readonly house: House },
  what: Parameters<House['services']['revocations']['announce']>[1],
) => inTransaction(house.services.database.app, (tx) => house.services.revocations.announce(tx, what))

const ends: [string, (world: World) => Promise<unknown>][] = [
  ['a code of it came twice', ({ house, web, ofWeb }) => redeem(house, web, ofWeb.code, { resource: invoices })],
  [
    'the person has taken it back',
    (all) => announce(all, { sub: all.ada.id, clientId: all.web.id, reason: 'consent-withdrawn' }),
  ],
  ['it was disabled', ({ house, web }) => house.clients.disable(arranging, web.id)],
  ['it was removed', ({ house, web }) => house.clients.remove(arranging, web.id)],
]

describe.each([true, false])('[threat 7] with a program that is ours: %s', (firstParty) => {
  it.each(ends)('a token that was handed on is dead offline once what began it ended: %s', async (_what, end) => {
    const all = await world({ firstParty })
    expect(all.ofWeb.claims).toMatchObject({ client_id: all.backEnd.id, origin_client_id: all.web.id })
    expect(await all.judged()).toEqual({ web: 'no', other: 'no' })
    await end(all)
    expect(await all.judged()).toEqual({ web: 'revoked', other: 'no' })
  })
})

it('it still names what the person signed in to where it was handed on twice', async () => {
  const { house, web, ofWeb } = await world({ firstParty: true })
  const next = await house.addClient({
    type: 'service',
    redirectUris: [],
    postLogoutRedirectUris: [],
    apis: [{ audience: payments, scopes: null, onBehalf: true }],
  })
  const { claims } = await exchanged(house, next, ofWeb.token)
  expect(claims).toMatchObject({ client_id: next.id, origin_client_id: web.id })
})

it('a back end that may not hand on any more is told of, with what it holds', async () => {
  const { house, backEnd, judged } = await world({ firstParty: true })
  await house.clients.update(arranging, backEnd.id, { removeOnBehalf: [payments] })
  expect(await judged()).toEqual({ web: 'revoked', other: 'revoked' })
})

it('what a person had of an application is told to no API that neither it nor anybody on behalf calls', async () => {
  const { house, ada, web } = await world({ firstParty: true })
  const ledger = 'https://ledger.example/api'
  await house.addApi({ audience: ledger, name: 'Ledger' })
  const { ask } = await programOf(house, { firstParty: true, apis: [ledger, invoices, payments] })
  await announce({ house }, { sub: ada.id, clientId: web.id, reason: 'consent-withdrawn' })
  const claims = async (api: string) => (await ask({ api })).entries.map((entry) => entry.claims)
  expect(await claims(ledger)).toEqual([])
  expect(await claims(invoices)).toEqual([{ sub: ada.id, client_id: web.id }])
  expect(await claims(payments)).toEqual([{ sub: ada.id, origin_client_id: web.id }])
})
