import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Served } from '../http/support.ts'
import { openBrowser, type PageOptions, type TestBrowser } from '../support/browser.ts'
import { openExhibition, RTL, withRtl } from '../ui/support/exhibition.ts'

let site: Served
let browser: TestBrowser
beforeAll(async () => {
  site = await openExhibition(withRtl)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await site?.close(0)
})

async function visit(path = '/set-up?lang=en', options: PageOptions = {}): Promise<Page> {
  const { page, close } = await browser.newPage(options)
  onTestFinished(close)
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  onTestFinished(() => expect(complaints).toEqual([]))
  await page.goto(site.url + path)
  return page
}

/** On the page, not in the window: a browser scrolls to what is typed into. */
const placeOf = (page: Page) =>
  page.evaluate<number>("document.querySelector('#create-admin').getBoundingClientRect().top + scrollY")
const said = (page: Page) => page.textContent('#password-strength')

describe('[MOS-3] a new password, while it is typed', () => {
  it('is called weak, fair or strong in words, for a screen reader too, in the language of the page', async () => {
    const page = await visit()
    expect(await page.getAttribute('#password-strength', 'aria-live')).toBe('polite')
    expect(await page.getAttribute('#password', 'aria-describedby')).toContain('password-strength')
    expect(await said(page)).toBe('')
    for (const [text, words] of [
      ['too little', 'Not long enough yet.'],
      ['password1234', 'Weak: easy to guess.'],
      ['lantern orbit', 'Fair: one more word makes it strong.'],
      ['lantern orbit velvet', 'Strong.'],
      ['', ''],
    ] as const) {
      await page.fill('#password', text)
      expect(await said(page)).toBe(words)
    }
    const german = await visit('/set-up?lang=de')
    await german.fill('#password', 'password1234')
    expect(await said(german)).toBe('Schwach: leicht zu erraten.')
  })

  it('is weak when it is what stands in the fields beside it', async () => {
    const page = await visit()
    await page.fill('#password', 'Wilhelmine Oktavia')
    expect(await said(page)).toBe('Strong.')
    await page.fill('#name', 'Wilhelmine Oktavia')
    await page.fill('#password', 'Wilhelmine Oktavia 1')
    expect(await said(page)).toBe('Weak: easy to guess.')
  })

  it('moves nothing on the page', async () => {
    const page = await visit('/set-up', { viewport: { width: 320, height: 640 } })
    const before = await placeOf(page)
    for (const text of ['a', 'password1234', 'lantern orbit', 'lantern orbit velvet']) {
      await page.fill('#password', text)
      expect(await placeOf(page)).toBe(before)
    }
    const { page: bare, close } = await browser.newPage({
      viewport: { width: 320, height: 640 },
      javaScriptEnabled: false,
    })
    onTestFinished(close)
    await bare.goto(`${site.url}/set-up`)
    expect(await placeOf(bare), 'nor does the script itself').toBe(before)
  })
})

describe('the button that shows a password', () => {
  it('shows and hides it, says which, and is no way to send the form', async () => {
    const page = await visit()
    await page.fill('#password', 'lantern orbit')
    const type = () => page.getAttribute('#password', 'type')
    await page.getByRole('button', { name: 'Show password' }).click()
    expect(await type()).toBe('text')
    expect(await page.inputValue('#password')).toBe('lantern orbit')
    await page.getByRole('button', { name: 'Hide password' }).press('Enter')
    expect(await type()).toBe('password')
    expect(new URL(page.url()).pathname).toBe('/set-up')
  })

  it('hides it before it is sent, so that no browser keeps it among its words', async () => {
    const page = await visit()
    await page.fill('#password', 'lantern orbit')
    await page.click('#show-password')
    const typeWhenSent = page.evaluate<string>(`new Promise((resolve) => {
      document.querySelector('#setup').addEventListener('submit', (event) => {
        event.preventDefault()
        setTimeout(() => resolve(document.querySelector('#password').type))
      })
    })`)
    await page.press('#password', 'Enter')
    expect(await typeWhenSent).toBe('password')
  })

  it.each(['en', 'de', RTL])('covers no text and is large enough to press: %s', async (lang) => {
    const page = await visit(`/set-up?lang=${lang}`, { viewport: { width: 320, height: 640 } })
    const [button, field] = await Promise.all(
      ['#show-password', '#password'].map((id) => page.locator(id).boundingBox()),
    )
    if (!button || !field) throw new Error('not on the page')
    expect(button.height).toBeGreaterThanOrEqual(44)
    expect(button.width).toBeGreaterThanOrEqual(44)
    expect(button.x).toBeGreaterThanOrEqual(field.x)
    expect(button.x + button.width).toBeLessThanOrEqual(field.x + field.width)
    const side = lang === RTL ? 'paddingLeft' : 'paddingRight'
    const room = await page.evaluate<string>(`getComputedStyle(document.querySelector('#password')).${side}`)
    expect(Number.parseFloat(room)).toBeGreaterThanOrEqual(button.width)
    expect(await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')).toBe(false)
  })

  it('is not there without JavaScript, where it could do nothing', async () => {
    const page = await visit('/set-up', { javaScriptEnabled: false })
    expect(await page.locator('#show-password').count()).toBe(0)
  })
})

describe('without JavaScript', () => {
  it('the strength of what was sent is said when the form comes back', async () => {
    const page = await visit('/set-up-problems?lang=en', { javaScriptEnabled: false })
    expect(await said(page)).toBe('The password you sent was weak: easy to guess.')
    expect(await page.inputValue('#password')).toBe('')
  })
})
