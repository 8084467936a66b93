import { decodeJwt } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { registryOf } from '../../src/instance/registry.ts'
import type { NewClient } from '../../src/oidc/clients/registration.ts'
import { askToken, authorization, callback, redeem } from '../oidc/support.ts'
import { type AccountHouse, accountHouse, type Browser, firefox, iphone, text } from './support.ts'

// Every sign-in hashes, at the lowest priority.
vi.setConfig({ testTimeout: 60_000 })

const by = { actor: { kind: 'operator', id: 'test' } } as const
const audience = 'https://invoices.example/api'

async function registered(house: AccountHouse, input: Partial<NewClient> = {}) {
  const { clients, apis } = registryOf({ config: house.config, services: house.services, clock: house.clock })
  await apis.create(by, {
    audience,
    name: 'Invoices API',
    scopes: ['invoices:read', 'invoices:burn'],
    scopeWords: { 'invoices:read': { en: 'read your invoices', de: 'Ihre Rechnungen lesen' } },
  })
  const made = await clients.create(by, {
    name: 'Shop & <b>Sons</b>',
    type: 'web',
    redirectUris: [callback],
    apis: [audience],
    ...input,
  })
  if (!made.ok) throw new Error(made.error.reason)
  return { ...made.value.client, secret: made.value.secret?.reveal() }
}

type Client = Awaited<ReturnType<typeof registered>>

/** As far as the question, or the code where there is none. */
async function open(house: AccountHouse, browser: Browser, client: Client, parameters: Record<string, string> = {}) {
  const { url, verifier } = await authorization(house, {
    clientId: client.id,
    scope: 'openid email invoices:read invoices:burn offline_access',
    resource: audience,
    prompt: 'consent',
    ...parameters,
  })
  return { verifier, stop: await browser.go(url.pathname + url.search) }
}

async function letIn(house: AccountHouse, browser: Browser, client: Client) {
  const { stop, verifier } = await open(house, browser, client)
  const back = stop.html.includes('id="consent"') ? await browser.send(stop, 'consent') : stop
  const code = new URL(back.path).searchParams.get('code') ?? ''
  return redeem(house, client, { code, verifier })
}

describe('what is asked before an application is let in', () => {
  it('is said in words, by language, grouped by API, for whom and by whom', async () => {
    const house = await accountHouse()
    const client = await registered(house, {
      uri: 'https://shop.example/',
      policyUri: 'https://shop.example/privacy',
      termsUri: 'https://shop.example/terms',
      logoUri: 'https://shop.example/logo.png',
    })
    const browser = house.browser()
    await browser.signIn()
    const { stop } = await open(house, browser, client)
    const said = text(stop)
    for (const words of ['ada@example.com', 'Invoices API', 'read your invoices', 'stay connected while you are away'])
      expect(said).toContain(words)
    expect(said).toMatch(/use invoices:burn\s+Nobody has described/)
    const { stop: german } = await open(house, browser, client, { ui_locales: 'de' })
    for (const words of ['Ihre Rechnungen lesen', 'Ihre Daten abrufen, auch wenn Sie nicht da sind'])
      expect(text(german)).toContain(words)
    for (const page of ['', 'privacy', 'terms'])
      expect(stop.html).toContain(
        `href="https://shop.example/${page}" target="_blank" rel="external noopener noreferrer nofollow"`,
      )
  })

  it('[threat 29] [threat 27] lets no application write into the page, nor load anything into it', async () => {
    const house = await accountHouse()
    const client = await registered(house, { logoUri: 'https://shop.example/logo.png' })
    const admin = await house.database.superuser()
    // As a stranger might bring it in by a way that nobody thought of.
    await admin.query(`SET hearthkey.test_arranges = 'yes'`)
    await admin.query(`UPDATE apis SET name = '"><script>alert(1)</script>', scope_words = $1`, [
      { 'invoices:read': { en: '<img src=x onerror=alert(1)>' } },
    ])
    const browser = house.browser()
    await browser.signIn()
    const { stop } = await open(house, browser, client)
    expect(stop.html).toContain('Shop &amp; &lt;b&gt;Sons&lt;/b&gt;')
    expect(stop.html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    for (const bad of ['<b>Sons', '<script>alert', '<img', 'logo.png']) expect(stop.html).not.toContain(bad)
    expect(stop.headers.get('content-security-policy')).toContain("img-src 'self' data:")
  })
})

describe('/account/applications', () => {
  it('lists what was let in, ours too: since when, for what, where, and whether it stays while nobody is there', async () => {
    const house = await accountHouse()
    const [shop, own] = [await registered(house), await registered(house, { name: 'Own', firstParty: true })]
    const [here, phone] = [house.browser(firefox), house.browser(iphone)]
    await here.signIn()
    await phone.signIn()
    expect(text(await here.go('/account/applications'))).toContain('No application uses your account')
    await letIn(house, here, shop)
    await letIn(house, phone, shop)
    await open(house, phone, own, { scope: 'openid', prompt: 'none' })
    const page = await here.go('/account/applications')
    const [first, second, ...more] = page.html.split('<li id="application-').slice(1)
    expect(more).toEqual([])
    const inWords = (html = '') => text({ ...page, html: `<main>${html}</main>` })
    expect(inWords(first)).toMatch(/Own part of this service since just now .*ends when you sign out .*Safari on iOS/)
    expect(inWords(second)).toMatch(/Shop .*since just now last used just now stays connected while you are away/)
    expect(inWords(second)).toMatch(/(Firefox on Linux and Safari on iOS|Safari on iOS and Firefox on Linux)/)
    for (const words of ['read your invoices', 'At Invoices API', 'see your e-mail address'])
      expect(inWords(second)).toContain(words)
    expect((await here.go('/account')).html, 'a link leads here').toContain('href="/account/applications"')
    const german = await here.go('/account/applications?lang=de')
    for (const words of ['Ihre Anwendungen', 'Ihre Rechnungen lesen', 'bleibt verbunden, auch wenn Sie nicht da sind'])
      expect(text(german)).toContain(words)
  })

  it('takes access away, once it was asked whether it should: on every device, and it has to be asked for again', async () => {
    const house = await accountHouse()
    const shop = await registered(house)
    const [here, phone] = [house.browser(), house.browser(iphone)]
    await here.signIn()
    await phone.signIn()
    const [one, other] = [await letIn(house, here, shop), await letIn(house, phone, shop)]
    const asked = await here.go(`/account/applications/remove?application=${shop.id}`)
    expect(text(asked)).toContain('cut off from your account on every device')
    const refresh = ({ body }: typeof one) =>
      askToken(house, shop, { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' })
    expect((await refresh(one)).status, 'a GET changes nothing').toBe(200)
    const done = await here.send(asked, 'remove', { application: shop.id })
    expect(done.path).toBe('/account/applications?done=removed')
    expect(text(done)).toContain('No application uses your account')
    expect([(await refresh(one)).status, (await refresh(other)).status]).toEqual([400, 400])
    expect((await open(house, phone, shop, { prompt: '' })).stop.html).toContain('id="consent"')
    expect(decodeJwt(other.body['access_token'] ?? '').sub).toBe(house.ada.id)
    expect(await house.events('consent.withdrawn')).toMatchObject([{ actor_id: house.ada.id, target_id: house.ada.id }])
  })

  it('is nobody else’s: what others let in is neither seen nor ended by whoever names it', async () => {
    const house = await accountHouse()
    const shop = await registered(house)
    await house.addPerson('eve@example.com')
    const [ada, eve] = [house.browser(), house.browser()]
    await ada.signIn()
    await eve.signIn('/account', 'eve@example.com')
    const { body } = await letIn(house, ada, shop)
    expect(text(await eve.go('/account/applications'))).toContain('No application uses your account')
    expect((await eve.go(`/account/applications/remove?application=${shop.id}`)).path).toBe('/account/applications')
    await eve.post('/account/applications/remove', { application: shop.id })
    const refreshed = await askToken(house, shop, {
      grant_type: 'refresh_token',
      refresh_token: body['refresh_token'] ?? '',
    })
    expect(refreshed.status).toBe(200)
    expect((await ada.post('/account/applications/remove', { application: shop.id, user: 'usr_x' })).status).toBe(400)
    const cross = await fetch(new URL('/account/applications/remove', house.url), {
      method: 'POST',
      headers: { origin: 'https://evil.example', cookie: ada.jar.headerFor(new URL(house.issuer)) ?? '' },
      body: new URLSearchParams({ application: shop.id }),
      redirect: 'manual',
    })
    expect(cross.status).toBe(403)
    expect((await house.browser().go('/account/applications')).html).toContain('id="login"')
  })
})
