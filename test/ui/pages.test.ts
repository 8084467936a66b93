import type { ConsoleMessage, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assets } from '../../src/ui/assets.ts'
import type { Served } from '../http/support.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { openExhibition, RTL, withRtl } from './support/exhibition.ts'
import { gallery } from './support/gallery.tsx'

const names = Object.keys(gallery)

const narrow = { viewport: { width: 320, height: 640 }, javaScriptEnabled: false } as const

let site: Served
let browser: TestBrowser
/** For what is loaded anew by its address and only looked at: a browser of its own for each would take most of the time. */
let reader: Page
beforeAll(async () => {
  site = await openExhibition(withRtl)
  browser = await openBrowser()
  reader = (await browser.newPage(narrow)).page
})
afterAll(async () => {
  await browser.close()
  await site.close(0)
})

/** The answer of `look`, for a page that has nothing to complain of. */
async function read<T>(page: Page, path: string, look: (page: Page) => Promise<T>): Promise<T> {
  const complaints: string[] = []
  const listen = (message: ConsoleMessage) => complaints.push(message.text())
  page.on('console', listen)
  try {
    await page.goto(site.url + path)
    const result = await look(page)
    expect(complaints).toEqual([])
    return result
  } finally {
    page.off('console', listen)
  }
}

async function visit<T>(path: string, look: (page: Page) => Promise<T>, colorScheme?: 'light' | 'dark'): Promise<T> {
  const { page, close } = await browser.newPage({ ...narrow, ...(colorScheme && { colorScheme }) })
  try {
    return await read(page, path, look)
  } finally {
    await close()
  }
}

/** Runs in the page: what can be wrong with it, in words. */
const inspection = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)]
  const wrong = []
  const expectOne = (selector) => { if (all(selector).length !== 1) wrong.push(all(selector).length + ' of ' + selector) }
  for (const selector of ['h1', 'main', 'header', 'footer', 'title']) expectOne(selector)
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('scrolls sideways: ' + document.documentElement.scrollWidth)
  const ids = all('[id]').map(({ id }) => id)
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push('id twice: ' + id)
  for (const input of all('input:not([type=hidden], [hidden])')) {
    if (input.labels.length !== 1) wrong.push('no label: ' + input.id)
    if (input.id !== input.name) wrong.push('name differs from id: ' + input.id)
    if (!input.autocomplete) wrong.push('no autocomplete: ' + input.id)
    if (parseFloat(getComputedStyle(input).fontSize) < 16) wrong.push('a phone zooms into ' + input.id)
  }
  for (const element of all('[aria-describedby], [aria-labelledby]')) {
    const named = (element.getAttribute('aria-describedby') ?? element.getAttribute('aria-labelledby')).split(' ')
    for (const id of named) if (!document.getElementById(id)) wrong.push('nothing has the id ' + id)
  }
  for (const element of all('.field-wrong input'))
    if (element.getAttribute('aria-invalid') !== 'true' || !element.getAttribute('aria-describedby'))
      wrong.push('its mistake is not said: ' + element.id)
  for (const element of all('a[href^="#"]'))
    if (!document.querySelector(element.getAttribute('href'))) wrong.push('a link to nothing: ' + element.href)
  for (const element of all('input:not([type=hidden], [hidden]), button, .button, .languages a')) {
    // Of what a script shows nothing is there to press without it.
    if (element.closest('[hidden]')) continue
    const { width, height } = element.getBoundingClientRect()
    if (width < 44 || height < 44) wrong.push('hard to press: ' + element.outerHTML)
  }
  for (const element of all('a')) if (element.getBoundingClientRect().height < 18) wrong.push('thin link: ' + element.outerHTML)
  if (all('[style], script:not([src]), style').length > 0) wrong.push('something inline')
  if (all('[autofocus]').length > 1) wrong.push('more than one wants the focus')
  let level = 0
  for (const { tagName } of all('h1, h2, h3')) {
    const next = Number(tagName[1])
    if (next > level + 1) wrong.push('a heading is skipped before ' + tagName)
    level = next
  }
  return wrong
})()`

describe.each(names)('the page %s', (name) => {
  it('is sound at 320 pixels, in German', async () => {
    const wrong = await read(reader, `/${name}?lang=de`, (page) => page.evaluate<string[]>(inspection))
    expect(wrong).toEqual([])
  })

  it('is sound from right to left', async () => {
    const [wrong, dir, lang] = await read(reader, `/${name}?lang=${RTL}`, (page) =>
      page.evaluate<[string[], string, string]>(
        `[${inspection}, document.documentElement.dir, document.documentElement.lang]`,
      ),
    )
    expect(wrong).toEqual([])
    expect([dir, lang]).toEqual(['rtl', RTL])
  })

  it('weighs less than 60 KB with all that it loads', async () => {
    const html = await (await fetch(`${site.url}/${name}?lang=de`)).text()
    const files = assets.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0)
    expect(Buffer.byteLength(html) + files).toBeLessThan(60 * 1024)
  })
})

it('no label runs into what stands beside it, where both stand in one line, in German', async () => {
  const { page, close } = await browser.newPage({ viewport: { width: 1280, height: 800 }, javaScriptEnabled: false })
  const tooNarrow = `[...document.querySelectorAll('dt')].filter((dt) => dt.scrollWidth > dt.clientWidth).map((dt) => dt.textContent)`
  const seen: string[] = []
  for (const name of names) {
    if (!(await (await fetch(`${site.url}/${name}?lang=de`)).text()).includes('class="facts"')) continue
    seen.push(name)
    expect([name, await read(page, `/${name}?lang=de`, () => page.evaluate<string[]>(tooNarrow))]).toEqual([name, []])
  }
  await close()
  expect(seen).toContain('consent')
})

it.each(['form-post', 'device-done', 'device-denied'])(
  'the page %s, which no address has, is left by no language',
  async (name) => {
    const links = (of: string) => visit(`/${of}?lang=en`, (page) => page.locator('.languages a').count())
    expect([await links(name), (await links('device-code')) > 0]).toEqual([0, true])
  },
)

describe('the sign-in page', () => {
  const focused = 'document.activeElement?.id || document.activeElement?.textContent?.trim()'
  /** The browser gives the focus when it first draws the page, which is after it has loaded. */
  const begun = (page: Page) => page.waitForSelector('[autofocus]:focus')
  const first = async (page: Page) => {
    await begun(page)
    return page.evaluate(focused)
  }

  it('is walked through by keyboard in the order that it is read, beginning in the field', async () => {
    const order = await visit('/sign-in?lang=en', async (page) => {
      const steps = [await first(page)]
      for (let step = 0; step < 6; step++) {
        await page.keyboard.press('Tab')
        steps.push(await page.evaluate(focused))
      }
      return steps
    })
    expect(order).toEqual(['email', 'password', 'sign-in', 'recover', 'register', 'cancel-sign-in', 'Deutsch'])
  })

  it('begins at the password when the address is known, and at what is missing', async () => {
    expect(await visit('/sign-in-mismatch', first)).toBe('password')
    expect(await visit('/sign-in-empty', first)).toBe('email')
  })

  it.each(['light', 'dark'] as const)('shows where the focus is, %s', async (colorScheme) => {
    const rings = await visit(
      '/sign-in',
      async (page) => {
        const found: string[] = []
        await begun(page)
        for (let step = 0; step < 5; step++) {
          found.push(await page.evaluate<string>('getComputedStyle(document.activeElement).outline'))
          await page.keyboard.press('Tab')
        }
        return found
      },
      colorScheme,
    )
    for (const ring of rings) expect(ring).toMatch(/^rgb\(\d+, \d+, \d+\) solid 3px$/)
  })

  it('is known to password managers, and says nothing of the password itself', async () => {
    const fields = await visit('/sign-in-mismatch', (page) =>
      page.evaluate<string[][]>(
        `[...document.querySelectorAll('#login input')].map((it) => [it.name, it.type, it.autocomplete, it.getAttribute('value')])`,
      ),
    )
    expect(fields).toEqual([
      // And to those that keep passkeys (WebAuthn §5.1.4, conditional mediation).
      ['email', 'email', 'username webauthn', 'ada@example.com'],
      ['password', 'password', 'current-password', null],
      ['capable', 'hidden', '', expect.anything()],
    ])
  })

  it('says first in its title that something is wrong', async () => {
    expect(await visit('/sign-in-mismatch?lang=en', (page) => page.title())).toBe(
      'Problem: Sign in to continue to Nordwind Invoicing – Hearthkey',
    )
  })

  it('is not pushed about while it loads', async () => {
    const { page, close } = await browser.newPage({ viewport: { width: 320, height: 640 } })
    await page.goto(`${site.url}/sign-in`)
    const shift = await page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0
      new PerformanceObserver((list) => { for (const { value } of list.getEntries()) sum += value })
        .observe({ type: 'layout-shift', buffered: true })
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)))
    })`)
    expect(shift).toBe(0)
    await close()
  })

  it('leads from each problem to its field', async () => {
    const target = await visit('/sign-in-empty?lang=en', async (page) => {
      await page.locator('#problem').getByRole('link', { name: 'Enter your password.' }).click()
      return page.evaluate<string>("document.querySelector(':target').id")
    })
    expect(target).toBe('password')
  })
})
