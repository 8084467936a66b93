import { setCookie } from 'hono/cookie'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { en } from '../../src/ui/messages/en.ts'
import { serve, testHttp } from '../http/support.ts'
import { COOKIE } from '../login/engine-stand-in.ts'
import { openLogin } from '../login/support.ts'
import { openBrowser, type PageOptions, type TestBrowser } from '../support/browser.ts'
import { freePort } from '../support/free-port.ts'

const email = 'ada@example.com'
const password = 'a hearth keeps the house warm'
const atClient = 'back at the application'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

/** The hosted pages and an application, each at an origin of its own; `/oauth/authorize` is the engine's stand-in. */
async function openSite({ cookies = true } = {}) {
  const port = await freePort()
  const issuerUrl = `http://127.0.0.1:${port}`
  const client = testHttp({ issuerUrl: 'http://localhost:3000' })
  client.app.get('/callback', (c) => c.text(atClient))
  const application = await serve(client)
  const login = await openLogin({ issuerUrl })
  const ada = await login.addPerson(email, password)
  const begin = (prompt: 'login' | 'consent') =>
    login.engine.begin({ prompt, sessionUser: ada.id, redirectUri: `${application.url}/callback` })
  login.app.get('/begin/:prompt', (c) => {
    const pending = begin(c.req.param('prompt') === 'consent' ? 'consent' : 'login')
    const path = `/login/${pending.uid}`
    if (cookies) setCookie(c, COOKIE, pending.uid, { path, httpOnly: true, sameSite: 'Lax' })
    return c.redirect(path, 303)
  })
  login.app.get('/oauth/authorize/:uid', (c) =>
    c.redirect(`${application.url}/callback?result=${JSON.stringify(login.engine.follow(c.req.param('uid')))}`, 303),
  )
  const server = await serve(login.http, port)
  onTestFinished(async () => {
    await Promise.all([server.close(0), application.close(0)])
  })
  return { login, issuerUrl }
}

async function open(url: string, options: PageOptions = {}): Promise<{ page: Page; violations: string[] }> {
  const { page, close } = await browser.newPage(options)
  onTestFinished(close)
  const violations: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text())
  })
  await page.goto(url)
  return { page, violations }
}

const textOf = (page: Page) => page.locator('body').innerText()
const focused = (page: Page) => page.evaluate<string>('document.activeElement.id')

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
] as const)('signing in, %s', (_how, javaScriptEnabled) => {
  it('leads to the application by the keyboard alone, over a mistake', async () => {
    const { issuerUrl, login } = await openSite()
    const { page, violations } = await open(`${issuerUrl}/begin/login`, { javaScriptEnabled })
    await page.waitForSelector('#email:focus')
    await page.keyboard.type(email)
    await page.keyboard.press('Tab')
    await page.keyboard.type('not the right one')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[role=alert]')
    expect(await page.inputValue('#email')).toBe(email)
    expect(await page.inputValue('#password')).toBe('')
    expect(await textOf(page)).toContain(en['login.error.mismatch'])

    await page.waitForSelector('#password:focus')
    await page.keyboard.type(password)
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('sign-in')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/callback*')
    expect(await textOf(page)).toBe(atClient)
    expect(violations).toEqual([])
    expect(login.engine.signedInCalls).toHaveLength(1)
  })

  it('over a mistake can go back and forth: no page asks to send a password again', async () => {
    const { issuerUrl, login } = await openSite()
    const { page } = await open(`${issuerUrl}/begin/login`, { javaScriptEnabled })
    await page.fill('#email', email)
    await page.fill('#password', 'not the right one')
    await page.click('#sign-in')
    await page.waitForSelector('[role=alert]')
    expect(new URL(page.url()).search).toBe('')
    await page.reload()
    expect(await page.locator('[role=alert]').count()).toBe(0)
    await page.click('#sign-in')
    await page.waitForSelector('[role=alert]')

    // A page that Chromium will not load without being asked to send the form again has none of ours on it.
    for (const way of ['goBack', 'goBack', 'goForward', 'goForward'] as const) {
      await page[way]()
      expect(await page.locator('h1').innerText()).toContain('Invoices')
      expect(await page.locator('[role=alert]').count()).toBe(0)
    }
    expect(login.verifications, 'nothing was sent again').toHaveLength(1)

    await page.fill('#email', email)
    await page.fill('#password', password)
    await page.click('#sign-in')
    await page.waitForURL('**/callback*')
    expect(await textOf(page)).toBe(atClient)
  })

  it('by the back button afterwards shows a calm page', async () => {
    const { issuerUrl } = await openSite()
    const { page } = await open(`${issuerUrl}/begin/login`, { javaScriptEnabled })
    await page.fill('#email', email)
    await page.fill('#password', password)
    await page.click('#sign-in')
    await page.waitForURL('**/callback*')
    await page.goBack()
    expect(await page.locator('h1').innerText()).toBe(en['gone.title'])
  })

  it('can be given up, and leads to the application too', async () => {
    const { issuerUrl } = await openSite()
    const { page, violations } = await open(`${issuerUrl}/begin/login`, { javaScriptEnabled })
    await page.click('#cancel-sign-in')
    await page.waitForURL('**/callback*aborted*')
    expect(violations).toEqual([])
  })

  it('asks for consent, and leads to the application when it is given', async () => {
    const { issuerUrl } = await openSite()
    const { page, violations } = await open(`${issuerUrl}/begin/consent`, { javaScriptEnabled })
    await page.click('#allow')
    await page.waitForURL('**/callback*consented*')
    expect(violations).toEqual([])
  })
})

describe('a sign-in', () => {
  it('whose button is pressed twice starts one session', async () => {
    const { issuerUrl, login } = await openSite()
    const { page } = await open(`${issuerUrl}/begin/login`)
    await page.fill('#email', email)
    await page.fill('#password', password)
    await page.dblclick('#sign-in')
    // The second press ends what the first had begun to load, which `waitForURL` would take for a failure.
    await expect.poll(() => page.url(), { timeout: 10_000 }).toContain('/callback')
    expect(await login.database.app.selectFrom('sessions').select('id').execute()).toHaveLength(1)
  })

  it('in two tabs works in both', async () => {
    const { issuerUrl, login } = await openSite()
    const { page: first } = await open(`${issuerUrl}/begin/login`)
    const second = await first.context().newPage()
    await second.goto(`${issuerUrl}/begin/login`)
    for (const page of [first, second]) {
      await page.fill('#email', email)
      await page.fill('#password', password)
      await page.click('#sign-in')
      await page.waitForURL('**/callback*')
    }
    expect(login.engine.signedInCalls).toHaveLength(2)
  })

  it('that is open twice is finished in the one, and the other explains itself', async () => {
    const { issuerUrl } = await openSite()
    const { page: first } = await open(`${issuerUrl}/begin/login`)
    const second = await first.context().newPage()
    await second.goto(first.url())
    for (const page of [first, second]) {
      await page.fill('#email', email)
      await page.fill('#password', password)
      await page.click('#sign-in')
    }
    await first.waitForURL('**/callback*')
    await expect.poll(() => second.locator('h1').innerText()).toBe(en['gone.title'])
  })

  it('in a browser that keeps no cookies says so', async () => {
    const { issuerUrl } = await openSite({ cookies: false })
    const { page } = await open(`${issuerUrl}/begin/login`)
    expect(await page.locator('h1').innerText()).toBe(en['cookies.title'])
  })
})
