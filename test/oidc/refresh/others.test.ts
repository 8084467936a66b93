import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../../src/access/authority.ts'
import { defineId } from '../../../src/lib/ids.ts'
import { CLIENTS_CHANNEL } from '../../../src/oidc/clients/store.ts'
import { eventually } from '../../support/eventually.ts'
import { arranged, by, invoicing, must, signIn } from '../organisations-support.ts'
import { askToken, type Code, codeFor, type House, openHouse, redeem } from '../support.ts'
import { type Answer, type Client, firstToken, outcomeOf, REFUSED, refreshing, rowsOf, transaction } from './support.ts'

const userId = defineId('usr')
const good = /^[\w-]{43}$/

describe('a refresh token in other hands is refused, and stays as good as it was for its own', () => {
  it('those of another client (threat 3)', async () => {
    const house = await openHouse()
    await house.addPerson()
    const [own, other] = [await house.addClient(), await house.addClient({ name: 'Another' })]
    const first = await firstToken(house, own)
    expect(outcomeOf(await refreshing(house, other)(first))).toBe(REFUSED)
    const second = outcomeOf(await refreshing(house, own)(first))
    expect(second).toMatch(good)
    expect(outcomeOf(await refreshing(house, other)(first)), 'a retry').toBe(REFUSED)
    expect(outcomeOf(await refreshing(house, own)(second))).toMatch(good)
    expect(house.toldOfReplay).toEqual([])
  })

  it('those of nobody who proves to be its client (threat 6)', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const first = await firstToken(house, client)
    for (const secret of ['wrong', `${client.secret} `])
      expect(outcomeOf(await refreshing(house, { id: client.id, secret })(first))).toBe('401 invalid_client')
    expect(outcomeOf(await refreshing(house, { id: client.id })(first))).toMatch(/^40[01] /)
    const alone = { grant_type: 'refresh_token', refresh_token: first }
    const nobody = await fetch(`${house.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(alone) })
    expect(nobody.status).toBe(400)
    expect(await rowsOf(house, 'RefreshToken')).toMatchObject([{ uses: 0, consumed_at: null }])
    expect(outcomeOf(await refreshing(house, client)(first))).toMatch(good)
  })

  it('[MON-6] those without the key that it is bound to, at its first use and at a retry', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient({ type: 'single-page' })
    const [own, other] = [await keyHolder(house), await keyHolder(house)]
    const first = outcomeOf(await own(redemption(client, await codeFor(house, client))))
    expect(first).toMatch(good)
    const use = (token: string) => ({ grant_type: 'refresh_token', client_id: client.id, refresh_token: token })
    expect(outcomeOf(await other(use(first)))).toBe(REFUSED)
    expect(outcomeOf(await refreshing(house, client)(first)), 'no key at all').toBe(REFUSED)
    const second = outcomeOf(await own(use(first)))
    expect(second).toMatch(good)
    expect(outcomeOf(await other(use(first))), 'a retry').toBe(REFUSED)
    expect(outcomeOf(await own(use(first)))).toBe(second)
  })

  it('those of whoever may look at it: to ask about it is no use, nor is it to ask for the end of somebody else’s', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const first = await firstToken(house, client)
    for (let time = 0; time < 2; time++) {
      const asked = await fetch(`${house.url}/oauth/introspect`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
        body: new URLSearchParams({ token: first }),
      })
      expect(await asked.json()).toMatchObject({ active: true })
    }
    const other = await house.addClient({ name: 'Another' })
    const basic = btoa(`${other.id}:${other.secret}`)
    await fetch(`${house.url}/oauth/revoke`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ token: first, token_type_hint: 'refresh_token' }),
    })
    expect(await rowsOf(house, 'RefreshToken')).toMatchObject([{ uses: 0, consumed_at: null }])
  })
})

/** Every instance hears of a change within a second: until this one has, it goes on with a token that nothing depends on. */
async function heardOf(
  use: (token: string) => Promise<Answer>,
  probe: string,
  has: (before: string, after: string) => boolean,
): Promise<string> {
  let token = probe
  return eventually(async () => {
    const before = token
    const after = outcomeOf(await use(before))
    if (good.test(after)) token = after
    return has(before, after) ? after : undefined
  })
}

const redemption = ({ id, redirectUris: [redirectUri = ''] }: Client, { code, verifier }: Code) => ({
  grant_type: 'authorization_code',
  client_id: id,
  code,
  code_verifier: verifier,
  redirect_uri: redirectUri,
})

/** Whoever signs each request with a key of its own (RFC 9449). */
async function keyHolder(house: House) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const htu = new URL('/oauth/token', house.issuer).href
  const proofOf = (nonce: string | undefined) =>
    new SignJWT({ htm: 'POST', htu, jti: crypto.randomUUID(), ...(nonce !== undefined && { nonce }) })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .setIssuedAt()
      .sign(privateKey)
  const ask = async (fields: Record<string, string>, nonce?: string): Promise<Answer> => {
    const headers = { dpop: await proofOf(nonce) }
    const url = new URL('/oauth/token', house.url)
    const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) })
    const body = (await answer.json()) as Record<string, string>
    const asked = answer.headers.get('dpop-nonce')
    return body['error'] === 'use_dpop_nonce' && asked ? ask(fields, asked) : { status: answer.status, body }
  }
  return (fields: Record<string, string>) => ask(fields)
}

describe('what has changed since the token was issued is judged at its use (threat 7)', () => {
  it('whoever was disabled is refused, and enabled again has to sign in', async () => {
    const house = await openHouse()
    const person = await house.addPerson()
    const client = await house.addClient()
    const first = await firstToken(house, client)
    must(await house.users.disable(by, person.id))
    expect(outcomeOf(await refreshing(house, client)(first))).toBe(REFUSED)
    must(await house.users.enable(by, person.id))
    expect(outcomeOf(await refreshing(house, client)(first))).toBe(REFUSED)
    expect(house.toldOfReplay).toEqual([])
  })

  it.each([
    { what: 'disabled', set: { status: 'disabled', disabled_at: new Date() } },
    { what: 'locked', set: { locked_at: new Date(), lock_reason: 'not-me' } },
  ])(
    'whoever is $what is refused, also where nothing else was ended, and the token is as good as it was',
    async ({ set }) => {
      const house = await openHouse()
      const { id } = await house.addPerson()
      const client = await house.addClient()
      const first = await firstToken(house, client)
      const become = (values: Readonly<Record<string, unknown>>) =>
        arranged(house, async (tx) => {
          await tx.updateTable('users').set(values).where('id', '=', userId.toUuid(id)).execute()
        })
      await become(set)
      expect(outcomeOf(await refreshing(house, client)(first))).toBe(REFUSED)
      expect(outcomeOf(await refreshing(house, client)(first, { scope: 'email' })), 'without an ID token').toBe(REFUSED)
      await become({ status: 'active', disabled_at: null, locked_at: null, lock_reason: null })
      expect(outcomeOf(await refreshing(house, client)(first, { scope: 'email' }))).toMatch(good)
    },
  )

  it('a client that was disabled is refused, and its tokens are no use to it before it is enabled', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const first = await firstToken(house, client)
    must(await house.oidc.clients.disable(by, client.id))
    // Known on every instance within a second; until then it was good.
    await eventually(async () =>
      outcomeOf(await refreshing(house, client)('none')) === '401 invalid_client' ? true : undefined,
    )
    expect(outcomeOf(await refreshing(house, client)(first))).toBe('401 invalid_client')
    expect(house.toldOfReplay).toEqual([])
  })

  it('a session that was ended takes its tokens along', async () => {
    const house = await openHouse()
    const person = await house.addPerson()
    const client = await house.addClient()
    const first = await firstToken(house, client)
    await transaction(house, (tx) =>
      house.sessions.endAllOf(tx, { actor: { kind: 'person', id: person.id } }, person.id, { reason: 'revoked' }),
    )
    expect(outcomeOf(await refreshing(house, client)(first))).toBe(REFUSED)
  })

  it('a member who was taken out of the organisation is refused', async () => {
    const house = await openHouse()
    const person = await house.addPerson()
    const { client: addClient, company } = await invoicing(house)
    const client = await addClient({ organisations: 'required' })
    const { id } = await company([[person.id, 'viewer']])
    const { refresh } = await signIn(house, client)
    must(await house.companies.orgs.memberships.suspend(by, instanceAuthority, id, person.id))
    expect(outcomeOf(await refreshing(house, client)(refresh))).toBe(REFUSED)
    must(await house.companies.orgs.memberships.readmit(by, instanceAuthority, id, person.id))
    expect(outcomeOf(await refreshing(house, client)(refresh))).toMatch(good)
  })

  it('a switch to an organisation that is not theirs is refused, and leaves the token and its own as they were', async () => {
    const house = await openHouse()
    const person = await house.addPerson()
    const { client: addClient, company } = await invoicing(house)
    const client = await addClient({ organisations: 'required' })
    const [own, theirs] = [await company([[person.id, 'viewer']]), await company([])]
    const { refresh, claims } = await signIn(house, client)
    expect(claims['org_id']).toBe(own.id)
    const refused = await refreshing(house, client)(refresh, { organization: theirs.id })
    expect(refused.status).toBe(400)
    expect(await rowsOf(house, 'RefreshToken')).toMatchObject([{ uses: 0, consumed_at: null }])
    expect(outcomeOf(await refreshing(house, client)(refresh))).toMatch(good)
  })

  it('a sign-in that is too weak for what the application asks for now is refused, and the token is as good as it was', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const [first, probe] = [await firstToken(house, client), await firstToken(house, client)]
    must(await house.oidc.clients.update(by, client.id, { mfa: 'required' }))
    await heardOf(refreshing(house, client), probe, (_, outcome) => outcome.startsWith('400'))
    expect(outcomeOf(await refreshing(house, client)(first))).toMatch(/^400 /)
    expect(await rowsOf(house, 'RefreshToken')).toContainEqual(expect.objectContaining({ uses: 0, consumed_at: null }))
    must(await house.oidc.clients.update(by, client.id, { mfa: null }))
    const second = await heardOf(refreshing(house, client), first, (_, outcome) => good.test(outcome))
    expect(second).not.toBe(first)
    expect(house.toldOfReplay).toEqual([])
  })
})

describe('a client that holds a key and says that it follows FAPI 2.0', () => {
  it('uses one refresh token again and again, which slides, and ends all the same', async () => {
    const house = await openHouse({ tokens: { retryWindow: 0 } })
    await house.addPerson()
    const client = await house.addClient({ type: 'single-page' })
    const own = await keyHolder(house)
    const given = async () => outcomeOf(await own(redemption(client, await codeFor(house, client))))
    const [first, probe] = [await given(), await given()]
    await arranged(house, async (tx) => {
      const fapi = { profile: 'fapi2', token_binding: 'dpop' }
      await tx.updateTable('oidc_clients').set(fapi).where('client_id', '=', client.id).execute()
      await sql`SELECT pg_notify(${CLIENTS_CHANNEL}, ${client.id})`.execute(tx)
    })
    const use = (token: string) => own({ grant_type: 'refresh_token', client_id: client.id, refresh_token: token })
    await heardOf(use, probe, (before, after) => before === after)
    const ask = () => use(first)
    const day = 86_400_000
    const answers = await Promise.all(Array.from({ length: 5 }, ask))
    expect(answers.map(outcomeOf)).toEqual(answers.map(() => first))
    for (const days of [6, 6, 6]) {
      house.clock.advance(days * day)
      expect(outcomeOf(await ask())).toBe(first)
    }
    expect(await rowsOf(house, 'RefreshToken')).toContainEqual(expect.objectContaining({ uses: 0, consumed_at: null }))
    house.clock.advance(7 * day)
    expect(outcomeOf(await ask()), 'idle for too long').toBe(REFUSED)
  })
})

it('every code and refresh token, and the grant, say in which session they were given', async () => {
  const house = await openHouse()
  await house.addPerson()
  const client = await house.addClient()
  const browser = house.browser()
  const code = await codeFor(house, client, { browser })
  const [session] = await house.services.database.app.selectFrom('sessions').select('id').execute()
  const of = async (kind: string) => (await rowsOf(house, kind)).map(({ session_id }) => session_id)
  expect(session?.id).toBeDefined()
  expect({ grant: await of('Grant'), code: await of('AuthorizationCode') }).toEqual({
    grant: [session?.id],
    code: [session?.id],
  })
  const { body } = await redeem(house, client, code)
  await askToken(house, client, { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' })
  expect(await of('RefreshToken')).toEqual([session?.id, session?.id])
})
