import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumFromNpm } from './chromium.ts'
import {
  addVirtualAuthenticator,
  type VirtualAuthenticator,
  type VirtualAuthenticatorOptions,
} from './virtual-authenticator.ts'

export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark'
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly javaScriptEnabled?: boolean
  readonly virtualAuthenticator?: boolean | VirtualAuthenticatorOptions
}

export interface TestPage {
  readonly page: Page
  /** Cookies, storage and permissions of this page alone: each page is a browser of its own to the server. */
  readonly context: BrowserContext
  readonly authenticator: VirtualAuthenticator | undefined
  close(): Promise<void>
}

export interface TestBrowser {
  readonly browser: Browser
  newPage(options?: PageOptions): Promise<TestPage>
  close(): Promise<void>
}

const phone = { width: 390, height: 844 }

/**
 * Root cannot have Chromium's sandbox, and some containers forbid it to everybody. These tests load our own pages from
 * loopback, so there the browser runs without.
 */
async function launch(): Promise<Browser> {
  const options = { ...chromiumFromNpm(), args: ['--disable-dev-shm-usage', '--font-render-hinting=none'] }
  if (process.getuid?.() === 0) return chromium.launch({ ...options, chromiumSandbox: false })
  try {
    return await chromium.launch({ ...options, chromiumSandbox: true })
  } catch (error) {
    if (!String(error).includes('sandbox')) throw error
    return chromium.launch({ ...options, chromiumSandbox: false })
  }
}

async function newPage(browser: Browser, options: PageOptions): Promise<TestPage> {
  const { virtualAuthenticator = false, viewport = phone, ...rest } = options
  const context = await browser.newContext({ ...rest, viewport, locale: 'en-GB', reducedMotion: 'reduce' })
  const page = await context.newPage()
  const authenticator =
    virtualAuthenticator === false
      ? undefined
      : await addVirtualAuthenticator(page, virtualAuthenticator === true ? {} : virtualAuthenticator)
  return { page, context, authenticator, close: () => context.close() }
}

/** One browser for a test file (`beforeAll`), one page for a test. */
export async function openBrowser(): Promise<TestBrowser> {
  const browser = await launch()
  return {
    browser,
    newPage: (options = {}) => newPage(browser, options),
    close: () => browser.close(),
  }
}

/** What moves is taken at its end: the same page gives the same bytes, and a picture that git keeps changes with the page alone. */
export const steady = { animations: 'disabled' } as const

const pictures = join(import.meta.dirname, '../../pictures')

/** For the eye, and never compared: `pictures/<name>.png`, which git ignores. Answers the file's path. */
export async function takePicture(page: Page, name: string): Promise<string> {
  mkdirSync(pictures, { recursive: true })
  const path = join(pictures, `${name.replaceAll(/[^\w.-]+/g, '-')}.png`)
  await page.screenshot({ path, fullPage: true, ...steady })
  return path
}
