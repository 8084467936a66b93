import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { authorization, type House, openSharedHouse } from '../oidc/support.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'

let browser: TestBrowser
let house: House
beforeAll(async () => {
  browser = await openBrowser()
  house = await openSharedHouse()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

/** An application that is sent answers by a form. */
async function application() {
  const got: string[] = []
  const server = createServer((incoming, answer) => {
    let body = ''
    incoming.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    incoming.on('end', () => {
      if (incoming.method === 'POST') got.push(body)
      answer.writeHead(200, { 'content-type': 'text/html' }).end('<p id="arrived">arrived</p>')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { got, url: `http://127.0.0.1:${address.port}/callback` }
}

describe('an answer by a form', () => {
  it.each([
    ['by itself', true],
    ['by its button, without JavaScript', false],
  ] as const)('is sent on %s, under our own policy', async (_, javaScriptEnabled) => {
    const { got, url: redirectUri } = await application()
    const client = await house.addClient({ type: 'native', redirectUris: [redirectUri], postLogoutRedirectUris: [] })
    const { url } = await authorization(house, {
      clientId: client.id,
      redirect_uri: redirectUri,
      response_mode: 'form_post',
      prompt: 'none',
    })
    const { page, close } = await browser.newPage({ javaScriptEnabled })
    onTestFinished(close)
    const refused: string[] = []
    page.on('console', (message) => void refused.push(message.text()))
    await page.goto(url.href)
    if (!javaScriptEnabled) await page.click('#go-on')
    await page.waitForSelector('#arrived')
    expect(got).toHaveLength(1)
    const answer = new URLSearchParams(got[0])
    expect(Object.fromEntries(answer)).toMatchObject({ error: 'login_required', state: 'a-state', iss: house.issuer })
    expect(refused.filter((text) => text.includes('Content Security Policy'))).toEqual([])
  })
})
