import { describe, expect, it } from 'vitest'
import { defineCookie } from '../../src/http/cookies.ts'
import { issuerUrl, testHttp } from './support.ts'

function jar(issuer: string, path: '/' | '/login') {
  const { app } = testHttp({ issuerUrl: issuer })
  const cookie = defineCookie(issuer, { name: 'flow', path, maxAge: 600 })
  app.get('/write', (c) => {
    cookie.write(c, 'a b;c')
    return c.text('')
  })
  app.get('/clear', (c) => {
    cookie.clear(c)
    return c.text('')
  })
  app.get('/read', (c) => c.text(cookie.read(c) ?? 'none'))
  return {
    set: async (target: string) => (await app.request(target)).headers.get('set-cookie'),
    read: async (cookieHeader: string) => (await app.request('/read', { headers: { cookie: cookieHeader } })).text(),
  }
}

describe('[DRP-8] a cookie', () => {
  it('is httpOnly, Secure, SameSite, of bounded age, and bound to this host', async () => {
    expect(await jar(issuerUrl, '/').set('/write')).toBe(
      '__Host-flow=a%20b%3Bc; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
  })

  it('keeps to a narrow path where one is enough', async () => {
    expect(await jar(issuerUrl, '/login').set('/write')).toBe(
      '__Secure-flow=a%20b%3Bc; Max-Age=600; Path=/login; HttpOnly; Secure; SameSite=Lax',
    )
  })

  it('works on http://localhost, where Secure and prefixes cannot', async () => {
    expect(await jar('http://localhost:3000', '/').set('/write')).toBe(
      'flow=a%20b%3Bc; Max-Age=600; Path=/; HttpOnly; SameSite=Lax',
    )
  })

  it('is read under its prefix alone, so that a planted one is not taken for it', async () => {
    const { read } = jar(issuerUrl, '/')
    expect(await read('__Host-flow=a%20b%3Bc')).toBe('a b;c')
    expect(await read('flow=planted; __Secure-flow=planted')).toBe('none')
  })

  it('is cleared with the attributes it was set with', async () => {
    expect(await jar(issuerUrl, '/login').set('/clear')).toBe(
      '__Secure-flow=; Max-Age=0; Path=/login; HttpOnly; Secure; SameSite=Lax',
    )
  })
})
