import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { catalogue } from '../../src/errors/catalogue.ts'
import { ErrorPage } from '../../src/ui/error-page.tsx'
import { de } from '../../src/ui/messages/de.ts'
import { en } from '../../src/ui/messages/en.ts'
import { languageOf } from '../../src/ui/messages/language.ts'
import { lookUp } from '../../src/ui/messages/look-up.ts'
import type { Messages } from '../../src/ui/messages/message.ts'
import { isReplaceable } from '../../src/ui/messages/override.ts'
import { parametersOf } from '../../src/ui/messages/template.ts'
import { createWords } from '../../src/ui/messages/words.ts'
import { renderPage } from '../../src/ui/render.ts'
import { gallery, given } from './support/gallery.tsx'
import { operatorsAlone } from './support/operators-alone.ts'
import { bracketed, errorTexts, rightToLeft } from './support/pseudo.ts'

const words = createWords()

const englishOf = new Map<string, string>([...Object.entries(en), ...Object.entries(errorTexts)])

describe('the catalogue of texts', () => {
  it('is complete in German, and says no more than the English', () => {
    expect(Object.keys(en).filter((key) => !(key in de))).toEqual([])
    expect(Object.keys(de).filter((key) => !englishOf.has(key))).toEqual([])
  })

  it('has the same parameters in German', () => {
    for (const [key, text] of Object.entries(de))
      expect([key, ...parametersOf(text)].sort()).toEqual([key, ...parametersOf(englishOf.get(key) ?? '')].sort())
  })

  it('lists permissions in German in one form: what an application may do, then a sentence about it', () => {
    const texts = Object.entries(de).filter(([key]) => key.startsWith('consent.scope.'))
    const isAbout = ([key]: [string, string]) => /\.(about|unnamed)$/.test(key)
    const wrong = texts.filter(
      (text) => !(isAbout(text) ? /^(Die Anwendung|Das) .*\.$/ : /^(Sie|Ihren?|\{scope\}) .*en\b/).test(text[1]),
    )
    expect(wrong).toEqual([])
  })

  it('has German words for every error that a person can meet', () => {
    const codes = Object.keys(catalogue).filter((code) => !operatorsAlone.has(code))
    const keys = codes.flatMap((code) => [`error.${code}.title`, `error.${code}.cure`])
    expect(keys.filter((key) => !(key in de))).toEqual([])
  })

  it('counts as an operators’ error only what exists', () => {
    expect([...operatorsAlone].filter((code) => !(code in catalogue))).toEqual([])
  })
})

/** What is typed into a terminal is the same in every language. */
const commands = [
  'npm run demo',
  'npx hearthkey setup-link',
  `npx hearthkey client update ${given.clientId} --add-redirect-uri …`,
]

/** Letters that no text of the catalogue and no given name accounts for; of what is seen and of what is read aloud. */
function strayLetters(html: string): string[] {
  const spoken = [...html.matchAll(/(?:aria-label|title|placeholder|alt)="([^"]*)"/g)].map(([, text = '']) => text)
  const seen = html.replaceAll(/<(style|script)[^>]*>.*?<\/\1>/gs, '').replaceAll(/<[^>]*>/g, '\n')
  let text = [seen, ...spoken].join('\n')
  // A text may be a parameter of another one.
  while (/⟦[^⟦⟧]*⟧/.test(text)) text = text.replaceAll(/⟦[^⟦⟧]*⟧/g, '')
  const expected = [...Object.values(given).flat(), ...commands, ...Object.keys(catalogue)]
  for (const data of expected.sort((a, b) => b.length - a.length)) text = text.replaceAll(escaped(data), '')
  return text.match(/[^\n]*\p{Letter}[^\n]*/gu) ?? []
}

const escaped = (text: string) => text.replaceAll('&', '&amp;')

/** An element inside a text ends one piece and begins another. */
const flattened = (html: string) => html.replaceAll(/<\/?(bdi|code)[^>]*>/g, '')

describe('a page', () => {
  const pseudo = createWords(new Map([['en-XA', bracketed]])).speak('en-XA')

  it.each(Object.keys(gallery))('%s takes every word from the catalogue', (name) => {
    expect(strayLetters(flattened(renderPage(pageNamed(name)(pseudo))))).toEqual([])
  })

  it('that had a word of its own would be found out', () => {
    expect(strayLetters('<p>⟦Sign in⟧ now</p>')).toEqual([' now'])
    expect(strayLetters('<p aria-label="Close">⟦Sign in⟧</p>')).toEqual(['Close'])
  })
})

const pageNamed = (name: string) => {
  const page = gallery[name]
  if (!page) throw new Error(`there is no page ${name}`)
  return page
}

describe('a text', () => {
  it('takes its parameters, numbers as the language writes them', () => {
    const text = 'At least 1,200 characters. A few words in a row are strong and easy to remember.'
    expect(words.speak('en')('passwords.hint', { minimum: 1200 })).toBe(text)
    expect(words.speak('de')('passwords.hint', { minimum: 1200 })).toContain('1.200 Zeichen')
  })

  it('never takes a parameter out of a parameter', () => {
    expect(words.speak('en')('gone.back', { client: '{client}' })).toBe('Back to {client}')
  })

  it('that a language lacks is said in English', () => {
    const french = createWords(new Map([['fr', { 'login.submit': 'Se connecter' } satisfies Partial<Messages>]]))
    expect(french.speak('fr')('login.submit')).toBe('Se connecter')
    expect(french.speak('fr')('login.password')).toBe('Password')
    expect(french.languages.map(({ name }) => name)).toEqual(['English', 'Deutsch', 'Français'])
  })

  it('of an operator stands in for ours, in that language alone', () => {
    const own = createWords(new Map([['en', { 'app.name': 'Nordwind ID' }]]))
    expect(own.speak('en')('app.name')).toBe('Nordwind ID')
    expect(own.speak('de')('app.name')).toBe('Hearthkey')
  })

  it('of an error is in English, and marked as such, where the language has none', () => {
    expect(words.speak('de').error('not-found')).toMatchObject({ lang: 'de', title: de['error.not-found.title'] })
    expect(words.speak('de').error('port-in-use')).toMatchObject({ lang: 'en', title: 'The port is already in use.' })
    expect(isReplaceable('error.port-in-use.title')).toBe(true)
  })

  it('of this occurrence of an error is marked as English in a German page', () => {
    const error = new AppError('not-found', { detail: 'No key "a".', cure: 'Look again.' })
    const html = renderPage(ErrorPage({ t: words.speak('de'), error, requestId: 'r' }))
    expect(html).toContain('<p class="lead" lang="en" dir="auto">No key &quot;a&quot;.</p>')
    expect(html).toContain('<p lang="en" dir="auto">Look again.</p>')
  })
})

describe('a language', () => {
  it.each([
    [['de-AT'], 'de'],
    [['DE'], 'de'],
    [['fr', 'de-Latn-CH-1996'], 'de'],
    [['fr'], undefined],
    [['', '*', '-', 'de'], 'de'],
    [[], undefined],
  ])('%j is answered by %s', (wishes, tag) => expect(lookUp(wishes, ['en', 'de'])).toBe(tag))

  it('is not searched for through thousands of wishes', () => {
    expect(lookUp([...Array.from({ length: 1000 }, () => 'x'), 'de'], ['de'])).toBeUndefined()
  })

  it.each([
    ['ar', 'rtl'],
    ['he', 'rtl'],
    ['fa-IR', 'rtl'],
    ['de', 'ltr'],
    ['ks-Deva', 'ltr'],
  ])('%s is written %s', (tag, dir) => expect(languageOf(tag)?.dir).toBe(dir))

  it('is none where the tag is none', () => expect(languageOf('not a tag')).toBeUndefined())

  it('written from right to left turns the page', () => {
    const t = createWords(new Map([['ar-XB', rightToLeft]])).speak('ar-XB')
    expect(renderPage(pageNamed('sign-in')(t))).toContain('<html lang="ar-XB" dir="rtl">')
  })
})
