import { encode } from 'uqr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { BackupCodes } from '../../src/ui/backup-codes.tsx'
import { CodeField, type CodeKind } from '../../src/ui/code-field.tsx'
import { Layout } from '../../src/ui/layout.tsx'
import { createWords } from '../../src/ui/messages/words.ts'
import { QrCode } from '../../src/ui/qr-code.tsx'
import { TotpOffer } from '../../src/ui/totp-offer.tsx'
import { type Served, serve, testHttp } from '../http/support.ts'
import { openBrowser, type PageOptions, type TestBrowser } from '../support/browser.ts'

const t = createWords().speak('en')
const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const uri = `otpauth://totp/Hearthkey:ada%40example.com?secret=${secret}&issuer=Hearthkey`
const codes = Array.from({ length: 10 }, (_, at) => `7K2M-9QXD-0F4T-WB8${at}`)

/** Where the picture is dark, as its path draws it. */
function drawn(html: string): boolean[][] {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(html)?.[1])
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  const [, path = ''] = /fill="#000000" d="([^"]*)"/.exec(html) ?? []
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)]
  expect(runs.map(([run]) => run).join('')).toBe(path)
  for (const [, x, y, length, back] of runs) {
    expect(back).toBe(length)
    rows[Number(y)]?.fill(true, Number(x), Number(x) + Number(length))
  }
  return rows
}

describe('the picture of a secret', () => {
  it('is the QR code of the address, with the quiet zone that cameras need [MON-4]', () => {
    const rows = drawn(String(<QrCode value={new Secret(uri)} label="QR code" />))
    expect(rows).toEqual(encode(uri, { ecc: 'M', border: 4 }).data)
    const bare = encode(uri, { ecc: 'M', border: 0 }).data
    expect(rows.length).toBe(bare.length + 8)
    expect(rows.slice(4, -4).map((row) => row.slice(4, -4))).toEqual(bare)
  })

  it('is black on white, says to whoever does not see it what it is, and gives the secret away to no log', () => {
    const html = String(<QrCode value={new Secret(uri)} label="QR code" />)
    expect(html).toContain('fill="#ffffff"')
    expect(html).toContain('role="img" aria-label="QR code"')
    expect(html).not.toContain(secret)
    expect(html).not.toContain('style=')
  })
})

describe('the field of a code', () => {
  it.each<[CodeKind, string]>([
    ['totp', 'one-time-code'],
    ['email-code', 'one-time-code'],
    ['backup-code', 'off'],
  ])('for %s is one box that asks the browser for %s', (kind, autocomplete) => {
    const html = String(<CodeField t={t} kind={kind} />)
    expect(html.match(/<input/g)).toHaveLength(1)
    expect(html).toContain(`autocomplete="${autocomplete}"`)
    expect(html.includes('inputmode="numeric"')).toBe(kind !== 'backup-code')
    expect(html).toContain('type="text"')
    expect(html).toContain('aria-describedby="code-hint"')
    expect(html).not.toContain('aria-invalid')
  })

  it('says a mistake beside itself, and belongs to it', () => {
    const html = String(<CodeField t={t} kind="totp" problem="mismatch" />)
    expect(html).toContain('aria-describedby="code-error code-hint"')
    expect(html).toContain('aria-invalid="true"')
    expect(html).toContain(t('code.totp.error.mismatch'))
  })
})

describe('in a browser', () => {
  let browser: TestBrowser
  let site: Served
  beforeAll(async () => {
    const http = testHttp()
    http.app.get('/kept', (c) =>
      c.html(
        <Layout t={t} title="Kept">
          <TotpOffer t={t} secret={new Secret(secret)} uri={new Secret(uri)} />
          <BackupCodes
            t={t}
            codes={codes.map((code) => new Secret(code))}
            account="ada@example.com"
            host="id.example.com"
          />
        </Layout>,
      ),
    )
    site = await serve(http)
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close(0)
  })
  const open = async (options: PageOptions = {}) => {
    const opened = await browser.newPage(options)
    const complaints: string[] = []
    opened.page.on('console', (message) => complaints.push(message.text()))
    opened.page.on('pageerror', (error) => complaints.push(error.message))
    await opened.page.goto(`${site.url.replace('127.0.0.1', 'localhost')}/kept`)
    return { ...opened, complaints }
  }

  it('the key and the codes are copied as they are typed, and that is said', async () => {
    const { page, context, close, complaints } = await open()
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()')
    await page.getByRole('button', { name: 'Copy key' }).click()
    await page.locator('#totp-key').getByText('Copied.').waitFor()
    expect(await clipboard()).toBe(secret)
    await page.getByRole('button', { name: 'Copy codes' }).click()
    await page.locator('#backup-codes').getByText('Copied.').waitFor()
    const lines = (await clipboard()).split('\n')
    expect(lines.slice(1, -1)).toEqual(codes)
    expect(lines[0]).toBe('Backup codes of ada@example.com at id.example.com')
    expect(complaints).toEqual([])
    await close()
  })

  it('a browser that lets nobody copy marks what would have been copied', async () => {
    const { page, close } = await open()
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    await page.getByRole('button', { name: 'Copy codes' }).click()
    await page.getByText(t('keep.marked')).waitFor()
    const marked = await page.evaluate<string>('String(getSelection())')
    for (const code of codes) expect(marked).toContain(code)
    await close()
  })

  it('the codes are downloaded as a text file that this page alone has made, and printed', async () => {
    const { page, close, complaints } = await open()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as a file' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('backup-codes.txt')
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk))
    const lines = Buffer.concat(chunks).toString('utf8').split('\r\n')
    expect(lines.slice(1, -2)).toEqual(codes)
    await page.evaluate("window.print = () => document.body.setAttribute('data-printed', '')")
    await page.getByRole('button', { name: 'Print' }).click()
    await page.locator('[data-printed]').waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  it('without JavaScript everything stands there to be read, and no button promises what it cannot do', async () => {
    const { page, close } = await open({ javaScriptEnabled: false })
    for (const code of codes) expect(await page.getByText(code, { exact: true }).isVisible()).toBe(true)
    expect(await page.getByText('JBSW Y3DP EHPK').isVisible()).toBe(true)
    expect(await page.getByRole('button').count()).toBe(0)
    await close()
  })

  it('on paper there are the codes and no buttons', async () => {
    const { page, close } = await open()
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByText(codes[0] ?? '').isVisible()).toBe(true)
    expect(await page.getByRole('button').count()).toBe(0)
    await close()
  })

  it.each(['light', 'dark'] as const)('nothing is wider than a narrow phone, %s', async (colorScheme) => {
    const { page, close } = await open({ viewport: { width: 320, height: 640 }, colorScheme })
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
    const picture = await page.locator('.qr-code').boundingBox()
    expect(picture?.width).toBeGreaterThan(220)
    await close()
  })
})
