import { decodeJwt } from 'jose'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { registryOf } from '../../../src/instance/registry.ts'
import { DEVICE_CODE } from '../../../src/oidc/clients/client.ts'
import { type AccountHouse, accountHouse, adaAddress, password } from '../../account/support.ts'
import { openBrowser, type TestBrowser } from '../../support/browser.ts'
import { arranging } from '../support.ts'
import { begin, poll, userAgent } from './support.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

async function television(house: AccountHouse, input: { mfa?: 'required'; firstParty?: boolean } = {}) {
  const { clients } = registryOf(house)
  const made = await clients.create(arranging, {
    name: '<b>Television</b>',
    type: 'native',
    redirectUris: [],
    grantTypes: [DEVICE_CODE, 'refresh_token'],
    ...input,
  })
  if (!made.ok) throw new Error(made.error.reason)
  return made.value.client
}

async function open(url: string, javaScriptEnabled: boolean) {
  const { page, close } = await browser.newPage({ javaScriptEnabled })
  onTestFinished(close)
  const violations: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text())
  })
  await page.goto(url)
  return { page, violations }
}

const textOf = (page: Page) => page.locator('main').innerText()

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
] as const)('letting a device in by the pages themselves, %s', (_how, javaScriptEnabled) => {
  it('goes from the code over a mistake and the sign-in to the question, and ends in the device’s token', async () => {
    const house = await accountHouse()
    const client = await television(house)
    const begun = await begin(house, client.id)
    const { page, violations } = await open(`${house.url}/oauth/device`, javaScriptEnabled)
    await page.waitForSelector('#user_code:focus')
    await page.keyboard.type('WXZT-WXZT')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[aria-invalid=true]')
    await page.fill('#user_code', begun.user_code.toLowerCase())
    await page.click('#go-on')
    await page.fill('#email', adaAddress)
    await page.fill('#password', password)
    await page.click('#sign-in')
    await page.waitForSelector('#allow')
    const asked = await textOf(page)
    for (const shown of [begun.user_code, userAgent, '127.0.0.1', adaAddress, '<b>Television</b>'])
      expect(asked).toContain(shown)
    expect((await poll(house, client, begun.device_code)).body['error']).toBe('authorization_pending')
    await page.click('#allow')
    await page.waitForSelector('#to-applications')
    expect(await textOf(page)).toContain('Your device is signed in')
    expect(violations).toEqual([])
    const { body } = await poll(house, client, begun.device_code)
    expect(decodeJwt(body['access_token'] ?? '').sub).toBe(house.ada.id)
    // Whoever was tricked gets from there to where its access is taken away.
    await page.click('#to-applications')
    expect(await textOf(page)).toContain('<b>Television</b>')
    expect(await textOf(page)).toContain('Remove access')
  })

  it('is denied by one button, and the page that comes after leads to another code', async () => {
    const house = await accountHouse()
    const client = await television(house, { firstParty: true })
    const begun = await begin(house, client.id)
    const { page, violations } = await open(begun.verification_uri_complete, javaScriptEnabled)
    expect(await page.inputValue('#user_code')).toBe(begun.user_code)
    await page.click('#go-on')
    await page.fill('#email', adaAddress)
    await page.fill('#password', password)
    await page.click('#sign-in')
    await page.click('#deny')
    await page.click('#again')
    await page.waitForSelector('#user_code')
    expect(violations).toEqual([])
    expect((await poll(house, client, begun.device_code)).body['error']).toBe('access_denied')
  })
})

/** Before another factor is added, the mailbox is proven. */
const asksForMore = 'show that this mailbox is yours'

it('asks for the second factor that the application asks for, before it asks about the device', async () => {
  const house = await accountHouse()
  const client = await television(house, { mfa: 'required' })
  const begun = await begin(house, client.id)
  const here = house.browser()
  const login = await here.send(await here.go('/oauth/device'), 'device', { user_code: begun.user_code })
  const next = await here.send(login, 'login', { email: adaAddress, password })
  expect(next.html).not.toContain('id="allow"')
  expect(next.path).toMatch(/^\/login\//)
  expect(next.html).toContain(asksForMore)
  // What is not asked yet cannot be answered.
  const early = await here.post(`/login/${next.path.split('/')[2]}/consent`)
  expect(early.html).toContain(asksForMore)
  expect((await poll(house, client, begun.device_code)).body['error']).toBe('authorization_pending')
})

describe('[threat 15] wrong codes', () => {
  it('are ten in ten minutes from one address, also at the same moment; a right one costs nothing', async () => {
    const house = await accountHouse()
    const client = await television(house)
    const here = house.browser()
    for (let time = 0; time < 12; time += 1) {
      const begun = await begin(house, client.id)
      expect((await here.raw('/oauth/device', { user_code: begun.user_code })).status).toBe(303)
    }
    const tries = await Promise.all(
      Array.from({ length: 25 }, () => here.raw('/oauth/device', { user_code: 'WXZT-WXZT' })),
    )
    const statuses = tries.map(({ status }) => status)
    expect(statuses.filter((status) => status === 422)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(15)
    const { user_code } = await begin(house, client.id)
    expect((await here.raw('/oauth/device', { user_code })).status).toBe(429)
  })

  it('are counted over all addresses, too', async () => {
    const house = await accountHouse({ env: { TRUSTED_PROXIES: '127.0.0.1' } })
    await television(house)
    const key = (await house.people.guard.limits.take('userCode', { everybody: true })).quotas
    expect(key.map(({ name, limit, windowSeconds }) => [name, limit, windowSeconds])).toEqual([
      ['userCode.failures', 1000, 600],
    ])
  })
})

it('devices begin to sign in no more than so often from one address', async () => {
  const house = await accountHouse()
  const client = await television(house)
  const ask = () =>
    fetch(new URL('/oauth/device_authorization', house.url), {
      method: 'POST',
      body: new URLSearchParams({ client_id: client.id }),
    })
  const answers: Response[] = []
  // Not all at once: whoever waits too long for a connection is turned away for that, on a busy machine.
  for (const atOnce of [50, 52]) answers.push(...(await Promise.all(Array.from({ length: atOnce }, ask))))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(100)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(2)
})
