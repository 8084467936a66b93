import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { trustCookie } from '../../src/trusted-browsers/cookie.ts'
import { newToken } from '../../src/trusted-browsers/trusted-browser.ts'
import { issuerUrl, testHttp } from '../http/support.ts'

function browser() {
  const { app } = testHttp({ issuerUrl })
  const cookie = trustCookie(issuerUrl)
  app.get('/keep/:token', (c) => {
    cookie.keep(c, new Secret(c.req.param('token')))
    return c.text('')
  })
  app.get('/of', (c) => c.json(cookie.of(c).map((token) => token.reveal())))
  let held = ''
  const ask = async (path: string) => {
    const answer = await app.request(path, { headers: held === '' ? {} : { cookie: held } })
    const set = answer.headers.get('set-cookie')
    if (set) held = set.split(';', 1)[0] ?? ''
    return { set, answer }
  }
  return {
    keep: async (token: string) => (await ask(`/keep/${token}`)).set,
    of: async (): Promise<unknown> => (await ask('/of')).answer.json(),
    plant: (text: string) => {
      held = text
    },
  }
}

describe('the cookie of a trusted browser', () => {
  it('is kept from scripts, from plain http and from sibling domains', async () => {
    const set = await browser().keep(newToken().reveal())
    expect(set).toMatch(/^__Host-trust=/)
    expect(set).toMatch(/HttpOnly; Secure; SameSite=Lax/)
  })

  it('holds the tokens of the few who share the browser, the newest first', async () => {
    const { keep, of } = browser()
    const tokens = Array.from({ length: 7 }, () => newToken().reveal())
    for (const token of tokens) await keep(token)
    expect(await of()).toEqual(tokens.toReversed().slice(0, 5))
  })

  it('holds nothing that is no token', async () => {
    const { plant, of } = browser()
    plant('__Host-trust=abc.def')
    expect(await of()).toEqual([])
    plant(`trust=${newToken().reveal()}`)
    expect(await of()).toEqual([])
  })
})
