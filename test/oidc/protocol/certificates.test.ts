import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { hasSubject } from '../../../src/oidc/certificates/subject.ts'
import { everythingHeard } from '../../support/heard.ts'
import { arranging, codeFor, type House, openHouse, openSharedHouse } from '../support.ts'
import { program } from './support.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, 'certificates', `${name}.cert.pem`), 'utf8')
const [invoices, other] = [read('invoices'), read('other')]
const subject = String.raw`CN=invoices.example.com, OU=Billing, O=Nord\, Wind, C=AT`

/** As a key set shows it whose owner made the certificate (RFC 8705 §2.2). */
const keysWith = (pem: string) => {
  const { publicKey, raw } = new X509Certificate(pem)
  return { keys: [{ ...publicKey.export({ format: 'jwk' }), kty: 'EC', x5c: [raw.toString('base64')] }] }
}
const thumbprint = (pem: string) => createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
const escaped = encodeURIComponent(invoices)

const behindProxy = {
  server: {
    clientCertificateHeader: 'x-ssl-client-cert',
    clientCertificateVerifiedHeader: 'x-ssl-client-verify',
    trustedProxies: ['127.0.0.1'],
  },
}

type Sent = Record<string, string>

const ask = async ({ url }: Pick<House, 'url'>, id: string, headers: Sent, secret?: string) => {
  const answer = await fetch(new URL('/oauth/token', url), {
    method: 'POST',
    headers: { ...headers, ...(secret !== undefined && { authorization: `Basic ${btoa(`${id}:${secret}`)}` }) },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(secret === undefined && { client_id: id }) }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

describe('an application that proves itself by a certificate', () => {
  let house: House
  beforeAll(async () => {
    house = await openSharedHouse(behindProxy)
    return () => house.close()
  })

  it('by its own, which it registered: nobody else by theirs, or by none', async () => {
    const { id } = await house.addClient({
      ...program,
      authMethod: 'self_signed_tls_client_auth',
      jwks: keysWith(invoices),
    })
    expect((await ask(house, id, { 'x-ssl-client-cert': escaped })).status).toBe(200)
    const bytes = `:${new X509Certificate(invoices).raw.toString('base64')}:`
    expect((await ask(house, id, { 'x-ssl-client-cert': bytes })).status, 'as RFC 9440 writes it').toBe(200)
    for (const [what, headers] of Object.entries<Sent>({
      none: {},
      empty: { 'x-ssl-client-cert': '' },
      'of another': { 'x-ssl-client-cert': encodeURIComponent(other) },
      'two at once': { 'x-ssl-client-cert': `${escaped}, ${encodeURIComponent(other)}` },
      'two in one': { 'x-ssl-client-cert': encodeURIComponent(invoices + other) },
      'cut short': { 'x-ssl-client-cert': escaped.slice(0, 400) },
      'in another header': { 'x-client-cert': escaped },
      'not to be decoded': { 'x-ssl-client-cert': '%E0%A4%A' },
    }))
      expect((await ask(house, id, headers)).status, what).toBe(401)
  })

  it('by a name in one that an authority has signed: only where the proxy says so, and for the whole name', async () => {
    const { id } = await house.addClient({ ...program, authMethod: 'tls_client_auth', tlsSubject: subject })
    const sent = (more: Sent) => ask(house, id, { 'x-ssl-client-cert': escaped, ...more })
    expect((await sent({ 'x-ssl-client-verify': 'SUCCESS' })).status).toBe(200)
    for (const said of ['FAILED:self-signed certificate', 'NONE', 'success', 'SUCCESS, SUCCESS', ''])
      expect((await sent({ 'x-ssl-client-verify': said })).status, said).toBe(401)
    expect((await sent({})).status).toBe(401)
    const anotherName = { 'x-ssl-client-cert': encodeURIComponent(other), 'x-ssl-client-verify': 'SUCCESS' }
    expect((await ask(house, id, anotherName)).status).toBe(401)
  })

  it('not by one whose time has not come or is over', async () => {
    const own = await openHouse(behindProxy)
    const { id } = await own.addClient({
      ...program,
      authMethod: 'self_signed_tls_client_auth',
      jwks: keysWith(invoices),
    })
    own.clock.set(new Date('2001-01-01'))
    expect((await ask(own, id, { 'x-ssl-client-cert': escaped })).status).toBe(401)
  })

  it('[MON-6] has tokens that name its certificate, and are worth nothing with another or none', async () => {
    await house.addPerson()
    const client = await house.addClient({ tokenBinding: 'mtls' })
    const { code, verifier } = await codeFor(house, client)
    const redeemed = async (headers: Sent) => {
      const answer = await fetch(new URL('/oauth/token', house.url), {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}`, ...headers },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          code_verifier: verifier,
          redirect_uri: 'https://app.example.com/callback',
        }),
      })
      return (await answer.json()) as Record<string, string>
    }
    expect(await redeemed({}), 'without').toMatchObject({ error: 'invalid_grant' })
    const tokens = await redeemed({ 'x-ssl-client-cert': escaped })
    const access = tokens['access_token'] ?? ''
    expect(decodeJwt(access)['cnf']).toEqual({ 'x5t#S256': thumbprint(invoices) })
    const userinfo = async (headers: Sent) =>
      (await fetch(`${house.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${access}`, ...headers } }))
        .status
    expect(await userinfo({ 'x-ssl-client-cert': escaped })).toBe(200)
    expect(await userinfo({})).toBe(401)
    expect(await userinfo({ 'x-ssl-client-cert': encodeURIComponent(other) })).toBe(401)
    const introspected = await fetch(`${house.url}/oauth/introspect`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
      body: new URLSearchParams({ token: access }),
    })
    expect(await introspected.json()).toMatchObject({ active: true, cnf: { 'x5t#S256': thumbprint(invoices) } })
  })

  it('is said in the discovery document, as far as it goes', async () => {
    const said = async ({ url }: Pick<House, 'url'>) =>
      (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as Record<string, unknown>
    expect(await said(house)).toMatchObject({
      tls_client_certificate_bound_access_tokens: true,
      token_endpoint_auth_methods_supported: expect.arrayContaining(['tls_client_auth', 'self_signed_tls_client_auth']),
    })
    const { clientCertificateVerifiedHeader: _, ...unverified } = behindProxy.server
    const half = await openHouse({ server: unverified })
    expect(JSON.stringify(await said(half))).not.toContain('"tls_client_auth"')
    const none = await openHouse()
    expect(JSON.stringify(await said(none))).not.toContain('tls_client')
  })
})

describe('the header of a certificate', () => {
  it('is nobody’s to write but the trusted proxy’s', async () => {
    const open = await openHouse({ server: { ...behindProxy.server, trustedProxies: ['192.0.2.1'] } })
    const { id } = await open.addClient({
      ...program,
      authMethod: 'self_signed_tls_client_auth',
      jwks: keysWith(invoices),
    })
    expect((await ask(open, id, { 'x-ssl-client-cert': escaped })).status).toBe(401)
  })

  it('is read by nobody where none is configured, and no token is bound to what is not read', async () => {
    const before = await openHouse(behindProxy)
    const bound = await before.addClient({ ...program, tokenBinding: 'mtls' })
    const beside = { database: before.database, issuer: before.issuer }
    const open = await openHouse({ env: { TRUSTED_PROXIES: '127.0.0.1' }, beside })
    expect(await open.clients.update(arranging, bound.id, { name: 'Renamed' })).toMatchObject({ ok: true })
    expect(await open.clients.update(arranging, bound.id, { tokenBinding: 'none' })).toMatchObject({ ok: true })
    expect(await open.clients.update(arranging, bound.id, { tokenBinding: 'mtls' })).toMatchObject({
      error: { reason: 'certificates-unread' },
    })
    await before.clients.update(arranging, bound.id, { tokenBinding: 'mtls' })
    await everythingHeard(open.services)
    expect((await ask(open, bound.id, { 'x-ssl-client-cert': escaped }, bound.secret)).status).toBe(400)
  })
})

describe('the name in a certificate', () => {
  const certificate = new X509Certificate(invoices)
  it.each([
    ['as it is', subject, true],
    [
      'without spaces, in other letters of the attributes',
      String.raw`cn=invoices.example.com,ou=Billing,o=Nord\, Wind,c=AT`,
      true,
    ],
    ['with a comma by its number', String.raw`CN=invoices.example.com,OU=Billing,O=Nord\2c Wind,C=AT`, true],
    ['a part of it', 'CN=invoices.example.com', false],
    ['in another order', String.raw`C=AT, O=Nord\, Wind, OU=Billing, CN=invoices.example.com`, false],
    ['with more', String.raw`CN=invoices.example.com, OU=Billing, O=Nord\, Wind, C=AT, C=AT`, false],
    ['with another border', 'CN=invoices.example.com, OU=Billing, O=Nord, Wind, C=AT', false],
    ['nothing', '', false],
  ])('%s', (_, registered, expected) => {
    expect(hasSubject(certificate, registered)).toBe(expected)
  })
})
