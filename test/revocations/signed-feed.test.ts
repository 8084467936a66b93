import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { defineId } from '../../src/lib/ids.ts'
import { arranged } from '../oidc/organisations-support.ts'
import { arranging, codeFor, type House, openHouse, redeem } from '../oidc/support.ts'
import { statementsDuring } from '../support/statements.ts'
import { type Answer, ask, hashed, programOf } from './support.ts'

const invoices = 'https://invoices.example/api'
const ledger = 'https://ledger.example/api'
const ours = { firstParty: true, apis: [invoices] }

async function world() {
  const house = await openHouse()
  const api = await house.addApi({
    audience: invoices,
    name: 'Invoices',
    scopes: ['read'],
    claimNames: { org_id: 'tenantId' },
  })
  const announce = (what: Parameters<House['services']['revocations']['announce']>[1]) =>
    inTransaction(house.services.database.app, (tx) => house.services.revocations.announce(tx, what))
  return { house, api, announce }
}

const keysAt = async (house: House, path: string) =>
  createLocalJWKSet((await (await fetch(new URL(path, house.url))).json()) as JSONWebKeySet)

describe('the list of one API', () => {
  it('is signed as its tokens are, for that API, for a minute, and is no access token', async () => {
    const { house } = await world()
    const own = await house.addApi({ audience: ledger, name: 'Ledger', ownKeys: true, algorithm: 'ES256' })
    const program = await programOf(house, { firstParty: true, apis: [invoices, ledger] })
    const [one, other] = [await program.ask({ api: invoices }), await program.ask({ api: ledger })]
    const jwks = { ours: await keysAt(house, '/oauth/jwks'), theirs: await keysAt(house, `/oauth/apis/${own.id}/jwks`) }
    const verify = (text: string, keys: typeof jwks.ours, audience: string) =>
      jwtVerify<Answer>(text, keys, {
        issuer: house.issuer,
        audience,
        typ: 'revocations+jwt',
        currentDate: house.clock.now(),
      })
    const { payload } = await verify(one.text, jwks.ours, invoices)
    expect(payload.exp - payload.iat).toBe(60)
    await verify(other.text, jwks.theirs, ledger)
    expect(other.header.alg).toBe('ES256')
    await expect(verify(other.text, jwks.ours, ledger)).rejects.toThrow()
    await expect(verify(one.text, jwks.theirs, invoices)).rejects.toThrow()
    await expect(verify(one.text, jwks.ours, ledger), '[threat 10] for another API').rejects.toThrow('aud')
    expect([one.headers.get('content-type'), one.headers.get('cache-control')]).toEqual([
      'application/revocations+jwt',
      'no-store',
    ])
    const used = await fetch(`${house.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${one.text}` } })
    expect(used.status).toBe(401)
  })

  it('says to which question it is the answer, and counts upwards', async () => {
    const { house, announce } = await world()
    const { ask } = await programOf(house, ours)
    const first = await ask({ api: invoices })
    await announce({ clientId: 'shop', reason: 'client-disabled' })
    const second = await ask({ api: invoices, after: first.next })
    const third = await ask({ api: invoices, after: first.next })
    expect([first.after, second.after, third.after]).toEqual([undefined, first.next, first.next])
    expect(first.seq).toBeLessThan(second.seq)
    expect(second.seq).toBeLessThan(third.seq)
    expect(second.entries.map(({ claims }) => claims)).toEqual([{ client_id: 'shop' }])
  })

  it('names no session, persons by every name that the API may have seen, and organisations as it reads them', async () => {
    const { house, announce } = await world()
    const pairwise = await house.addClient({ apis: [invoices], subjectType: 'pairwise' })
    const person = await house.addPerson()
    const { body } = await redeem(
      house,
      pairwise,
      await codeFor(house, pairwise, { scope: 'openid read', resource: invoices }),
    )
    const { sub, sid } = decodeJwt(body['access_token'] ?? '')
    expect(sub).not.toBe(person.id)
    const [session] = await house.sessions.listOf(person.id)
    const organisation = defineId('org').generate()
    await announce({ sub: person.id, organisation, reason: 'membership-removed' })
    await inTransaction(house.services.database.app, (tx) =>
      house.sessions.end(tx, arranging, session?.id ?? defineId('ses').generate(), 'revoked'),
    )
    const { entries, text } = await (await programOf(house, ours)).ask({ api: invoices })
    const claims = entries.map((entry) => entry.claims)
    for (const told of [
      { sub: person.id, tenantId: organisation },
      { sub, tenantId: organisation },
      { sid_hash: hashed(invoices, 'sid', session?.id ?? '') },
      { sid_hash: hashed(invoices, 'sid', String(sid)) },
    ])
      expect(claims).toContainEqual(told)
    const said = Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()
    expect(said).not.toContain(session?.id)
    expect(said).not.toContain(String(sid))
  })

  it('tells a program that is not ours nothing of whom it has not seen', async () => {
    const { house, announce } = await world()
    const [user, organisation] = [defineId('usr').generate(), defineId('org').generate()]
    await announce({ sub: user, organisation, clientId: 'shop', reason: 'test' })
    await announce({ clientId: 'shop', reason: 'client-disabled' })
    const shop = await house.addClient({ id: 'shop', firstParty: false, apis: [invoices] })
    const theirs = await (await programOf(house, { apis: [invoices], firstParty: false })).ask({ api: invoices })
    expect(theirs.entries).toHaveLength(2)
    expect(theirs.entries.map(({ claims }) => claims)).toEqual(
      expect.arrayContaining([
        {
          sub_hash: hashed(invoices, 'sub', user),
          tenantId_hash: hashed(invoices, 'tenantId', organisation),
          client_id_hash: hashed(invoices, 'client_id', shop.id),
        },
        { client_id_hash: hashed(invoices, 'client_id', shop.id) },
      ]),
    )
    const said = JSON.stringify(theirs.entries)
    for (const name of [user, organisation, 'shop']) expect(said).not.toContain(name)
    expect(hashed(ledger, 'sub', user), 'another hash for another API').not.toBe(hashed(invoices, 'sub', user))
  })

  it('does not tell a program that is not ours which names are one person’s, nor why they ended', async () => {
    const { house, announce } = await world()
    for (const sector of ['a.example', 'b.example', 'c.example'])
      await house.addClient({ apis: [invoices], subjectType: 'pairwise', sector })
    const people = Array.from({ length: 5 }, () => defineId('usr').generate())
    for (const sub of people) await announce({ sub, reason: 'password-changed' })
    const read = async (firstParty: boolean) =>
      (await (await programOf(house, { apis: [invoices], firstParty })).ask({ api: invoices })).entries
    const theirs = await read(false)
    expect(theirs).toHaveLength(20)
    for (const entry of theirs) expect(Object.keys(entry).sort()).toEqual(['before', 'claims', 'exp'])
    const hashes = theirs.map(({ claims }) => claims['sub_hash'] ?? '')
    expect(hashes, 'by no order but that of the hashes').toEqual([...hashes].sort())
    const own = await read(true)
    expect(new Set(own.map(({ id }) => id)).size).toBe(5)
    expect(new Set(own.map(({ reason }) => reason))).toEqual(new Set(['password-changed']))
  })

  it('leaves out what one person had of a client that has nothing to do with the API', async () => {
    const { house, announce } = await world()
    await house.addApi({ audience: ledger, name: 'Ledger' })
    await house.addClient({ id: 'books', apis: [ledger] })
    const user = defineId('usr').generate()
    await announce({ sub: user, clientId: 'books', reason: 'grant-revoked' })
    await announce({ clientId: 'books', reason: 'client-lost-api' })
    const { ask } = await programOf(house, { firstParty: true, apis: [invoices, ledger] })
    const reasons = async (api: string) => (await ask({ api })).entries.map(({ reason }) => reason)
    expect(await reasons(ledger)).toEqual(['grant-revoked', 'client-lost-api'])
    expect(await reasons(invoices), 'it may be this one that was lost').toEqual(['client-lost-api'])
    expect(await reasons(house.issuer)).toEqual(['grant-revoked', 'client-lost-api'])
  })

  it('[threat 31] is told in shorter pages where each announcement has many names, and all of it is told', async () => {
    const { house, announce } = await world()
    const { ask, client } = await programOf(house, ours)
    const sectors = 300
    await arranged(house, async (tx) => {
      await sql`
        INSERT INTO oidc_clients SELECT (jsonb_populate_record(c, jsonb_build_object('client_id', 'shop-' || n, 'type', 'web',
          'subject_type', 'pairwise', 'sector', 'shop-' || n || '.example'))).*
        FROM oidc_clients c, generate_series(1, ${sectors}::int) n WHERE c.client_id = ${client.id}`.execute(tx)
    })
    const people = Array.from({ length: 40 }, () => defineId('usr').generate())
    for (const sub of people) await announce({ sub, reason: 'user-disabled' })
    const [told, sizes] = [new Set<string>(), [] as number[]]
    let after: string | undefined
    for (let more = true; more; ) {
      const page = await ask({ api: house.issuer, ...(after !== undefined && { after }) })
      for (const { claims } of page.entries) told.add(claims['sub'] ?? '')
      sizes.push(page.entries.length)
      ;({ next: after, more } = page)
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5000)
    expect(sizes.length).toBeGreaterThan(2)
    expect(people.filter((one) => !told.has(one))).toEqual([])
    expect(told.size).toBe(people.length * (sectors + 1))
  })

  it('costs one statement where there is nothing to tell', async () => {
    const { house, announce } = await world()
    const { ask } = await programOf(house, ours)
    const { next } = await ask({ api: invoices })
    expect(await statementsDuring(() => ask({ api: invoices, after: next }))).toHaveLength(1)
    await announce({ sub: defineId('usr').generate(), reason: 'user-disabled' })
    expect((await statementsDuring(() => ask({ api: invoices, after: next }))).length).toBe(2)
  })

  it('keeps an entry for as long as the oldest token that it speaks of may live', async () => {
    const { house, announce } = await world()
    const program = await programOf(house, ours)
    await announce({ clientId: 'shop', reason: 'client-disabled' })
    const [entry] = (await program.ask({ api: invoices })).entries
    const until = house.clock.now().getTime() + house.config.keys.longestTokenLifetime + 5 * 60_000
    expect(entry?.exp).toBe(Math.floor(until / 1000))
  })
})

describe('whoever asks', () => {
  it('is a program that the API is allowed for, by its own token for this server; which APIs there are it does not learn', async () => {
    const { house } = await world()
    await house.addApi({ audience: ledger, name: 'Ledger' })
    const program = await programOf(house, ours)
    const status = async (token: string | undefined, api: string) => (await ask(house, { token, api })).status
    expect(await status(program.token, invoices)).toBe(200)
    expect(await status(undefined, invoices)).toBe(401)
    expect(await status(await program.tokenFor(invoices), invoices), 'an API may have sent it on').toBe(401)
    const refused = [
      await ask(house, { token: program.token, api: ledger }),
      await ask(house, { token: program.token, api: 'https://nothing.example' }),
    ]
    expect(refused.map(({ status }) => status)).toEqual([403, 403])
    expect(await refused[0]?.text()).toBe(await refused[1]?.text())
    expect((await ask(house, { token: program.token })).status, 'of no API').toBe(400)
    expect((await ask(house, { token: program.token, api: invoices, after: 'made-up' })).status).toBe(400)
    expect((await ask(house, { token: program.token, api: invoices, limit: '501' })).status).toBe(400)
  })

  it('is answered for tokens that are for nobody’s API where the program is ours alone', async () => {
    const { house } = await world()
    const [own, other] = [await programOf(house, ours), await programOf(house, { apis: [invoices], firstParty: false })]
    expect((await ask(house, { token: own.token, api: house.issuer })).status).toBe(200)
    expect((await ask(house, { token: other.token, api: house.issuer })).status).toBe(403)
  })

  it('is nobody who is signed in, and nobody who was disabled', async () => {
    const { house } = await world()
    await house.addPerson()
    const client = await house.addClient({ apis: [invoices] })
    const { body } = await redeem(house, client, await codeFor(house, client, { scope: 'openid' }))
    expect((await ask(house, { token: body['access_token'], api: invoices })).status).toBe(401)
    const program = await programOf(house, ours)
    await house.clients.disable(arranging, program.client.id)
    await expect.poll(async () => (await ask(house, { token: program.token, api: invoices })).status).toBe(401)
  })
})
