import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { loadWords } from '../../src/instance/words.ts'
import { testConfig } from '../support/config.ts'

function load(files: Record<string, string>) {
  const messagesDir = mkdtempSync(join(tmpdir(), 'hearthkey-messages-'))
  onTestFinished(() => rmSync(messagesDir, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(messagesDir, name), text)
  return loadWords({ ...testConfig(), ui: { messagesDir } })
}

function complaint(files: Record<string, string>): string {
  try {
    load(files)
  } catch (error) {
    if (error instanceof AppError && error.code === 'config-invalid') return error.detail ?? ''
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('texts of an operator', () => {
  it('replace single texts, of pages and of errors', () => {
    const words = load({
      'de.yaml': 'app.name: Nordwind ID\nlogin.title: "Willkommen bei {client}"\nerror.not-found.title: "Nichts da."\n',
    })
    const t = words.speak('de')
    expect(t('login.title', { client: 'Acme' })).toBe('Willkommen bei Acme')
    expect(t('app.name')).toBe('Nordwind ID')
    expect(t('login.submit')).toBe('Anmelden')
    expect(t.error('not-found').title).toBe('Nichts da.')
  })

  it('add a language, written in its own direction', () => {
    const words = load({ 'fr.yaml': 'login.submit: Se connecter', 'ar.yaml': '', 'notes.txt': 'ignored' })
    expect(words.languages.map(({ tag, dir }) => `${tag} ${dir}`).sort()).toEqual([
      'ar rtl',
      'de ltr',
      'en ltr',
      'fr ltr',
    ])
    expect(words.speak('fr')('login.submit')).toBe('Se connecter')
  })

  it('are absent without the setting', () => {
    expect(loadWords(testConfig()).languages.map(({ tag }) => tag)).toEqual(['en', 'de'])
  })

  it.each([
    [
      'an unknown key',
      { 'en.yaml': '# mine\nlogin.titel: Hi' },
      'en.yaml:2: there is no text "login.titel": did you mean login.title?',
    ],
    [
      'an unknown parameter',
      { 'en.yaml': 'login.title: "Hi {user}"' },
      'en.yaml:1: login.title: there is no {user} in this text, it has {client}',
    ],
    [
      'a parameter where there is none',
      { 'en.yaml': 'login.submit: "Hi {user}"' },
      'login.submit: there is no {user} in this text, it has no parameters',
    ],
    ['no text', { 'en.yaml': 'login.submit:' }, 'login.submit: expected a text'],
    ['a list', { 'en.yaml': '- Hi' }, 'expected one text a line'],
    ['broken YAML', { 'en.yaml': 'login.submit: "Hi' }, 'en.yaml:1'],
    ['a name that is no language', { 'my texts.yaml': '' }, 'expected the name of a language'],
    ['another ending', { 'de.yml': '' }, 'expected the name of a language, like de.yaml'],
  ])('with %s stop the start and say where', (_, files, message) => expect(complaint(files)).toContain(message))

  it('are all complained of at once', () => {
    expect(complaint({ 'en.yaml': 'a: b\nc: d', 'de.yaml': 'e: f' })).toMatch(/^3 problems:/)
  })

  it('in a directory that is not there stop the start', () => {
    const config = { ...testConfig(), ui: { messagesDir: '/nowhere/at/all' } }
    expect(() => loadWords(config)).toThrow('ui.messagesDir: expected a directory')
  })
})
