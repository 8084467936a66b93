import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { inTransaction } from '../../../src/db/transaction.ts'
import { arranging } from '../../support/event-guard.ts'
import { type House, openHouse, openSharedHouse } from '../support.ts'
import { discovered, makeKey, type Pair, plain, program, pushedSignIn } from './support.ts'

let house: House
let key: Pair
beforeAll(async () => {
  house = await openSharedHouse()
  await house.addPerson()
  key = await makeKey('one')
})
afterAll(() => house?.close())

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

interface Assertion {
  readonly issuer?: string
  readonly audience?: string | string[]
  readonly typ?: string | undefined
  readonly jti?: string | undefined
  /** Seconds from now. */
  readonly exp?: number
  readonly signedBy?: Pair
}

const assertionOf = (
  id: string,
  { issuer = id, audience = house.issuer, typ, jti = randomUUID(), exp = 60, signedBy = key }: Assertion = {},
): Promise<string> =>
  new SignJWT({ ...(jti !== '' && { jti }) })
    .setProtectedHeader({ alg: 'ES256', kid: signedBy.kid, ...(typ !== undefined && { typ }) })
    .setIssuer(issuer)
    .setSubject(id)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + exp)
    .sign(signedBy.key)

async function ask(
  assertion: string,
  { url }: Pick<House, 'url'> = house,
): Promise<{ status: number; error?: string }> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: TYPE,
    client_assertion: assertion,
  })
  const answer = await fetch(new URL('/oauth/token', url), { method: 'POST', body })
  const { error } = (await answer.json()) as { error?: string }
  return { status: answer.status, ...(error !== undefined && { error }) }
}

const withKeys = (keys: readonly Pair[]) => ({
  ...program,
  authMethod: 'private_key_jwt' as const,
  jwks: { keys: keys.map(({ jwk }) => ({ ...jwk, kty: jwk.kty ?? '' })) },
})

describe('an application that proves itself by a key (private_key_jwt)', () => {
  it('signs in, refreshes and asks by an assertion of a client that others wrote', async () => {
    const as = await discovered(house)
    const registered = await house.addClient({
      authMethod: 'private_key_jwt',
      jwks: { keys: [{ ...key.jwk, kty: 'EC' }] },
    })
    const client: oauth.Client = { client_id: registered.id }
    const auth = oauth.PrivateKeyJwt({ key: key.key, kid: key.kid })
    const tokens = await pushedSignIn(house, { as, client, auth })
    expect(tokens.token_type).toBe('bearer')
    const refreshed = await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token ?? '', plain)
    const next = await oauth.processRefreshTokenResponse(as, client, refreshed)
    const asked = await oauth.introspectionRequest(as, client, auth, next.access_token, plain)
    expect(await oauth.processIntrospectionResponse(as, client, asked)).toMatchObject({ active: true })
  })

  it('counts once: of twenty at the same moment over two processes, one (threat 5)', async () => {
    const beside = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    const { id } = await house.addClient(withKeys([key]))
    const assertion = await assertionOf(id)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => ask(assertion, index % 2 === 0 ? house : beside)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.map(({ error }) => error))).toEqual(new Set([undefined, 'invalid_client']))
    expect((await ask(await assertionOf(id))).status, 'the next one').toBe(200)
  })

  it('is refused whatever of the assertion is wrong (threats 8 and 10)', async () => {
    const { id } = await house.addClient(withKeys([key]))
    const other = await house.addClient(withKeys([await makeKey('one')]))
    const stranger = await makeKey('one')
    const good = await assertionOf(id)
    const [head = '', payload = '', signature = ''] = good.split('.')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    const hmac = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'one' })).toString('base64url')
    const wrong: Record<string, string> = {
      'of another key': await assertionOf(id, { signedBy: stranger }),
      'of another client': await assertionOf(other.id),
      'of another issuer': await assertionOf(id, { issuer: other.id }),
      'for another audience': await assertionOf(id, { audience: 'https://another.example.com' }),
      'for our token endpoint (CVE-2025-27370)': await assertionOf(id, { audience: `${house.issuer}/oauth/token` }),
      'for us and another': await assertionOf(id, { audience: [house.issuer, 'https://evil.example'] }),
      'for another and our token endpoint': await assertionOf(id, {
        audience: ['https://evil.example', `${house.issuer}/oauth/token`],
      }),
      'for a list of us alone': await assertionOf(id, { audience: [house.issuer] }),
      'of another type': await assertionOf(id, { typ: 'at+jwt' }),
      'that is a proof': await assertionOf(id, { typ: 'dpop+jwt' }),
      'that is a request': await assertionOf(id, { typ: 'oauth-authz-req+jwt' }),
      'without an id': await assertionOf(id, { jti: '' }),
      'that has expired': await assertionOf(id, { exp: -60 }),
      'that is good for a day': await assertionOf(id, { exp: 86_400 }),
      'without an algorithm': `${none}.${payload}.`,
      'with the public key as a secret': `${hmac}.${payload}.${signature}`,
      'cut short': `${head}.${payload}.${signature.slice(0, -4)}`,
      'with a flipped bit': `${head}.${payload.slice(0, -3)}${payload.at(-3) === 'A' ? 'B' : 'A'}${payload.slice(-2)}.${signature}`,
      'in another spelling': `${head}.${payload}.${signature.slice(0, -1)}${alphabet[alphabet.indexOf(signature.at(-1) ?? '') ^ 1]}`,
    }
    for (const [what, assertion] of Object.entries(wrong))
      expect((await ask(assertion)).status, what).toBeOneOf([400, 401])
    for (const typ of [undefined, 'JWT', 'client-authentication+jwt'])
      expect((await ask(await assertionOf(id, { typ }))).status, `typ ${typ}`).toBe(200)
    expect((await ask(good)).status, 'none of them has used the good one up').toBe(200)
  })

  it('proves itself in no other way than the registered one', async () => {
    const { id } = await house.addClient(withKeys([key]))
    const secretly = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:guess`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    expect(secretly.status).toBe(401)
    const bySecret = await house.addClient(program)
    expect((await ask(await assertionOf(bySecret.id))).status).toBe(401)
  })
})

describe('keys at an address (jwks_uri)', () => {
  async function keysAt(keys: Pair[]) {
    const asked = { times: 0, hangsUp: false }
    const server = createServer((_, answer) => {
      asked.times += 1
      if (asked.hangsUp) return void answer.destroy()
      answer.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=86400' })
      answer.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return { url: `http://127.0.0.1:${address.port}/keys`, asked, keys }
  }

  /** The engine goes by the time of day. */
  function laterBy(house: House, seconds: number) {
    const { now } = Date
    const spy = vi.spyOn(Date, 'now').mockImplementation(() => now() + seconds * 1000)
    onTestFinished(() => spy.mockRestore())
    house.clock.advance(seconds * 1000)
  }

  /** An address without TLS is registered by nobody; a test has no certificate that everybody trusts. */
  async function clientAt(open: House, url: string) {
    const jwksUri = 'https://keys.example.com/keys'
    const client = await open.addClient({ ...program, authMethod: 'private_key_jwt', jwksUri })
    await inTransaction(open.services.database.owner, async (tx) => {
      await arranging(tx)
      await tx.updateTable('oidc_clients').set({ jwks_uri: url }).where('client_id', '=', client.id).execute()
    })
    return client
  }

  const openTo = (allow: string[]) => openHouse({ outgoing: { allow } })

  it('are fetched once for many, and again for a key that nobody knows, at most once a minute', async () => {
    const open = await openTo(['127.0.0.1'])
    const at = await keysAt([key])
    const { id } = await clientAt(open, at.url)
    const mine = { audience: open.issuer }
    for (let times = 0; times < 3; times++) expect((await ask(await assertionOf(id, mine), open)).status).toBe(200)
    expect(at.asked.times).toBe(1)
    const second = await makeKey('two')
    at.keys.push(second)
    for (let times = 0; times < 5; times++)
      expect((await ask(await assertionOf(id, { ...mine, signedBy: second }), open)).status).toBe(401)
    expect(at.asked.times, 'within the minute').toBe(1)
    laterBy(open, 61)
    const exp = 61 + 60
    expect((await ask(await assertionOf(id, { ...mine, exp, signedBy: second }), open)).status).toBe(200)
    expect(at.asked.times).toBe(2)
  })

  it('that are taken away count for two minutes more at most, whatever the address says', async () => {
    const open = await openTo(['127.0.0.1'])
    const at = await keysAt([key])
    const { id } = await clientAt(open, at.url)
    const mine = { audience: open.issuer }
    expect((await ask(await assertionOf(id, mine), open)).status).toBe(200)
    at.keys.splice(0, 1, await makeKey('one'))
    laterBy(open, 121)
    expect((await ask(await assertionOf(id, { ...mine, exp: 200 }), open)).status).toBe(401)
  })

  it('that cannot be fetched are asked for once a minute too, however many assertions come', async () => {
    const open = await openTo(['127.0.0.1'])
    const at = await keysAt([key])
    at.asked.hangsUp = true
    const { id } = await clientAt(open, at.url)
    for (let times = 0; times < 5; times++)
      expect((await ask(await assertionOf(id, { audience: open.issuer }), open)).status).toBe(401)
    expect(at.asked.times).toBe(1)
  })

  it('inside of our own network are fetched from nowhere, unless the operator allows it (threat 27)', async () => {
    const closed = await openTo([])
    const at = await keysAt([key])
    const port = new URL(at.url).port
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '[::1]']) {
      const { id } = await clientAt(closed, `http://${host}:${port}/keys`)
      expect((await ask(await assertionOf(id, { audience: closed.issuer }), closed)).status, host).toBe(401)
    }
    expect(at.asked.times).toBe(0)
  })
})
