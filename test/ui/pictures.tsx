import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Served } from '../http/support.ts'
import { openBrowser, steady, type TestBrowser } from '../support/browser.ts'
import { openExhibition, RTL, withRtl } from './support/exhibition.ts'
import { gallery } from './support/gallery.tsx'

/** For the eye, and never compared: scripts/pictures.ts runs this and git ignores what it makes. */
const folder = join(import.meta.dirname, '../../pictures')
const images = join(import.meta.dirname, '../../docs/images')

const widths = { narrow: { width: 320, height: 640 }, wide: { width: 1280, height: 800 } } as const
const schemes = ['light', 'dark'] as const

let site: Served
let rtlSite: Served
let browser: TestBrowser
beforeAll(async () => {
  for (const place of [folder, images]) mkdirSync(place, { recursive: true })
  site = await openExhibition()
  rtlSite = await openExhibition(withRtl)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await Promise.all([site.close(0), rtlSite.close(0)])
})

interface Shot extends BrowserContextOptions {
  readonly path: string
  readonly file: string
  readonly keys?: readonly string[]
  readonly fullPage?: boolean
  readonly media?: 'print'
}

async function take({ path, file, keys = [], fullPage = true, media, ...options }: Shot): Promise<void> {
  const context = await browser.browser.newContext({ reducedMotion: 'reduce', ...options })
  try {
    const page = await context.newPage()
    if (media) await page.emulateMedia({ media })
    await page.goto((path.includes(RTL) ? rtlSite : site).url + path)
    for (const key of keys) await page.keyboard.press(key)
    await page.screenshot({ path: file, fullPage, ...steady })
  } finally {
    await context.close()
  }
}

/** Its script leads to the application at once: who sees it has none. */
const GOES_ON = 'form-post'

const picture = (name: string) => join(folder, `${name}.png`)

describe('pictures', () => {
  for (const name of Object.keys(gallery))
    it.concurrent(name, async () => {
      for (const colorScheme of schemes)
        for (const [size, viewport] of Object.entries(widths))
          await take({
            path: `/${name}?lang=en`,
            file: picture(`${name}.${colorScheme}.${size}`),
            colorScheme,
            viewport,
            javaScriptEnabled: name !== GOES_ON,
          })
    })

  const others: Record<string, Omit<Shot, 'file'>> = {
    'sign-in.german': { path: '/sign-in-mismatch?lang=de', viewport: widths.narrow },
    'consent.german': { path: '/consent?lang=de', viewport: widths.narrow },
    'set-up.german': { path: '/set-up-problems?lang=de', viewport: widths.wide },
    'sign-in.rtl': { path: `/sign-in-mismatch?lang=${RTL}`, viewport: widths.wide },
    'error.rtl': { path: `/error-compared?lang=${RTL}`, viewport: widths.narrow },
    'sign-in.forced-colors': { path: '/sign-in-mismatch?lang=en', viewport: widths.wide, forcedColors: 'active' },
    'sign-in.more-contrast': { path: '/sign-in-mismatch?lang=en', viewport: widths.wide, contrast: 'more' },
    'error.print': { path: '/error-compared?lang=en', viewport: widths.wide, media: 'print' },
    'sign-in.landscape': { path: '/sign-in?lang=en', viewport: { width: 740, height: 360 } },
    'set-up.tablet': { path: '/set-up?lang=de', viewport: { width: 768, height: 1024 } },
    'sign-in.zoomed': { path: '/sign-in?lang=en', viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
    'sign-in.focus-button': { path: '/sign-in?lang=en', viewport: widths.wide, keys: ['Tab', 'Tab'] },
    'sign-in.focus-language': { path: '/sign-in?lang=en', viewport: widths.wide, keys: ['Tab', 'Tab', 'Tab', 'Tab'] },
  }
  for (const [name, shot] of Object.entries(others)) it.concurrent(name, () => take({ ...shot, file: picture(name) }))

  for (const colorScheme of schemes)
    it(`the sign-in page of the README, ${colorScheme}`, () =>
      take({
        path: '/sign-in?lang=en',
        file: join(images, `sign-in-${colorScheme}.png`),
        colorScheme,
        viewport: { width: 960, height: 720 },
        fullPage: false,
      }))
})
