import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { parseSmtpServer } from '../../src/config/values/smtp-server.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { openTransport } from '../../src/instance/post-office.ts'
import { cli } from '../support/cli.ts'
import { testConfig } from '../support/config.ts'

const FROM = { MAIL_FROM: 'no-reply@example.com' }

function complaintOf(env: Record<string, string>, yaml = ''): string {
  const cwd = mkdtempSync(join(tmpdir(), 'hearthkey-mail-config-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  writeFileSync(join(cwd, 'hearthkey.yaml'), yaml)
  try {
    loadConfig({ env, cwd })
    return ''
  } catch (error) {
    if (error instanceof AppError) return `${error.detail}`
    throw error
  }
}

describe('SMTP_URL', () => {
  it.each([
    ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, implicitTls: false, login: undefined }],
    ['smtps://mail.example.com', { port: 465, implicitTls: true }],
    ['smtp://mail.example.com:2525/', { port: 2525 }],
    ['smtp://[::1]:25', { host: '::1', port: 25 }],
  ])('%s is understood', (url, expected) => {
    expect(parseSmtpServer(url)).toMatchObject({ server: expected })
  })

  it('takes login and password apart, whatever stands in them', () => {
    const parsed = parseSmtpServer(
      `smtp://${encodeURIComponent('ada@example.com')}:${encodeURIComponent('p:/?#@%é')}@h`,
    )
    if (!('server' in parsed)) throw new Error(parsed.reason)
    expect(parsed.server.login?.user).toBe('ada@example.com')
    expect(parsed.server.login?.password.reveal()).toBe('p:/?#@%é')
  })

  it.each([
    'mail.example.com',
    'http://mail.example.com',
    'smtp://',
    'smtp://login@mail.example.com',
    'smtp://login:hunter2@mail.example.com/path',
    'smtp://login:hunter2@mail.example.com?tls=off',
    'smtp://login:hunter2#x@mail.example.com',
    'smtp://login:hunter2%@mail.example.com',
    'smtp://login:hunter2%0d%0aRSET@mail.example.com',
    'smtp://mail.example.com:0',
  ])('[MON-1] %j is refused, and the reason does not quote it', (url) => {
    const complaint = complaintOf({ SMTP_URL: url, ...FROM })
    expect(complaint).toMatch(/SMTP_URL/)
    expect(complaint).not.toContain('hunter2')
  })

  it('[MON-1] stands in no file and in no answer of a command', async () => {
    expect(complaintOf({}, 'mail:\n  url: smtp://h\n  from: a@example.com\n')).toMatch(/SMTP_URL/)
    const { stdout } = await cli(['config', '--json'], { env: { SMTP_URL: 'smtp://login:hunter2@h', ...FROM } })
    const { stdout: text } = await cli(['config', 'show'], { env: { SMTP_URL: 'smtp://login:hunter2@h', ...FROM } })
    expect(stdout + text).not.toContain('hunter2')
  })
})

describe('the sender', () => {
  it.each([
    ['no-reply@example.com', { address: 'no-reply@example.com', name: undefined }],
    ['Example Ltd <no-reply@example.com>', { address: 'no-reply@example.com', name: 'Example Ltd' }],
    ['"Müller, Söhne" <no-reply@example.com>', { name: 'Müller, Söhne' }],
  ])('%s', (from, expected) => {
    expect(testConfig({ SMTP_URL: 'smtp://h', MAIL_FROM: from }).mail.from).toMatchObject(expected)
  })

  it.each([
    'example.com',
    'a@example.com, b@example.com',
    'A\r\nBcc: x@example.com <a@example.com>',
    `${'x'.repeat(65)} <a@example.com>`,
  ])('%j is refused', (from) => expect(complaintOf({ SMTP_URL: 'smtp://h', MAIL_FROM: from })).toMatch(/MAIL_FROM/))

  it('goes together with the server', () => {
    expect(complaintOf({ SMTP_URL: 'smtp://h' })).toMatch(/MAIL_FROM.*SMTP_URL and MAIL_FROM go together/s)
    expect(openTransport(testConfig())).toBeUndefined()
  })
})

describe('settings that do not go together', () => {
  it('a password is never sent where TLS is left to chance', () => {
    const yaml = 'mail:\n  tls: opportunistic\n'
    const login = (url: string) => complaintOf({ SMTP_URL: url, ...FROM }, yaml)
    expect(login('smtp://login:hunter2@mail.example.com')).toMatch(/mail\.tls: .*in the clear/)
    expect(login('smtp://mail.example.com')).toBe('')
    expect(login('smtps://login:hunter2@mail.example.com')).toBe('')
    expect(login('smtp://login:hunter2@127.0.0.1')).toBe('')
  })

  it('an authority that cannot be read stops the start, not the first letter', () => {
    const open = (ca: string) => openTransport({ ...config, mail: { ...config.mail, ca } })
    const config = testConfig({ SMTP_URL: 'smtp://h', ...FROM })
    expect(() => open('/nowhere.pem')).toThrow(/mail\.ca: the file cannot be read/)
    expect(() => open(import.meta.filename)).toThrow(/mail\.ca: the file holds no certificate/)
    expect(open(join(import.meta.dirname, '../support/tls/first.cert.pem'))).toBeDefined()
  })

  it('a name that would begin another line of the head is refused', () => {
    expect(complaintOf({}, 'mail:\n  operatorName: "A\\r\\nBcc: x@example.com"\n')).toMatch(/mail\.operatorName/)
  })
})
