import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { en } from '../../src/ui/messages/en.ts'
import { type AccountHouse, accountHouse, adaAddress, newPassword, password } from '../account/support.ts'
import { openBrowser, type PageOptions, type TestBrowser } from '../support/browser.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

async function signedIn(house: AccountHouse, options: PageOptions = {}): Promise<Page> {
  const { page, close } = await browser.newPage(options)
  onTestFinished(close)
  await page.goto(`${house.url}/account`)
  await page.fill('#email', adaAddress)
  await page.fill('#password', password)
  await page.click('#sign-in')
  await page.waitForSelector('#signed-in')
  return page
}

const heading = (page: Page) => page.locator('h1').innerText()

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
] as const)('one’s own account, %s', (_how, javaScriptEnabled) => {
  it('shows who is there, and changes the password while the other browser is signed out', async () => {
    const house = await accountHouse()
    const [page, other] = [await signedIn(house, { javaScriptEnabled }), await signedIn(house)]
    const violations: string[] = []
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) violations.push(message.text())
    })
    await page.click('#to-password')
    await page.fill('#current-password', password)
    await page.fill('#password', newPassword)
    await page.click('#save-password')
    await page.waitForSelector('#done')
    expect(await page.locator('#done').innerText()).toBe(en['account.done.password'])

    await page.goBack()
    expect(await heading(page)).toBe(en['account.password.title'])
    expect(await page.inputValue('#password')).toBe('')
    await page.goForward()
    expect(await heading(page)).toBe(en['account.title'])
    await other.goto(`${house.url}/account`)
    expect(await other.locator('#sign-in').count()).toBe(1)
    expect(violations).toEqual([])
  })

  it('is left by the sign-out', async () => {
    const house = await accountHouse()
    const page = await signedIn(house, { javaScriptEnabled })
    await page.click('#to-sign-out')
    await page.click('#sign-out')
    await page.goto(`${house.url}/account`)
    expect(await page.locator('#sign-in').count()).toBe(1)
  })
})
