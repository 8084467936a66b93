import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { letterRenderer } from '../../src/mail/letters/render.ts'
import { createWords } from '../../src/ui/messages/words.ts'
import { openBrowser, type TestBrowser, takePicture } from '../support/browser.ts'
import { everyMessage, ISSUER } from './support.ts'

const render = letterRenderer({ words: createWords(), operator: 'Hearthkey', issuerUrl: ISSUER })
const WIDTH = 320
/** Some ten letters. */
const READABLE = 100

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

/** As a mail program shows it that reads the sheet, and as one does that throws it away. */
const shown = {
  'with its sheet': (html: string) => html,
  'without it': (html: string) => html.replace(/<style>[^<]*<\/style>/, ''),
}

describe.each(['en', 'de'])('on a phone, in %s', (language) => {
  it.each(Object.entries(shown))(
    'every letter fits, and none of its columns is too narrow to read, %s',
    async (how, as) => {
      const { page, close } = await browser.newPage({ viewport: { width: WIDTH, height: 640 } })
      for (const message of everyMessage) {
        if (message.name === 'discard') continue
        await page.setContent(as(render(message, language).html))
        const width = await page.evaluate<number>('document.documentElement.scrollWidth')
        const narrow = await page.evaluate<string[]>(`
        [...document.querySelectorAll('td, p, div, h1')]
          .filter((cell) => cell.clientWidth < ${READABLE})
          .map(({ textContent }) => textContent)`)
        if (message.name === 'alerts' || message.name === 'audit-head')
          await takePicture(page, `letter ${message.name} ${everyMessage.indexOf(message)} ${language} ${how}`)
        expect.soft({ name: message.name, width, narrow }).toEqual({ name: message.name, width: WIDTH, narrow: [] })
      }
      await close()
    },
  )
})
