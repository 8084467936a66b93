import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { letterRenderer } from '../../src/mail/letters/render.ts'
import { dark, light } from '../../src/mail/letters/style.ts'
import { lasting } from '../../src/mail/letters/when.ts'
import type { Message } from '../../src/mail/service.ts'
import { createWords, type Overrides } from '../../src/ui/messages/words.ts'
import { momentIn } from '../../src/ui/moment.ts'
import { everyMessage, forgotten, ISSUER, link, titleOf } from './support.ts'

const rendererWith = (operator = 'Hearthkey', overrides: Overrides = new Map()) =>
  letterRenderer({ words: createWords(overrides), operator, issuerUrl: ISSUER })
const render = rendererWith()

type Sent = Exclude<Message, { name: 'discard' }>
const sendable = everyMessage.filter((message): message is Sent => message.name !== 'discard')
const cases = sendable.flatMap((message) =>
  ['en', 'de'].map((language) => [language, titleOf(message), message] as const),
)

/** Where the letter leads, in the order of what it says; a locked account is not locked again by a link. */
function linksOf(message: Sent): string[] {
  if (message.name === 'already-registered') return [message.signInUrl, message.recoverUrl]
  if (message.name === 'email-change-asked' || message.name === 'email-change-told') return [message.undoUrl.reveal()]
  if (message.name === 'notice') {
    if (!message.notMeUrl) return []
    return [message.what === 'account-locked' ? `${ISSUER}/recover` : message.notMeUrl.reveal()]
  }
  if (message.name === 'email-code') return [`${ISSUER}/recover`]
  // How to stop it stands first: it cannot be used yet.
  if (message.name === 'factor-recovery') return [message.stopUrl.reveal(), message.url.reveal()]
  if (
    /^(api-key-expiring|program-key-leaked|program-key-created|program-key-rotated|program-created|membership-changed|webhook-disabled|audit-head|alerts)$/.test(
      message.name,
    )
  )
    return []
  return 'url' in message ? [message.url.reveal()] : []
}

/** What loads something by itself when the letter is opened. */
const loads =
  /<(?:img|link|script|iframe|object|embed|audio|video|source|form|input|svg|base)\b|url\(|@import|\s(?:src|srcset|background|poster)=|\son\w+=/i

describe('a letter', () => {
  it('is among those that are looked at here, whatever it says', () => expect(forgotten).toEqual([]))

  it.each(cases)(
    'in %s, “%s”, has a short subject, its links in both parts, and loads nothing',
    (language, _title, message) => {
      const { subject, text, html } = render(message, language)
      expect(subject.length).toBeGreaterThan(10)
      expect(subject.length).toBeLessThan(78)
      expect(subject).toContain('Hearthkey')
      expect(text.match(/https?:\/\/\S+/g) ?? []).toEqual(linksOf(message))
      const hrefs = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)
      expect([...new Set(hrefs)]).toEqual(linksOf(message))
      expect(html).not.toMatch(loads)
      for (const part of [text, html]) {
        expect(part).toContain('id.example.com')
        expect(part).not.toMatch(/undefined|\[object|\[secret\]|\{\w+\}|NaN/)
      }
      expect(html).toContain(`<html lang="${language}" dir="ltr">`)
      expect(text).toMatch(/\n\n-- \nHearthkey · id\.example\.com\n/)
    },
  )

  it.each(cases)('in %s, “%s”, says the same in both parts', (language, _title, message) => {
    const { text, html } = render(message, language)
    const words = (part: string) =>
      part
        .replaceAll(/&quot;/g, '"')
        .replaceAll(/&#39;/g, "'")
        .replaceAll(/&lt;/g, '<')
        .replaceAll(/&gt;/g, '>')
        .replaceAll(/&amp;/g, '&')
        // What stands between them is a command, and looks like one there.
        .replaceAll('`', '')
        .replaceAll(/\s+/g, ' ')
        .trim()
    const seen = words(
      html
        .replace(/<head>.*<\/head>/s, '')
        .replaceAll(/<\/?(?:code|span|bdi)\b[^>]*>/g, '')
        .replaceAll(/<[^>]*>/g, ' '),
    )
    for (const paragraph of text.split('\n\n-- ')[0]?.split('\n') ?? []) {
      // Where a quiet link leads, its address shows on demand.
      if (['already-registered', 'email-code'].includes(message.name) && paragraph === `${ISSUER}/recover`) continue
      // Facts stand in a table there, without the colon.
      const isFact =
        /^\p{Letter}[^:]{0,24}: /u.test(paragraph) &&
        /^(notice|api-key-expiring|program-key-leaked|program-key-created|program-key-rotated|program-created|factor-recovery|factors-reset|membership-changed|webhook-disabled|audit-head|invitation)$/.test(
          message.name,
        )
      expect(seen).toContain(words(isFact ? paragraph.replace(':', '') : paragraph.replace(/:$/, '')))
    }
  })

  it('with a code has it on a line of its own, and not in the subject', () => {
    for (const message of sendable.filter(({ name }) => name === 'email-code')) {
      const { subject, text, html } = render(message, 'en')
      expect(text).toMatch(/\n\n {4}402917\n\n/)
      expect(text.match(/402917/g)).toHaveLength(1)
      expect(html.match(/402917/g)).toHaveLength(1)
      expect(subject).not.toMatch(/[0-9]/)
    }
  })

  it('is in the nearest language that is spoken here, else in English', () => {
    const [message] = sendable
    if (!message) throw new Error('no message')
    expect(render(message, 'de-CH').html).toContain('lang="de"')
    for (const locale of ['fr', 'xx-invalid-!', '', undefined])
      expect(render(message, locale).html).toContain('lang="en"')
  })

  it('says when, on which device and from where something happened', () => {
    const notice = sendable.find((message) => message.name === 'notice')
    if (!notice) throw new Error('no notice')
    expect(render(notice, 'en').text).toContain(
      'When: January 15, 2030 at 11:58 UTC\nDevice: Firefox on Linux\nIP address: 2001:db8::7\n',
    )
    expect(render(notice, 'de').text).toContain('Wann: 15. Januar 2030 um 11:58 UTC\nGerät: Firefox on Linux\n')
  })

  it('names the key that leaked, offers what can be done, and never says that nothing is to be done', () => {
    const leak = sendable.find((message) => message.name === 'notice' && message.what === 'api-key-leaked')
    if (!leak) throw new Error('no leak')
    const { text } = render(leak, 'en')
    expect(text).toContain('Key: nightly export (…k3Qa9Z)\nOrganisation: Nordwind\nWhen: ')
    expect(text).toContain('I do not know this key')
    expect(text).not.toMatch(/If this was you|Device|IP address/)
  })

  it('of alerts names the organisation, the event and what to do, and calls a broken log nothing that is expected', () => {
    const [some, broken] = sendable.filter(({ name }) => name === 'alerts')
    if (!some || !broken) throw new Error('no alerts')
    const { text } = render(some, 'en')
    expect(text).toContain('Organisation: Nordwind www.')
    expect(text).toContain('\n  evt_0190a6b2c3d47e5f8a9b0c1d2e3f4a5c')
    expect(text).toContain('A key was rotated or revoked (3)')
    expect(text).toContain('If it was expected')
    expect(render(some, 'en').subject).toContain('5 security alerts')
    expect(render(broken, 'en').text).toContain('`hearthkey audit verify`')
    expect(render(broken, 'en').text).not.toContain('If it was expected')
  })

  it('says roles in the language of whoever reads', () => {
    const changed = sendable.find((message) => message.name === 'membership-changed' && message.what === 'roles')
    if (!changed) throw new Error('no letter')
    expect(render(changed, 'de').text).toContain('Ihre Rollen dort: Administration, Night shift')
    expect(render(changed, 'en').text).toContain('Your roles there: Administrator, Night shift')
  })

  it('takes the operator’s words in place of ours, and their name', () => {
    const overrides = new Map([
      ['en', { 'mail.recovery.lead': 'Choose a word, <b>friend</b>.', 'mail.recovery.subject': 'New\nword' }],
    ])
    const { subject, text, html } = rendererWith('Müller & Söhne', overrides)(recovery(), 'en')
    expect(subject).toBe('New word')
    expect(text).toContain('Choose a word, <b>friend</b>.')
    expect(text).toContain('\nMüller & Söhne · id.example.com\n')
    expect(html).toContain('Choose a word, &lt;b&gt;friend&lt;/b&gt;.')
    expect(html).toContain('Müller &amp; Söhne')
  })

  it('escapes whatever a stranger had a say in (threat 29)', () => {
    const evil = '"><img src=x onerror=alert(1)><a href="https://evil.example">'
    const { html } = rendererWith(evil.slice(0, 60))(
      {
        name: 'notice',
        what: 'new-device',
        at: new Date(0),
        device: evil,
        place: evil,
        notMeUrl: new Secret(link('/link/not-me')),
      },
      'en',
    )
    const tags = (page: string) => page.match(/<[^>]+>/g)?.join('') ?? ''
    expect(tags(html)).not.toMatch(loads)
    expect(tags(html)).not.toContain('evil.example')
    const told: Message = {
      name: 'email-change-told',
      newAddress: evil,
      undoUrl: new Secret(link('/link/undo-email-change')),
      validFor: 60,
    }
    expect(tags(render(told, 'en').html)).not.toMatch(/evil\.example|onerror/)
  })
})

const recovery = (): Sent => ({ name: 'recovery', url: new Secret(link('/recover/password')), validFor: 30 })

describe('how long a link lives', () => {
  it.each([
    [1, 'en', '1 minute'],
    [30, 'en', '30 minutes'],
    [90, 'en', '90 minutes'],
    [60, 'en', '1 hour'],
    [24 * 60, 'en', '1 day'],
    [7 * 24 * 60, 'de', '7 Tage'],
    [120, 'de', '2 Stunden'],
  ])('%s minutes in %s: %s', (minutes, language, text) => expect(lasting(minutes, language)).toBe(text))

  it('a moment says its time zone', () => {
    expect(momentIn(new Date('2030-06-01T23:05:00Z'), 'en')).toBe('June 1, 2030 at 23:05 UTC')
  })
})

describe('the colours of letters', () => {
  const tokens = readFileSync(join(import.meta.dirname, '../../assets/styles/tokens.css'), 'utf8')
  const [lightTokens = '', darkTokens = ''] = tokens.split('prefers-color-scheme: dark')
  const names = {
    wall: 'wall',
    paper: 'paper',
    ink: 'ink',
    soft: 'ink-soft',
    line: 'line',
    accent: 'accent',
    onAccent: 'accent-ink',
  } as const

  it.each(Object.entries(names))('are those of the pages: %s', (name, token) => {
    const valueIn = (css: string) => new RegExp(`--${token}: (#[0-9a-f]{6})`).exec(css)?.[1]
    const [inLight, inDark] = [Object.entries(light), Object.entries(dark)].map((entries) =>
      new Map<string, string>(entries).get(name),
    )
    expect(inLight).toBe(valueIn(lightTokens))
    expect(inDark).toBe(valueIn(darkTokens))
  })
})
