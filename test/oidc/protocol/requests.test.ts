import { randomUUID } from 'node:crypto'
import { decodeJwt, SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorization, type Browser, callback, type House, openHouse, openSharedHouse, redeem } from '../support.ts'
import { discovered, makeKey, type Pair, plain, pushedSignIn } from './support.ts'

let house: House
let key: Pair
beforeAll(async () => {
  house = await openSharedHouse()
  await house.addPerson()
  key = await makeKey('one')
})
afterAll(() => house?.close())

const basic = ({ id, secret }: { id: string; secret?: string | undefined }) => `Basic ${btoa(`${id}:${secret}`)}`

/** Where a browser is sent that is signed in already, or what it is shown. */
async function answerTo(url: URL, browser: Browser): Promise<URL | Response> {
  const answer = await browser.get(url)
  const location = answer.headers.get('location')
  return location === null ? answer : new URL(location, url)
}

const errorIn = (answer: URL | Response): string | null =>
  answer instanceof URL ? answer.searchParams.get('error') : String(answer.status)

async function signedIn(client: { id: string }): Promise<Browser> {
  const browser = house.browser()
  const { url } = await authorization(house, { clientId: client.id })
  await browser.signIn(url)
  return browser
}

describe('a pushed request (PAR)', () => {
  async function push(
    client: { id: string; secret?: string | undefined },
    more: Record<string, string | undefined> = {},
  ) {
    const { url, verifier } = await authorization(house, { clientId: client.id, ...more })
    const answer = await fetch(new URL('/oauth/par', house.url), {
      method: 'POST',
      headers: { authorization: basic(client) },
      body: url.searchParams,
    })
    const body = (await answer.json()) as Record<string, string>
    return { status: answer.status, body, verifier }
  }
  const withUri = (clientId: string, requestUri = '') => {
    const url = new URL('/oauth/authorize', house.url)
    url.search = new URLSearchParams({ client_id: clientId, request_uri: requestUri }).toString()
    return url
  }

  it('is signed in with and redeemed by a client that others wrote, which reads who answered (RFC 9207)', async () => {
    const registered = await house.addClient()
    const as = await discovered(house)
    expect(as.authorization_response_iss_parameter_supported).toBe(true)
    const auth = oauth.ClientSecretPost(registered.secret ?? '')
    const posting = await house.addClient({ authMethod: 'client_secret_post' })
    const tokens = await pushedSignIn(house, {
      as,
      client: { client_id: posting.id },
      auth: oauth.ClientSecretPost(posting.secret ?? ''),
    })
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ iss: house.issuer, aud: posting.id })
    const both = await pushedSignIn(house, { as, client: { client_id: registered.id }, auth })
    expect(both.access_token, 'a secret is taken from header and body alike').toBeTypeOf('string')
  })

  it('counts once: of two browsers that come back with it, one gets an answer', async () => {
    const client = await house.addClient()
    const [one, other] = [await signedIn(client), await signedIn(client)]
    const { status, body } = await push(client)
    expect(status).toBe(201)
    const url = withUri(client.id, body['request_uri'])
    const answers = await Promise.all([answerTo(url, one), answerTo(url, other)])
    expect(answers.filter((answer) => answer instanceof URL && answer.searchParams.has('code'))).toHaveLength(1)
    expect(errorIn(await answerTo(url, one))).not.toBeNull()
  })

  it('is nobody else’s, and what was not pushed is fetched from nowhere (threat 27)', async () => {
    const [client, other] = [await house.addClient(), await house.addClient()]
    const browser = await signedIn(client)
    const { body } = await push(client)
    expect((await browser.get(withUri(other.id, body['request_uri']))).status).toBeGreaterThanOrEqual(400)
    for (const uri of [
      'http://127.0.0.1:9/request',
      'https://app.example.com/request',
      'urn:ietf:params:oauth:request_uri:made-up',
    ])
      expect((await browser.get(withUri(client.id, uri))).status, uri).toBeGreaterThanOrEqual(400)
    expect(errorIn(await answerTo(withUri(client.id, body['request_uri']), browser)), 'the owner goes on').toBeNull()
  })

  it('wants the client to prove itself, and refuses at once what would be refused later', async () => {
    const client = await house.addClient()
    expect((await push({ id: client.id, secret: 'wrong' })).status).toBe(401)
    expect((await push(client, { redirect_uri: 'https://evil.example.com' })).status).toBe(400)
    expect((await push(client, { code_challenge: undefined, code_challenge_method: undefined })).status).toBe(400)
    expect((await push(client, { request_uri: 'https://app.example.com/request' })).status).toBe(400)
  })

  it('is the only way for a client that is registered so', async () => {
    const client = await house.addClient({ requiresPar: true })
    const { url } = await authorization(house, { clientId: client.id })
    expect(errorIn(await answerTo(url, house.browser()))).toBe('invalid_request')
    const { body } = await push(client)
    const back = await house.browser().signIn(withUri(client.id, body['request_uri']))
    expect(back.searchParams.get('code')).not.toBeNull()
  })

  it('stands in no table, neither its address nor what it says', async () => {
    const own = await openHouse()
    await own.addPerson()
    const client = await own.addClient()
    const { url } = await authorization(own, { clientId: client.id, login_hint: 'somebody@example.test' })
    const answer = await fetch(new URL('/oauth/par', own.url), {
      method: 'POST',
      headers: { authorization: basic(client) },
      body: url.searchParams,
    })
    const { request_uri: uri = '' } = (await answer.json()) as { request_uri?: string }
    const page = new URL('/oauth/authorize', own.url)
    page.search = new URLSearchParams({ client_id: client.id, request_uri: uri }).toString()
    await own.browser().get(page)
    const rows = await own.services.database.app.selectFrom('oidc_artifacts').selectAll().execute()
    expect(rows.map(({ kind }) => kind)).toContain('PushedAuthorizationRequest')
    const pushed = rows.find(({ kind }) => kind === 'PushedAuthorizationRequest')
    expect(pushed?.payload, 'sealed').not.toHaveProperty('request')
    const text = rows.map(({ payload }) => JSON.stringify(payload)).join()
    expect(text).not.toContain(uri.split(':').at(-1))
    expect(text).not.toContain('somebody')
  })
})

describe('a signed request (JAR)', () => {
  const jwks = () => ({ keys: [{ ...key.jwk, kty: 'EC' }] })

  interface Wrong {
    readonly typ?: string
    readonly audience?: string | string[]
    readonly issuer?: string
    readonly exp?: number
    readonly sub?: string
    readonly signedBy?: Pair
    readonly claims?: Record<string, unknown>
  }

  async function request(client: { id: string }, wrong: Wrong = {}) {
    const { url, verifier } = await authorization(house, { clientId: client.id })
    const { typ = 'oauth-authz-req+jwt', audience = house.issuer, issuer = client.id, exp = 60, sub } = wrong
    const { signedBy = key } = wrong
    const jwt = new SignJWT({ jti: randomUUID(), ...Object.fromEntries(url.searchParams), ...wrong.claims })
      .setProtectedHeader({ alg: 'ES256', kid: signedBy.kid, typ })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(Math.floor(Date.now() / 1000) + exp)
    if (sub !== undefined) jwt.setSubject(sub)
    const signed = await jwt.sign(signedBy.key)
    return { signed, verifier, url: carrying(client.id, signed) }
  }
  const carrying = (clientId: string, signed: string, more: Record<string, string> = {}) => {
    const url = new URL('/oauth/authorize', house.url)
    const outer = { client_id: clientId, redirect_uri: callback, response_type: 'code', ...more }
    url.search = new URLSearchParams({ ...outer, request: signed }).toString()
    return url
  }

  it('of a client that others wrote signs somebody in, and only what is signed counts', async () => {
    const registered = await house.addClient({ jwks: jwks(), requiresSignedRequest: true })
    const as = await discovered(house)
    const client: oauth.Client = { client_id: registered.id }
    const { url: inner, verifier } = await authorization(house, { clientId: registered.id })
    const signed = await oauth.issueRequestObject(as, client, inner.searchParams, { key: key.key, kid: key.kid })
    const back = await house.browser().signIn(carrying(registered.id, signed, { scope: 'openid', state: 'forged' }))
    expect(back.searchParams.get('state')).toBe('a-state')
    const { body } = await redeem(house, registered, { code: back.searchParams.get('code') ?? '', verifier })
    expect(decodeJwt(body['id_token'] ?? '')).toMatchObject({ email: expect.any(String) })
    expect(body['scope']).toContain('email')
    const answer = await oauth.pushedAuthorizationRequest(
      as,
      client,
      oauth.ClientSecretBasic(registered.secret ?? ''),
      { request: await oauth.issueRequestObject(as, client, inner.searchParams, { key: key.key, kid: key.kid }) },
      plain,
    )
    expect(answer.status, 'pushed, too').toBe(201)
  })

  it('is what a client must send that is registered so: nothing unsigned, and never with alg none', async () => {
    const client = await house.addClient({ jwks: jwks(), requiresSignedRequest: true })
    const browser = await signedIn(await house.addClient())
    const { url } = await authorization(house, { clientId: client.id })
    expect(errorIn(await answerTo(url, browser))).toBe('invalid_request')
    const { signed } = await request(client)
    const [, payload] = signed.split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'oauth-authz-req+jwt' })).toString('base64url')
    for (const forged of [`${none}.${payload}.`, `${none}.${payload}.AA`])
      expect(errorIn(await answerTo(carrying(client.id, forged), browser))).toBe('invalid_request_object')
    const pushed = await fetch(new URL('/oauth/par', house.url), {
      method: 'POST',
      headers: { authorization: basic(client) },
      body: url.searchParams,
    })
    expect(pushed.status, 'nor pushed').toBe(400)
  })

  it('counts once, of ten at the same moment over two processes (threat 5)', async () => {
    const client = await house.addClient({ jwks: jwks() })
    const beside = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    const browser = await signedIn(client)
    const { url } = await request(client)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const at = new URL(url)
        if (index % 2) at.port = String(beside.port)
        return answerTo(at, browser)
      }),
    )
    expect(answers.filter((answer) => errorIn(answer) === null)).toHaveLength(1)
    expect(answers.filter((answer) => errorIn(answer) === 'invalid_request_object')).toHaveLength(9)
  })

  it('is refused whatever of it is wrong (threats 8 and 10)', async () => {
    const client = await house.addClient({ jwks: jwks() })
    const browser = await signedIn(client)
    for (const [what, wrong] of Object.entries<Wrong>({
      'another key': { signedBy: await makeKey('one') },
      'another issuer': { issuer: 'another' },
      'another audience': { audience: 'https://another.example.com' },
      'our token endpoint': { audience: `${house.issuer}/oauth/token` },
      'us and another': { audience: [house.issuer, 'https://evil.example'] },
      'another type': { typ: 'client-authentication+jwt' },
      'an access token': { typ: 'at+jwt' },
      expired: { exp: -60 },
      'good for a day': { exp: 86_400 },
      'an assertion as well': { sub: client.id },
      'another client inside': { claims: { client_id: 'another' } },
      'an address inside': { claims: { request_uri: 'https://app.example.com/request' } },
    }))
      expect(errorIn(await answerTo((await request(client, wrong)).url, browser)), what).toBe('invalid_request_object')
    const { signed } = await request(client)
    const [head = '', payload = '', signature = ''] = signed.split('.')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const [what, forged] of Object.entries({
      'cut short': `${head}.${payload}.${signature.slice(0, -4)}`,
      'a flipped bit': `${head}.${payload}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`,
      'another spelling': `${head}.${payload}.${signature.slice(0, -1)}${alphabet[alphabet.indexOf(signature.at(-1) ?? '') ^ 1]}`,
    }))
      expect(errorIn(await answerTo(carrying(client.id, forged), browser)), what).toBe('invalid_request_object')
    expect(errorIn(await answerTo(carrying(client.id, signed), browser)), 'itself').toBeNull()
  })
})

describe('an answer by a form (form_post)', () => {
  it('is a page of ours: no inline script, a button for whoever runs none, and a policy that leads to the client alone', async () => {
    const client = await house.addClient()
    const browser = await signedIn(client)
    const { url, verifier } = await authorization(house, { clientId: client.id, response_mode: 'form_post' })
    const page = await browser.get(url)
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(page.headers.get('cache-control')).toBe('no-store')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("form-action 'self' https://app.example.com")
    expect(html).not.toMatch(/<script(?![^>]*src=)/)
    expect(html).toMatch(/<script type="module" src="\/assets\/send-on\.[0-9a-f]+\.js"/)
    expect(html).toMatch(/<button[^>]*type="submit"/)
    expect(html).toContain(`action="${callback}"`)
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
    expect([field('state'), field('iss')]).toEqual(['a-state', house.issuer])
    expect((await redeem(house, client, { code: field('code'), verifier })).status).toBe(200)
  })

  it('brings a refusal in the same way, and what came in is text and nothing else', async () => {
    const client = await house.addClient()
    const { url } = await authorization(house, {
      clientId: client.id,
      response_mode: 'form_post',
      prompt: 'none',
      state: '"><script>alert(1)</script>',
    })
    const page = await house.browser().get(url)
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(html).toContain('value="login_required"')
    expect(html).not.toContain('<script>alert')
  })
})

describe('the claims parameter', () => {
  const asking = async (claims: unknown, more: Record<string, string> = {}) => {
    const client = await house.addClient()
    const { url, verifier } = await authorization(house, {
      clientId: client.id,
      scope: 'openid',
      claims: typeof claims === 'string' ? claims : JSON.stringify(claims),
      ...more,
    })
    return { client, url, verifier }
  }

  it('gets what there is, where it was asked for, and nothing that there is not', async () => {
    const { client, url, verifier } = await asking({
      id_token: { name: null, shoe_size: { essential: true } },
      userinfo: { email: { essential: true }, roles: null },
    })
    const back = await house.browser().signIn(url)
    const { body } = await redeem(house, client, { code: back.searchParams.get('code') ?? '', verifier })
    const inToken = decodeJwt(body['id_token'] ?? '')
    expect(inToken).toMatchObject({ name: 'Ada Lovelace' })
    expect(Object.keys(inToken)).not.toContain('shoe_size')
    expect(Object.keys(inToken)).not.toContain('email')
    const answer = await fetch(`${house.url}/oauth/userinfo`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    })
    expect(await answer.json()).toEqual({ sub: inToken.sub, email: expect.stringContaining('@') })
  })

  it('an essential level that nobody can reach is refused without a question, one that this person cannot reach after one', async () => {
    const { url: never } = await asking({ id_token: { acr: { essential: true, value: 'urn:gold' } } })
    expect(errorIn(await answerTo(never, house.browser()))).toBe('unmet_authentication_requirements')
    const { url: tooMuch } = await asking({ id_token: { acr: { essential: true, values: ['phr'] } } })
    const back = await house.browser().signIn(tooMuch)
    expect(back.searchParams.get('error')).toBe('unmet_authentication_requirements')
    const { url: enough } = await asking({ id_token: { acr: { essential: true, values: ['aal1', 'phr'] } } })
    expect((await house.browser().signIn(enough)).searchParams.get('code')).not.toBeNull()
  })

  it('a level that is stronger than an essential one will do, and nobody is asked for ever', async () => {
    const own = await openHouse()
    await own.addPerson()
    own.prove({ factor: 'passkey', verified: true, synced: true })
    const client = await own.addClient()
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['aal2'] } } })
    const { url, verifier } = await authorization(own, { clientId: client.id, claims })
    const back = await own.browser().signIn(url)
    const { body } = await redeem(own, client, { code: back.searchParams.get('code') ?? '', verifier })
    expect(decodeJwt(body['id_token'] ?? '')['acr']).toBe('phr')
  })

  it('that is malformed is refused', async () => {
    const browser = await signedIn(await house.addClient())
    for (const claims of ['{', '[]', '{}', { id_token: [] }, { id_token: { acr: { values: 'phr' } } }])
      expect(errorIn(await answerTo((await asking(claims)).url, browser)), JSON.stringify(claims)).toBe(
        'invalid_request',
      )
  })
})

describe('PKCE (threat 9)', () => {
  const wanted = async (more: Record<string, string | undefined>, pkce: 'required' | 'optional' = 'required') => {
    const client = await house.addClient({ pkce })
    const { url, verifier } = await authorization(house, { clientId: client.id, ...more })
    return { client, url, verifier }
  }
  const without = { code_challenge: undefined, code_challenge_method: undefined }

  it('is required of everybody, by S256 alone', async () => {
    for (const more of [
      without,
      { code_challenge_method: 'plain' },
      { code_challenge_method: undefined },
      { code_challenge: undefined },
      { code_challenge: 'short' },
    ]) {
      const { url } = await wanted(more)
      expect(errorIn(await answerTo(url, house.browser())), JSON.stringify(more)).toBe('invalid_request')
    }
  })

  it('a client that keeps a secret may be let off, one that keeps none never', async () => {
    const { client, url } = await wanted(without, 'optional')
    const code = (await house.browser().signIn(url)).searchParams.get('code') ?? ''
    const answer = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      headers: { authorization: basic(client) },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: callback }),
    })
    expect(answer.status).toBe(200)
    await expect(house.addClient({ type: 'native', pkce: 'optional' })).rejects.toThrow()
    const { url: plainly } = await wanted({ code_challenge_method: 'plain' }, 'optional')
    expect(errorIn(await answerTo(plainly, house.browser())), 'and plain is not taken from it either').toBe(
      'invalid_request',
    )
  })

  it('a code is redeemed as it was asked for: no verifier where there was no challenge, and the reverse', async () => {
    const { client, url, verifier } = await wanted(without, 'optional')
    const code = (await house.browser().signIn(url)).searchParams.get('code') ?? ''
    expect((await redeem(house, client, { code, verifier })).body).toMatchObject({ error: 'invalid_grant' })
    const { client: other, url: bound } = await wanted({}, 'optional')
    const second = (await house.browser().signIn(bound)).searchParams.get('code') ?? ''
    const answer = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      headers: { authorization: basic(other) },
      body: new URLSearchParams({ grant_type: 'authorization_code', code: second, redirect_uri: callback }),
    })
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('what is not spoken', () => {
  it.each(['token', 'id_token', 'code token', 'code id_token', 'id_token token', 'none'])(
    'response_type=%s',
    async (type) => {
      const client = await house.addClient()
      const { url } = await authorization(house, { clientId: client.id, response_type: type })
      const answer = await answerTo(url, house.browser())
      const said = answer instanceof URL ? `${answer.search}${answer.hash}` : ''
      expect(said).toMatch(/error=(unsupported_response_type|invalid_request)/)
      expect(said).not.toMatch(/token=|code=/)
    },
  )

  it.each(['password', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer'])('grant_type=%s', async (type) => {
    const client = await house.addClient()
    const answer = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      headers: { authorization: basic(client) },
      body: new URLSearchParams({ grant_type: type, username: 'ada@example.test', password: 'x', assertion: 'x' }),
    })
    expect(await answer.json()).toMatchObject({ error: 'unsupported_grant_type' })
  })
})
