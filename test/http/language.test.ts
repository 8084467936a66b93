import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { languageOf } from '../../src/http/language.ts'
import { createWords } from '../../src/ui/messages/words.ts'
import { issuerUrl, testHttp } from './support.ts'

const { app } = testHttp({ words: createWords(new Map([['fr', {}]])) })
app.get('/page', (c) => {
  const t = languageOf(c, c.req.query('ui_locales'))
  return c.json({ lang: t.language.tag, form: t.carry('/next'), choices: t.choices.map(({ href }) => href) })
})
app.post('/page', (c) => c.json({ lang: languageOf(c).language.tag }))

const answer = z.object({ lang: z.string(), form: z.string(), choices: z.array(z.string()) })
const ask = async (path: string, headers: Record<string, string> = {}) =>
  answer.parse(await (await app.request(path, { headers })).json())

describe('the language of a page', () => {
  it.each([
    ['/page', {}, 'en'],
    ['/page', { 'accept-language': 'it, fr;q=0.8, de;q=0.9' }, 'de'],
    ['/page', { 'accept-language': 'de;q=0, fr;q=0.1' }, 'fr'],
    ['/page', { 'accept-language': 'de;q=0' }, 'en'],
    ['/page', { 'accept-language': '*' }, 'en'],
    ['/page?ui_locales=it+fr-CA+de', { 'accept-language': 'de' }, 'fr'],
    ['/page?ui_locales=fr', { cookie: '__Host-lang=de' }, 'de'],
    ['/page?lang=en&ui_locales=fr', { cookie: '__Host-lang=de' }, 'en'],
    ['/page?lang=it', { 'accept-language': 'de' }, 'de'],
    ['/page?lang=%00"><script>', { cookie: '__Host-lang=<script>' }, 'en'],
  ])('of %s with %j is %s: chosen, kept, said by the client, said by the browser', async (path, headers, lang) => {
    expect(await ask(path, headers)).toMatchObject({ lang })
  })

  it('is offered as addresses of the same page, which keep the rest of its query', async () => {
    expect((await ask('/page?a=1&lang=de')).choices).toEqual([
      '/page?a=1&lang=en',
      '/page?a=1&lang=de',
      '/page?a=1&lang=fr',
    ])
  })

  it('that was chosen goes along with the form, and one that was not does not', async () => {
    expect((await ask('/page?lang=de')).form).toBe('/next?lang=de')
    expect((await ask('/page', { 'accept-language': 'de' })).form).toBe('/next')
  })

  it('is kept when a form is sent, and by no link: a GET changes nothing', async () => {
    expect((await app.request('/page?lang=de')).headers.get('set-cookie')).toBeNull()
    const sent = await app.request('/page?lang=de', { method: 'POST', headers: { origin: issuerUrl } })
    expect(sent.headers.get('set-cookie')).toMatch(
      /^__Host-lang=de; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    const without = await app.request('/page?lang=it', { method: 'POST', headers: { origin: issuerUrl } })
    expect(without.headers.get('set-cookie')).toBeNull()
  })

  it('is that of an error, too', async () => {
    const response = await app.request('/nowhere', { headers: { accept: 'text/html', 'accept-language': 'de' } })
    const text = await response.text()
    expect(text).toContain('<html lang="de" dir="ltr">')
    expect(text).toContain('Unter dieser Adresse gibt es nichts')
  })
})
