import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../../../src/db/transaction.ts'
import type { Id } from '../../../src/lib/ids.ts'
import { createSubjects } from '../../../src/oidc/subjects.ts'
import { userId } from '../../../src/users/user.ts'
import { arranging as arrangingRows } from '../../support/event-guard.ts'
import {
  arranging,
  askToken,
  authorization,
  type Browser,
  codeFor,
  type House,
  openHouse,
  openSharedHouse,
  redeem,
} from '../support.ts'

let house: House
let user: Id<'usr'>
beforeAll(async () => {
  house = await openSharedHouse()
  user = (await house.addPerson()).id
})
afterAll(() => house?.close())

const of = (sector: string) => ({ subjectType: 'pairwise', sector }) as const

interface Bearer {
  readonly id: string
  readonly secret: string | undefined
}

async function signedInTo(client: Bearer, browser: Browser = house.browser(), more: Record<string, string> = {}) {
  const { body } = await redeem(house, client, await codeFor(house, client, { browser, ...more }))
  const [id, access] = [decodeJwt(body['id_token'] ?? ''), decodeJwt(body['access_token'] ?? '')]
  return { client, browser, body, id, access, refresh: body['refresh_token'] ?? '' }
}

const userinfo = async (token: string | undefined) => {
  const answer = await fetch(`${house.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const introspect = async ({ id, secret }: Bearer, token: string | undefined) => {
  const answer = await fetch(`${house.url}/oauth/introspect`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ token: token ?? '' }),
  })
  return (await answer.json()) as Record<string, unknown>
}

describe('a person has a name for each sector', () => {
  it('which is one and the same wherever it leaves, and none of ours', async () => {
    const client = await house.addClient(of('shop.example.com'))
    const { body, id, access, refresh } = await signedInTo(client)
    const { sub, sid } = id
    expect(sub).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(sid).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(access).toMatchObject({ sub, sid })
    expect((await userinfo(body['access_token'])).body).toMatchObject({ sub, name: 'Ada Lovelace' })
    expect(await introspect(client, body['access_token'])).toMatchObject({ active: true, sub, sid })
    expect(await introspect(client, refresh)).toMatchObject({ active: true, sub, sid })
    const { body: next } = await askToken(house, client, { grant_type: 'refresh_token', refresh_token: refresh })
    expect(decodeJwt(next['id_token'] ?? '')).toMatchObject({ sub, sid })
    expect(await introspect(client, next['access_token'])).toMatchObject({ active: true, sub, sid })
    const said = JSON.stringify([
      id,
      access,
      await userinfo(next['access_token']),
      await introspect(client, next['refresh_token']),
    ])
    expect(said).not.toContain(user)
    expect(said).not.toContain('ses_')
  })

  it('the same for all of one sector, and nothing that links two, in one browser', async () => {
    const browser = house.browser()
    const [one, two] = [await house.addClient(of('shop.example.com')), await house.addClient(of('shop.example.com'))]
    const [first, second] = [await signedInTo(one, browser), await signedInTo(two, browser)]
    const elsewhere = await signedInTo(await house.addClient(of('bank.example.com')), browser)
    const open = await signedInTo(await house.addClient(), browser)
    expect([second.id.sub, second.id['sid']]).toEqual([first.id.sub, first.id['sid']])
    expect(elsewhere.id.sub).not.toBe(first.id.sub)
    expect(elsewhere.id['sid']).not.toBe(first.id['sid'])
    expect(open.id.sub).toBe(user)
    expect(open.id['sid']).toMatch(/^ses_/)
  })

  it('on every instance', async () => {
    const client = await house.addClient(of('shop.example.com'))
    const beside = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    const here = await signedInTo(client)
    const { url, verifier } = await authorization(beside, { clientId: client.id })
    const code = (await here.browser.signIn(url)).searchParams.get('code') ?? ''
    const { body } = await redeem(beside, client, { code, verifier })
    expect(decodeJwt(body['id_token'] ?? '').sub).toBe(here.id.sub)
  })
})

describe('what comes back is told apart again', () => {
  it('a hint of an ID token names the person who is signed in; that of another sector names nobody', async () => {
    const [client, other] = [
      await house.addClient(of('shop.example.com')),
      await house.addClient(of('bank.example.com')),
    ]
    const { browser, body } = await signedInTo(client)
    const theirs = await signedInTo(other)
    const silently = async (hint: string | undefined) => {
      const { url } = await authorization(house, { clientId: client.id, prompt: 'none', id_token_hint: hint })
      return (await browser.get(url)).headers.get('location') ?? ''
    }
    expect(await silently(body['id_token'])).toContain('code=')
    expect(await silently(theirs.body['id_token'])).toContain('error=invalid_request')
    const logout = new URL('/oauth/logout', house.url)
    logout.searchParams.set('id_token_hint', body['id_token'] ?? '')
    expect((await browser.get(logout)).status).toBe(200)
  })

  it('a requested subject is the name that the client knows', async () => {
    const client = await house.addClient(of('shop.example.com'))
    const { browser, id } = await signedInTo(client)
    const silently = async (sub: unknown) => {
      const claims = JSON.stringify({ id_token: { sub: { value: sub } } })
      const { url } = await authorization(house, { clientId: client.id, prompt: 'none', claims })
      return (await browser.get(url)).headers.get('location') ?? ''
    }
    expect(await silently(id.sub)).toContain('code=')
    expect(await silently(user)).toContain('error=login_required')
  })

  it('a token counts no more once its session has ended, or its person was disabled', async () => {
    const client = await house.addClient(of('shop.example.com'))
    const gone = await signedInTo(client)
    expect((await userinfo(gone.body['access_token'])).status).toBe(200)
    const db = house.services.database.app
    const by = { actor: { kind: 'person', id: user } } as const
    await inTransaction(db, async (tx) => {
      for (const session of await house.sessions.liveOf(tx, user)) await house.sessions.end(tx, by, session, 'revoked')
    })
    expect((await userinfo(gone.body['access_token'])).status).toBe(401)
    expect(await introspect(client, gone.body['access_token'])).toEqual({ active: false })
    expect(await introspect(client, gone.refresh)).toEqual({ active: false })
    const person = await house.addPerson()
    const offline = await signedInTo(client, house.browser(), { scope: 'openid offline_access', prompt: 'consent' })
    expect((await userinfo(offline.body['access_token'])).status).toBe(200)
    await house.users.disable(arranging, person.id)
    expect((await userinfo(offline.body['access_token'])).status).toBe(401)
    house.signInAs(user)
  })

  it('whatever ended them: a session that fell asleep, a person who was shut out by the row alone', async () => {
    const own = await openHouse({ sessionLifetimes: { idle: 5 * 60_000 } })
    const person = await own.addPerson()
    for (const more of [{}, of('shop.example.com')]) {
      const client = await own.addClient(more)
      const tokens = async (scope: string) => {
        const { body } = await redeem(own, client, await codeFor(own, client, { scope, prompt: 'consent' }))
        return { access: body['access_token'] ?? '', refresh: body['refresh_token'] ?? '' }
      }
      const active = async (token: string) => {
        const answer = await fetch(`${own.url}/oauth/introspect`, {
          method: 'POST',
          headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
          body: new URLSearchParams({ token }),
        })
        return ((await answer.json()) as { active: boolean }).active
      }
      const [bound, offline] = [await tokens('openid'), await tokens('openid offline_access')]
      expect([await active(bound.access), await active(bound.refresh)]).toEqual([true, true])
      own.clock.advance(6 * 60_000)
      expect([await active(bound.access), await active(bound.refresh)]).toEqual([false, false])
      expect([await active(offline.access), await active(offline.refresh)]).toEqual([true, true])
      const { owner } = own.services.database
      const statusIs = (status: 'active' | 'disabled') =>
        inTransaction(owner, async (tx) => {
          await arrangingRows(tx)
          await tx
            .updateTable('users')
            .set({ status, disabled_at: status === 'disabled' ? own.clock.now() : null })
            .where('id', '=', userId.toUuid(person.id))
            .execute()
        })
      await statusIs('disabled')
      expect([await active(offline.access), await active(offline.refresh)]).toEqual([false, false])
      await statusIs('active')
    }
  })

  it('its name for a person opens nothing under another client, of its sector or not', async () => {
    const client = await house.addClient(of('shop.example.com'))
    const { body } = await signedInTo(client)
    const stranger = await house.addClient(of('shop.example.com'))
    expect(await introspect(stranger, body['access_token'])).toEqual({ active: false })
    expect(await introspect(stranger, body['refresh_token'])).toEqual({ active: false })
  })
})

it('all forms are known in which an API may have heard of a person, and no other', async () => {
  const audience = 'https://forms.example.com'
  const api = await house.addApi({ audience, name: 'Forms', scopes: ['read'] })
  await house.addClient({ ...of('one.example.com'), apis: [audience] })
  await house.addClient({ ...of('two.example.com'), apis: [audience] })
  await house.addClient(of('three.example.com'))
  const { keyring, database } = house.services
  const subjects = createSubjects({ keyring, db: async () => database.app })
  const forms = await subjects.formsOfSubject(user, api)
  const expected = ['one.example.com', 'two.example.com'].map((sector) => subjects.subjectFor(of(sector), user))
  expect(forms).toEqual([user, ...expected])
  expect(() => subjects.subjectFor({ subjectType: 'pairwise', sector: null }, user)).toThrow()
})
