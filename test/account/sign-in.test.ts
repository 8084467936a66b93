import { describe, expect, it, vi } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { accountPath } from '../../src/oidc/account-path.ts'
import { withOtherSeal } from '../support/other-seal.ts'
import { untilSomebodyWaits } from '../support/waiting.ts'
import { accountHouse, adaAddress, password, text } from './support.ts'

// Every sign-in hashes, at the lowest priority.
vi.setConfig({ testTimeout: 60_000 })

describe('the way to one’s own account', () => {
  it('leads over the sign-in back to the page that was asked for, and leaves nothing that could be used', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    const form = await browser.go('/account/password')
    expect(form.html).toContain('id="login"')
    const there = await browser.send(form, 'login', { email: adaAddress, password })
    expect([there.status, there.path]).toEqual([200, '/account/password'])
    expect(there.headers.get('cache-control')).toBe('no-store')

    const kinds = await house.services.database.app.selectFrom('oidc_artifacts').select('kind').execute()
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(['Session'])
  })

  it('asks nothing of somebody who is signed in for an application', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await browser.signIn('/account')
    expect((await browser.go('/account')).path).toBe('/account')
    expect((await browser.go('/account/signed-in')).path).toBe('/account')
  })

  it('ends at a calm page when it is given up, and does not begin anew by itself', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    const stopped = await browser.send(await browser.go('/account'), 'cancel')
    expect(stopped.status).toBe(200)
    expect(text(stopped)).toContain('You are not signed in')
  })

  it('works in two tabs at once, each back to its own page', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    const [one, other] = [await browser.go('/account/password'), await browser.go('/account')]
    expect((await browser.send(one, 'login', { email: adaAddress, password })).path).toBe('/account/password')
    expect((await browser.send(other, 'login', { email: adaAddress, password })).path).toBe('/account')
  })

  it('signs nobody in where the application gave up while the password was judged: no session, no event, no failure', async () => {
    const house = await accountHouse()
    const { app: db, owner } = house.services.database
    const browser = house.browser()
    const form = await browser.go('/account')
    const { promise: isGone, resolve: goOn } = Promise.withResolvers<void>()
    const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>()
    const holding = inTransaction(db, async (tx) => {
      await tx.selectFrom('users').select('id').forUpdate().execute()
      hold()
      await isGone
    })
    await isHeld
    const sent = browser.send(form, 'login', { email: adaAddress, password })
    await untilSomebodyWaits(owner)
    await owner.deleteFrom('oidc_artifacts').where('kind', '=', 'Interaction').execute()
    goOn()
    await holding
    expect((await sent).status).toBe(410)
    expect(await db.selectFrom('sessions').select('id').execute()).toEqual([])
    expect(await db.selectFrom('login_attempts').select('version').execute()).toEqual([])
    expect(await db.selectFrom('lockouts').select('failures').execute()).toEqual([{ failures: 0 }])
    const events = await owner.selectFrom('events').select('action').where('action', 'like', 'sign_in.%').execute()
    expect(events).toEqual([])
  })

  it('works where the issuer has another address than the socket', async () => {
    const house = await accountHouse({ env: { ISSUER_URL: 'http://login.localhost:4711' } })
    const there = await house.browser().signIn('/account')
    expect([there.status, there.path]).toEqual([200, '/account'])
  })

  it('starts where password managers look', async () => {
    const house = await accountHouse()
    const answer = await house.browser().raw('/.well-known/change-password')
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/account/password'])
  })
})

describe('the built-in client', () => {
  it('is nobody’s to register, list, or change', async () => {
    const house = await accountHouse()
    const { registryOf } = await import('../../src/instance/registry.ts')
    const { clients } = registryOf(house)
    const by = { actor: { kind: 'operator', id: 'test' } } as const
    const input = {
      id: 'hearthkey-account',
      name: 'Mine',
      type: 'single-page',
      redirectUris: ['https://evil.example/'],
    } as const
    expect(await clients.create(by, input)).toEqual({ ok: false, error: { reason: 'id-taken' } })
    expect(await clients.list({ limit: 10 })).toEqual([])
    expect(await clients.disable(by, input.id)).toEqual({ ok: false, error: { reason: 'not-found' } })
  })

  it('is given no code, and no way to another address', async () => {
    const house = await accountHouse()
    const asks = async (parameters: Record<string, string>) => {
      const url = new URL('/oauth/authorize', house.issuer)
      const base = { client_id: 'hearthkey-account', response_type: 'none', scope: 'openid' }
      const back = { redirect_uri: `${house.issuer}/account/signed-in` }
      url.search = new URLSearchParams({ ...base, ...back, ...parameters }).toString()
      const answer = await house.browser().raw(url.href)
      return (answer.headers.get('location') ?? '') + (await answer.text())
    }
    const pkce = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' }
    expect(await asks({ response_type: 'code', ...pkce })).toContain('error=invalid_request')
    expect(await asks({ redirect_uri: 'https://evil.example/' })).toContain('redirect-uri-mismatch')
  })

  it('alone may ask for nothing, and is not talked of', async () => {
    const house = await accountHouse()
    const client = await house.addClient()
    const url = new URL('/oauth/authorize', house.issuer)
    url.search = new URLSearchParams({
      client_id: client.id,
      response_type: 'none',
      scope: 'openid',
      redirect_uri: client.redirectUris[0] ?? '',
    }).toString()
    const answer = await house.browser().raw(url.href)
    expect(answer.headers.get('location')).toContain('error=invalid_request')
    const discovery = await (await house.request('/.well-known/openid-configuration')).json()
    expect(discovery).toMatchObject({ response_types_supported: ['code'] })
  })
})

describe('where the sign-in leads back to (threats 2 and 12)', () => {
  it.each([
    '//evil.example',
    '/account//evil.example',
    '/account/../admin',
    '/account/..;/admin',
    '/account\\evil',
    '\\\\evil.example',
    'https:evil.example',
    'https://evil.example/account',
    '/accountant',
    '/account@evil.example',
    '/account/%2e%2e/admin',
    '/account?to=https://evil.example',
    '/account#//evil',
    '/account/\t/evil',
    '/account\n',
    '/Account',
    ' /account',
    'javascript:alert(1)',
    `/account/${'a'.repeat(300)}`,
    '/oauth/logout',
    '',
  ])('is never %j', (path) => {
    expect(accountPath(path)).toBeUndefined()
  })

  it.each(['/account', '/account/password', '/account?done=password'])('may be %s', (path) => {
    expect(accountPath(path)).toBe(path)
  })

  it('is not what a state of another browser, a changed one, or one of yesterday says', async () => {
    const house = await accountHouse()
    const [ada, mallory] = [house.browser(), house.browser()]
    await ada.signIn('/account')
    const begun = await mallory.raw('/account/password')
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? ''
    const leads = async (who: typeof ada, given: string) =>
      (await who.raw(`/account/signed-in?state=${encodeURIComponent(given)}`)).headers.get('location')
    expect(await leads(ada, state), 'another browser').toBe('/account')

    const own = await house.browser()
    await own.signIn('/account')
    const [asked] = [await own.raw('/account/email')]
    expect(asked.status, 'still fresh').toBe(200)
    house.clock.advance(301_000)
    const again = await own.raw('/account/email')
    const mine = new URL(again.headers.get('location') ?? '').searchParams.get('state') ?? ''
    expect(await leads(own, mine)).toBe('/account/email')
    expect(await leads(own, withOtherSeal(mine)), 'changed').toBe('/account')
    house.clock.advance(3_601_000)
    expect(await leads(own, mine), 'too old').toBe('/account')
  })
})
