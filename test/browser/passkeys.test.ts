import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { en } from '../../src/ui/messages/en.ts'
import { openBrowser, type PageOptions, type TestBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { openPasskeySite, removed } from './passkey-page.tsx'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

async function open(options: PageOptions = { virtualAuthenticator: true }) {
  const { page, authenticator, close } = await browser.newPage(options)
  onTestFinished(close)
  const violations: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text())
  })
  onTestFinished(() => expect(violations).toEqual([]))
  if (!authenticator && options.virtualAuthenticator) throw new Error('no authenticator')
  return { page, authenticator }
}

const textOf = (page: Page) => page.locator('body').innerText()
const says = (page: Page, place: string, text: string) =>
  eventually(async () => (await page.textContent(place)) === text || undefined)
const focused = (page: Page) => page.evaluate<string>('document.activeElement.id')

async function enrol(page: Page, at: string): Promise<string> {
  await page.goto(`${at}/enrol`)
  await page.click('#add-passkey-button')
  await page.waitForURL('**/add')
  return textOf(page)
}

describe('[STO-1][MON-5] a passkey in a browser', () => {
  it('is registered, and signs its owner in by the button, without a name or a password', async () => {
    const { url, ada } = await openPasskeySite()
    const { page, authenticator } = await open()
    expect(await enrol(page, `${url}/ada`)).toBe('added Passkey')
    const [stored] = (await authenticator?.credentials()) ?? []
    expect(stored).toMatchObject({ rpId: 'localhost', isResidentCredential: true })
    await page.goto(`${url}/ada/sign-in`)
    await page.click('#passkey-button')
    await page.waitForURL('**/ada/passkey')
    expect(await textOf(page)).toBe(`signed in ${ada.id}, verified: true`)
  })

  it('is offered in the field for the address, and signs in by itself when it is chosen there (conditional UI)', async () => {
    const { url, ada } = await openPasskeySite()
    const { page } = await open()
    await enrol(page, `${url}/ada`)
    await page.goto(`${url}/ada/sign-in?autofill=yes`)
    await page.waitForURL('**/ada/passkey')
    expect(await textOf(page)).toBe(`signed in ${ada.id}, verified: true`)
  })

  it.each([true, false])('is a second factor, whether it can tell who holds it (%s) or not', async (canVerify) => {
    const { url } = await openPasskeySite()
    const { page } = await open({ virtualAuthenticator: { canVerify, transport: 'usb' } })
    await enrol(page, `${url}/ada`)
    await page.goto(`${url}/ada/sign-in`)
    await page.click('#second-button')
    await page.waitForURL('**/ada/second')
    expect(await textOf(page)).toBe(`second factor, verified: ${canVerify}`)
  })

  it('of somebody else is none: the browser does not offer it, and the server does not take it', async () => {
    const { url } = await openPasskeySite()
    const { page } = await open()
    await enrol(page, `${url}/bob`)
    await page.goto(`${url}/ada/sign-in`)
    // Ada has none, and an empty list would let the browser offer what it has.
    await page.click('#second-button')
    await page.waitForURL('**/ada/second')
    expect(await textOf(page)).toBe('refused: someone-elses')
  })

  it('that cannot verify the person does not sign in alone: the page says so, and stays', async () => {
    const { url } = await openPasskeySite()
    const { page, authenticator } = await open()
    await enrol(page, `${url}/ada`)
    await authenticator?.setUserVerified(false)
    await page.goto(`${url}/ada/sign-in`)
    await page.fill('#email', 'ada@example.com')
    await page.click('#passkey-button')
    await says(page, '#passkey-said', en['passkeys.cancelled'])
    expect(await focused(page)).toBe('passkey-said')
    expect(await page.inputValue('#email'), 'nothing typed is lost').toBe('ada@example.com')
  })

  it('is tried again after a ceremony that was cancelled', async () => {
    const { url, ada } = await openPasskeySite()
    const { page, authenticator } = await open()
    await page.goto(`${url}/ada/sign-in`)
    await page.click('#passkey-button')
    await says(page, '#passkey-said', en['passkeys.cancelled'])
    await enrol(page, `${url}/ada`)
    await page.goto(`${url}/ada/sign-in`)
    await authenticator?.setUserVerified(false)
    await page.click('#passkey-button')
    await says(page, '#passkey-said', en['passkeys.cancelled'])
    await authenticator?.setUserVerified(true)
    await page.click('#passkey-button')
    await page.waitForURL('**/ada/passkey')
    expect(await textOf(page)).toContain(`signed in ${ada.id}`)
  })

  it('is not made twice on one device', async () => {
    const { url } = await openPasskeySite()
    const { page } = await open()
    await enrol(page, `${url}/ada`)
    await page.goto(`${url}/ada/enrol`)
    await page.click('#add-passkey-button')
    await says(page, '#add-passkey-said', en['passkeys.known'])
  })

  it('is not asked for without JavaScript, and the page says why', async () => {
    const { url } = await openPasskeySite()
    const { page } = await open({ javaScriptEnabled: false })
    await page.goto(`${url}/ada/sign-in`)
    expect(await page.isVisible('#passkey-button')).toBe(false)
    expect(await textOf(page)).toContain(en['passkeys.noScript'])
  })

  it('is not asked for in a browser that knows none, and the page says so', async () => {
    const { url } = await openPasskeySite()
    const { page } = await open()
    await page.addInitScript('delete window.PublicKeyCredential')
    await page.goto(`${url}/ada/sign-in`)
    await says(page, '#passkey-said', en['passkeys.unsupported'])
    expect(await page.isVisible('#passkey-button')).toBe(false)
  })

  it('is not asked for where the sign-in is over: the page itself says what is', async () => {
    const { url, gone } = await openPasskeySite()
    const { page } = await open()
    await page.goto(`${url}/ada/sign-in`)
    gone.is = true
    await Promise.all([page.waitForEvent('load'), page.click('#passkey-button')])
    expect(page.url()).toBe(`${url}/ada/sign-in`)
  })
})

describe('[STO-1] an offer of a passkey', () => {
  it.each([
    ['is made on a device that could keep one', { transport: 'internal' }, true],
    ['is not made elsewhere', { transport: 'usb' }, false],
  ] as const)('%s', async (_, virtualAuthenticator, expected) => {
    const { url } = await openPasskeySite()
    const { page } = await open({ virtualAuthenticator })
    await page.goto(`${url}/ada/enrol`)
    await page.waitForFunction('!document.querySelector(".passkey").hidden')
    await eventually(async () => (await page.isVisible('#offer')) === expected || undefined)
    await page.goto(`${url}/ada/sign-in`)
    const capable = () => page.inputValue('input[name="capable"]')
    await eventually(async () => (await capable()) === (expected ? 'yes' : '') || undefined)
  })
})

describe('[STO-1] a password manager is told', () => {
  it('which passkey does nothing here any more', async () => {
    const { url, world, ada } = await openPasskeySite()
    const { page, authenticator } = await open()
    await enrol(page, `${url}/ada`)
    for (const passkey of await world.passkeys.listOf(ada.id)) await removed(world, ada, passkey)
    await page.goto(`${url}/ada/sign-in`)
    await page.click('#passkey-button')
    await page.waitForSelector('#refused')
    expect(await page.textContent('#refused')).toBe('unknown-passkey')
    await eventually(async () => (await authenticator?.credentials())?.length === 0 || undefined)
  })

  it('which of the account are left after a deletion, and what the account is called', async () => {
    const { url, world, ada } = await openPasskeySite()
    const { page, authenticator } = await open()
    await enrol(page, `${url}/ada`)
    await page.goto(`${url}/ada/security?name=Ada%20King`)
    await eventually(async () => (await authenticator?.credentials())?.[0]?.userDisplayName === 'Ada King' || undefined)
    expect(await authenticator?.credentials()).toMatchObject([{ userName: ada.email }])
    for (const passkey of await world.passkeys.listOf(ada.id)) await removed(world, ada, passkey)
    await page.goto(`${url}/ada/security`)
    await eventually(async () => (await authenticator?.credentials())?.length === 0 || undefined)
  })
})
