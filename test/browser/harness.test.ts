import { readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type TestBrowser, takePicture } from '../support/browser.ts'

const html = `<!doctype html><meta charset="utf-8"><title>Harness</title>
<style>body { background: rgb(255, 255, 255) } @media (prefers-color-scheme: dark) { body { background: rgb(0, 0, 0) } }</style>
<noscript><p>Works without JavaScript</p></noscript><p>Hearth</p>
<script>
  const publicKey = { challenge: new Uint8Array(32) }
  const register = async () => (await navigator.credentials.create({ publicKey: {
    ...publicKey,
    rp: { id: 'localhost', name: 'Harness' },
    user: { id: new Uint8Array([1, 2, 3]), name: 'ada', displayName: 'Ada' },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  } })).id
  const signIn = async (userVerification) => {
    const wanted = { ...publicKey, rpId: 'localhost', userVerification }
    const { id, response } = await navigator.credentials.get({ publicKey: wanted })
    const flags = new Uint8Array(response.authenticatorData)[32]
    return { id, present: (flags & 1) !== 0, verified: (flags & 4) !== 0 }
  }
  const widthOf = (letter) => document.createElement('canvas').getContext('2d').measureText(letter).width
</script>`

let browser: TestBrowser
let server: Server
let url: string

beforeAll(async () => {
  server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  // A passkey needs a domain as its RP id, which an address is not; localhost is one, and a secure context.
  url = `http://localhost:${address.port}/`
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  server.closeAllConnections()
  server.close()
})

describe('the browser that npm carries', () => {
  it('registers a passkey and signs in with it, the person verified or not', async () => {
    const { page, authenticator, close } = await browser.newPage({ virtualAuthenticator: true })
    await page.goto(url)
    const id = await page.evaluate<string>('register()')
    const stored = await authenticator?.credentials()
    expect(stored).toMatchObject([{ rpId: 'localhost', isResidentCredential: true }])

    expect(await page.evaluate('signIn("required")')).toEqual({ id, present: true, verified: true })
    await authenticator?.setUserVerified(false)
    await expect(page.evaluate('signIn("required")')).rejects.toThrow('NotAllowedError')
    expect(await page.evaluate('signIn("discouraged")')).toEqual({ id, present: true, verified: false })
    await close()
  })

  it('carries a passkey over to another browser', async () => {
    const first = await browser.newPage({ virtualAuthenticator: true })
    await first.page.goto(url)
    const id = await first.page.evaluate<string>('register()')
    const [passkey] = (await first.authenticator?.credentials()) ?? []
    await first.close()
    if (passkey === undefined) throw new Error('no passkey was stored')

    const second = await browser.newPage({ virtualAuthenticator: { transport: 'usb' } })
    await second.page.goto(url)
    await second.authenticator?.addCredential(passkey)
    expect(await second.page.evaluate('signIn("required")')).toMatchObject({ id })
    await second.close()
  })

  it.each([
    ['light', 'rgb(255, 255, 255)'],
    ['dark', 'rgb(0, 0, 0)'],
  ] as const)('shows a page in %s', async (colorScheme, background) => {
    const { page, close } = await browser.newPage({ colorScheme, viewport: { width: 320, height: 480 } })
    await page.goto(url)
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(background)
    expect(page.viewportSize()).toEqual({ width: 320, height: 480 })
    await close()
  })

  it('shows a page with JavaScript off', async () => {
    const { page, close } = await browser.newPage({ javaScriptEnabled: false })
    await page.goto(url)
    expect(await page.getByText('Works without JavaScript').isVisible()).toBe(true)
    await close()
  })

  it('takes the same picture of the same page, whatever moves on it', async () => {
    const { page, close } = await browser.newPage()
    await page.goto(url)
    await page.addStyleTag({ content: 'p { transition: opacity 3s } .gone { opacity: 0 }' })
    await page.evaluate('document.querySelector("body > p").classList.add("gone")')
    const taken: Buffer[] = []
    for (let time = 0; time < 3; time += 1) {
      const picture = await takePicture(page, `steady ${process.pid}`)
      taken.push(readFileSync(picture))
      rmSync(picture)
    }
    expect(taken.filter((bytes) => taken[0]?.equals(bytes))).toHaveLength(taken.length)
    await close()
  })

  it('takes a picture, with letters from its own font', async () => {
    const { page, close } = await browser.newPage()
    await page.goto(url)
    const picture = await takePicture(page, `harness ${process.pid}`)
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe('PNG')
    rmSync(picture)
    // A box without a font has no width of its own for each letter.
    const [narrow = 0, wide = 0] = await page.evaluate<number[]>('[widthOf("i"), widthOf("W")]')
    expect(narrow).toBeGreaterThan(0)
    expect(wide).toBeGreaterThan(2 * narrow)
    await close()
  })
})
