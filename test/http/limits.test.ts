import { describe, expect, it } from 'vitest'
import { limited } from '../../src/http/limits/limited.ts'
import { testHttp } from './support.ts'

const quotas = [
  { name: 'signIn.email', limit: 10, windowSeconds: 900, remaining: 3, resetSeconds: 120 },
  { name: 'signIn.ip', limit: 300, windowSeconds: 900, remaining: 250, resetSeconds: 120 },
]
const none = [{ name: 'signIn.email', limit: 10, windowSeconds: 900, remaining: 0, resetSeconds: 700 }]
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

function pages(retryAfterSeconds = 700) {
  const { app } = testHttp()
  app.get('/some', (c) => {
    limited(c, { ok: true, quotas })
    return c.text('here')
  })
  for (const path of ['/none', '/api/none'])
    app.get(path, (c) => {
      limited(c, { ok: false, quotas: none, retryAfterSeconds })
      return c.text('never')
    })
  app.get('/unlimited', (c) => {
    limited(c, { ok: true, quotas: [] })
    return c.text('here')
  })
  return (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })
}

describe('an answer under limits', () => {
  it('says what is left of each (draft-ietf-httpapi-ratelimit-headers-11)', async () => {
    const answer = await pages()('/some')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('RateLimit-Policy')).toBe('"signIn.email";q=10;w=900, "signIn.ip";q=300;w=900')
    expect(answer.headers.get('RateLimit')).toBe('"signIn.email";r=3;t=120, "signIn.ip";r=250;t=120')
    expect(answer.headers.get('Retry-After')).toBeNull()
  })

  it('says nothing where there is no limit', async () => {
    const answer = await pages()('/unlimited')
    expect(answer.headers.get('RateLimit')).toBeNull()
    expect(answer.headers.get('RateLimit-Policy')).toBeNull()
  })
})

describe('a request over its limit', () => {
  it('[MON-9] is answered to a program with 429, a problem document and Retry-After', async () => {
    for (const path of ['/none', '/api/none']) {
      const answer = await pages()(path, path === '/none' ? {} : { accept: browser })
      expect(answer.status).toBe(429)
      expect(answer.headers.get('Retry-After')).toBe('700')
      expect(answer.headers.get('RateLimit')).toBe('"signIn.email";r=0;t=700')
      expect(answer.headers.get('RateLimit-Policy')).toBe('"signIn.email";q=10;w=900')
      expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
      expect(await answer.json()).toMatchObject({ code: 'too-many-requests', status: 429 })
    }
  })

  it.each([
    ['en', 700, 'You can try again in 12 minutes.'],
    ['de', 700, 'Sie können es in 12 Minuten noch einmal versuchen.'],
    ['en', 1, 'in 1 second.'],
    ['de', 1, 'in 1 Sekunde'],
    ['en', 100, 'in 100 seconds'],
    ['de', 3 * 3600 + 1, 'in 4 Stunden'],
  ])('is answered to a person (%s) with a page that says when to come back: %i s', async (language, wait, words) => {
    const answer = await pages(wait)('/none', { accept: browser, 'accept-language': language })
    expect(answer.status).toBe(429)
    expect(answer.headers.get('Retry-After')).toBe(String(wait))
    expect(answer.headers.get('Content-Type')).toContain('text/html')
    expect(await answer.text()).toContain(words)
  })
})
