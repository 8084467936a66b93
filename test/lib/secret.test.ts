import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { captureLog } from '../support/log.ts'

const secret = new Secret('correct horse battery staple')

describe('[TOS-8] a secret', () => {
  it.each([
    ['a template string', () => `${secret}`],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['the console', () => inspect({ secret }, { depth: 9, showHidden: true })],
    ['Object.entries', () => JSON.stringify(Object.entries(secret))],
    ['concatenation', () => String(secret).concat('')],
  ])('does not print through %s', (_way, print) => {
    expect(print()).not.toContain('horse')
  })

  it('does not print through the log', () => {
    const { log, text } = captureLog()
    log.info({ anything: secret, deep: { deeper: [secret] }, err: new Error('x', { cause: secret }) }, 'message')
    expect(text()).toContain('[secret]')
    expect(text()).not.toContain('horse')
  })

  it('is had by asking for it', () => {
    expect(secret.reveal()).toBe('correct horse battery staple')
  })
})

describe('[TOS-8] the log', () => {
  it.each(['authorization', 'cookie', 'password', 'client_secret', 'refresh_token', 'code', 'otp'])(
    'masks a field named %s that a library hands over, also two levels down',
    (field) => {
      const { log, text } = captureLog()
      log.info({ [field]: 'horse', one: { [field]: 'horse', two: { [field]: 'horse' } } }, 'message')
      expect(text()).not.toContain('horse')
    },
  )
})

describe('[TOS-8] a logged error', () => {
  it('is its name, message, code, stack and causes, and nothing else that a library hung on it', () => {
    const { log, lines } = captureLog()
    const inner = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', client: { password: 'horse' } })
    log.warn({ err: new TypeError('outer', { cause: inner }) }, 'message')
    const [line] = lines()
    expect(line).toMatchObject({
      err: { name: 'TypeError', message: 'outer', cause: { message: 'refused', errorCode: 'ECONNREFUSED' } },
    })
    expect(JSON.stringify(line)).not.toContain('horse')
  })
})
