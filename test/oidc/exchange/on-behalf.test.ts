import { decodeJwt } from 'jose'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { inTransaction } from '../../../src/db/transaction.ts'
import { arranging as arrangingRows } from '../../support/event-guard.ts'
import { eventually } from '../../support/eventually.ts'
import { arranging, openHouse } from '../support.ts'
import { ACCESS_TOKEN, exchange, exchanged, introspect, invoices, payments, tokenOf, twoServices } from './support.ts'

describe('a back end that calls another in the name of a person', () => {
  it('gets a token for that one, of that person, and says in it who acts', async () => {
    const house = await openHouse()
    const { ada, web, backEnd } = await twoServices(house)
    const subject = await tokenOf(house, web)
    const before = decodeJwt(subject)
    const { claims, body, token } = await exchanged(house, backEnd, subject)
    expect(claims).toMatchObject({
      sub: ada.id,
      aud: payments,
      client_id: backEnd.id,
      act: { sub: backEnd.id },
      scope: 'money:read',
      sid: before['sid'],
      auth_time: before['auth_time'],
      acr: 'aal1',
      amr: ['pwd'],
    })
    expect(body).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: 'Bearer', scope: 'money:read' })
    expect([body['refresh_token'], body['id_token']]).toEqual([undefined, undefined])
    expect(await introspect(house, backEnd, token)).toMatchObject({
      active: true,
      act: { sub: backEnd.id },
      sub: ada.id,
    })
    const [event, ...more] = await house.events('token.exchanged')
    expect(more).toEqual([])
    expect(JSON.stringify(event)).toContain(payments)
  })

  it('never gets more scopes than the token had that it was shown, nor than it may have itself', async () => {
    const house = await openHouse()
    const { web, backEnd } = await twoServices(house)
    const narrow = await tokenOf(house, web, { scope: 'openid money:read invoices:send' })
    for (const scope of ['money:write', 'payments:make', 'money:read money:write', 'openid', 'offline_access'])
      expect([scope, (await exchange(house, backEnd, narrow, { scope })).body['error']]).toEqual([
        scope,
        'invalid_scope',
      ])
    const wide = await tokenOf(house, web, { scope: 'openid money:read money:write' })
    expect((await exchanged(house, backEnd, wide)).claims['scope']).toBe('money:read money:write')
    expect((await exchanged(house, backEnd, wide, { scope: 'money:write' })).claims['scope']).toBe('money:write')
    await house.clients.update(arranging, backEnd.id, {
      addApis: [{ audience: payments, scopes: ['money:read'], onBehalf: true }],
    })
    await eventually(async () => (await exchanged(house, backEnd, wide)).claims['scope'] === 'money:read' || undefined)
  })

  it('never gets what the person agreed to under a name of ours, whatever an older API calls so', async () => {
    const house = await openHouse()
    await twoServices(house)
    const scopes = ['money:read', 'openid', 'email', 'offline_access']
    for (const one of ['openid', 'profile', 'email', 'offline_access']) {
      const refused = { ok: false, error: 'scope-reserved' }
      expect(await house.apis.update(arranging, payments, { addScopes: [one] })).toEqual(refused)
      const asked = { audience: 'https://mail.example', name: 'Mailer', scopes: [one] }
      expect(await house.apis.create(arranging, asked)).toEqual(refused)
      expect(await house.apis.provide(arranging, asked)).toEqual(refused)
    }
    await inTransaction(house.services.database.owner, async (tx) => {
      await arrangingRows(tx)
      await tx.updateTable('apis').set({ scopes }).where('audience', '=', payments).execute()
    })
    const named = await house.apis.update(arranging, payments, { name: 'Mailer', addScopes: ['email'] })
    expect(named, 'it stays').toMatchObject({ ok: true, value: { scopes } })
    const both = await house.addClient({ apis: [{ audience: payments, scopes: null, onBehalf: true }] })
    const ours = await tokenOf(house, both, { scope: 'openid email', resource: house.issuer })
    expect(decodeJwt(ours)['scope']).toBe('openid email')
    expect((await exchanged(house, both, ours)).claims['scope']).toBeUndefined()
    expect((await exchange(house, both, ours, { scope: 'email' })).body['error']).toBe('invalid_scope')
  })

  it('never lives longer than that token, not by the seconds either that pass until it is written', async () => {
    const house = await openHouse()
    const { web, backEnd } = await twoServices(house)
    const subject = await tokenOf(house, web)
    onTestFinished(() => void vi.useRealTimers())
    vi.setSystemTime(Date.now() + 5_000)
    const { claims } = await exchanged(house, backEnd, subject)
    expect(claims.exp).toBeLessThanOrEqual(decodeJwt(subject).exp ?? 0)
  })

  it('never lives longer than that token', async () => {
    const house = await openHouse({ tokens: { accessToken: 600_000 } })
    const { web, backEnd } = await twoServices(house)
    const subject = await tokenOf(house, web)
    const end = decodeJwt(subject).exp ?? 0
    // The engine issues by the time of day, which has hardly moved: so must the second one's life be shorter by what is gone by ours.
    house.clock.set(new Date((end - 200) * 1000))
    const { claims, body } = await exchanged(house, backEnd, subject)
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBeLessThanOrEqual(201)
    expect(body['expires_in']).toBe((claims.exp ?? 0) - (claims.iat ?? 0))
    expect(claims.exp).toBeLessThanOrEqual(end)
    house.clock.set(new Date((end + 1) * 1000))
    expect((await exchange(house, backEnd, subject)).body['error']).toBe('invalid_request')
  })

  it('goes through the hands of several, who all stand in it, and no more than four', async () => {
    const house = await openHouse()
    const { web, backEnd } = await twoServices(house)
    const both = [invoices, payments].map((audience) => ({ audience, scopes: null, onBehalf: true }))
    const next = await house.addClient({
      type: 'service',
      redirectUris: [],
      postLogoutRedirectUris: [],
      firstParty: false,
      apis: both,
    })
    const first = await exchanged(house, backEnd, await tokenOf(house, web))
    const second = await exchanged(house, next, first.token, { resource: invoices })
    expect(second.claims['act']).toEqual({ sub: next.id, act: { sub: backEnd.id } })
    let last = second
    for (const resource of [payments, invoices]) last = await exchanged(house, next, last.token, { resource })
    expect((await exchange(house, next, last.token)).body).toMatchObject({ error: 'invalid_request' })
  })
})

describe('a token is exchanged', () => {
  it('for listed pairs alone: for no other API, whether there is one or not', async () => {
    const house = await openHouse()
    const { web, backEnd } = await twoServices(house)
    const subject = await tokenOf(house, web)
    const said = []
    for (const resource of [invoices, 'https://no.example/api', house.issuer]) {
      const { body } = await exchange(house, backEnd, subject, { resource })
      said.push([body['error'], String(body['error_description']).replace(/ \(request .*/, '')])
    }
    expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(said[0]?.[0]).toBe('invalid_target')
    expect((await exchange(house, backEnd, subject, { resource: '', audience: payments })).status).toBe(200)
    expect((await exchange(house, backEnd, subject, { audience: invoices })).body['error']).toBe('invalid_target')
    await house.clients.update(arranging, backEnd.id, { removeApis: [payments] })
    await eventually(async () => (await exchange(house, backEnd, subject)).status === 400 || undefined)
  })

  it('by nobody to whom it was not sent', async () => {
    const house = await openHouse()
    const { web } = await twoServices(house)
    const stranger = await house.addClient({
      type: 'service',
      redirectUris: [],
      postLogoutRedirectUris: [],
      firstParty: false,
      apis: [{ audience: payments, scopes: null, onBehalf: true }],
    })
    const subject = await tokenOf(house, web)
    expect((await exchange(house, stranger, subject)).body['error']).toBe('invalid_request')
    const publicOne = await house.addClient({ type: 'single-page', postLogoutRedirectUris: [], apis: [payments] })
    expect((await exchange(house, publicOne, subject)).status).toBe(400)
    expect((await exchange(house, web, subject)).status).toBe(400)
  })

  it('only where it is a token of ours for a person: no refresh token, ID token, token of a program, or invention', async () => {
    const house = await openHouse()
    const { web, backEnd } = await twoServices(house)
    const subject = await tokenOf(house, web)
    const [head, payload, signature] = subject.split('.')
    const program = await house.addClient({
      type: 'service',
      redirectUris: [],
      postLogoutRedirectUris: [],
      apis: [invoices],
    })
    const ofProgram = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${program.id}:${program.secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: invoices }),
    })
    const { access_token: own } = (await ofProgram.json()) as { access_token: string }
    const forged = JSON.stringify({ ...decodeJwt(subject), scope: 'money:write' })
    for (const wrong of [
      'x',
      own,
      `${head}.${payload}.`,
      `${head}.${Buffer.from(forged).toString('base64url')}.${signature}`,
      `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`,
    ])
      expect((await exchange(house, backEnd, wrong)).body['error']).toBe('invalid_request')
    const { body } = await exchange(house, backEnd, subject, {
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    })
    expect(body['error']).toBe('invalid_request')
  })

  it('for what we issue, with what we understand', async () => {
    const house = await openHouse()
    const { web, backEnd } = await twoServices(house)
    const subject = await tokenOf(house, web)
    for (const more of [
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      { requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
      { actor_token: subject, actor_token_type: ACCESS_TOKEN },
      { organization: 'another' },
    ])
      expect([more, (await exchange(house, backEnd, subject, more)).body['error']]).toEqual([more, 'invalid_request'])
    expect((await exchange(house, backEnd, subject, { requested_token_type: ACCESS_TOKEN })).status).toBe(200)
  })
})
