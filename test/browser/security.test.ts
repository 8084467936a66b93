import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { en } from '../../src/ui/messages/en.ts'
import { codeOf, mailedCode } from '../account/own-factors.ts'
import { type AccountHouse, accountHouse, adaAddress, password } from '../account/support.ts'
import { openBrowser, type PageOptions, type TestBrowser } from '../support/browser.ts'

vi.setConfig({ testTimeout: 60_000 })

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

async function signedIn(house: AccountHouse, options: PageOptions = {}): Promise<Page> {
  const { page, close } = await browser.newPage(options)
  onTestFinished(close)
  const violations: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text())
  })
  onTestFinished(() => expect(violations).toEqual([]))
  await page.goto(`${house.url}/account`)
  await page.fill('#email', adaAddress)
  await page.fill('#password', password)
  await page.click('#sign-in')
  // A browser that can keep a passkey is offered one first.
  await page.waitForSelector('#later, #show-sessions')
  if (await page.locator('#later').count()) await page.click('#later')
  await page.click('#to-security')
  return page
}

/** Asked of whoever has no second factor yet. */
async function proveMailbox(house: AccountHouse, page: Page): Promise<void> {
  await page.click('#send')
  await page.waitForSelector('#confirm')
  await page.fill('#code', await mailedCode(house))
  await page.click('#confirm')
}

const heading = (page: Page) => page.locator('h1').innerText()

describe('one’s own factors', () => {
  it('a passkey is added, named, and removed, in a browser that can', async () => {
    const house = await accountHouse({ host: 'localhost' })
    const page = await signedIn(house, { virtualAuthenticator: true })
    await page.click('#add-passkey')
    await proveMailbox(house, page)
    await page.fill('#name', 'Laptop')
    await page.click('#add-passkey-button')
    await page.waitForSelector('#done')
    expect(await page.locator('#done').innerText()).toBe(en['security.done.passkey'])
    await page.click('#not-now')
    const entry = page.locator('#passkeys li')
    expect(await entry.locator('h3').innerText()).toContain('Laptop')
    await entry.locator('[id^="remove-"]').click()
    expect(await page.locator('#is-last').innerText()).toBe(en['security.remove.last'])
    await page.click('#remove-it')
    await page.waitForSelector('#done')
    expect(await page.locator('#passkeys li').count()).toBe(0)
  })

  it('[MON-5] a passkey opens the account on the sign-in page, without an address or a password', async () => {
    const house = await accountHouse({ host: 'localhost' })
    const page = await signedIn(house, { virtualAuthenticator: true })
    await page.click('#add-passkey')
    await proveMailbox(house, page)
    await page.click('#add-passkey-button')
    await page.waitForSelector('#done')
    await page.context().clearCookies()
    // This authenticator answers at once to what the field for the address offers (conditional mediation).
    await page.goto(`${house.url}/account`)
    await page.waitForSelector('#signed-in')
  })

  it('a passkey that was begun too long ago leads to the sign-in, and not to a riddle', async () => {
    const house = await accountHouse({ host: 'localhost' })
    const page = await signedIn(house, { virtualAuthenticator: true })
    await page.click('#add-passkey')
    await proveMailbox(house, page)
    house.clock.advance(301_000)
    await page.click('#add-passkey-button')
    await page.waitForSelector('#sign-in')
  })

  it.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ] as const)('an app is set up and backup codes are made, %s', async (_how, javaScriptEnabled) => {
    const house = await accountHouse()
    const page = await signedIn(house, { javaScriptEnabled })
    await page.click('#add-app')
    await proveMailbox(house, page)
    const key = await page.locator('#totp-key code').innerText()
    await page.fill('#name', 'Phone')
    await page.fill('#code', '000000')
    await page.click('#save-app')
    expect(await page.locator('#code-error').innerText()).toBe(en['code.totp.error.mismatch'])
    expect(await page.inputValue('#name')).toBe('Phone')
    await page.fill('#code', codeOf(house, key))
    await page.click('#save-app')
    expect(await heading(page)).toBe(en['security.backupCodes.make.title'])
    await page.click('#make')
    expect(await page.locator('.backup-codes li').count()).toBe(10)
    await page.click('#kept')
    expect(await page.locator('#codes-left').innerText()).toContain('10')
    expect(await page.locator('#apps li').count()).toBe(1)
  })
})
