import { describe, expect, it } from 'vitest'
import { parseEmail } from '../../src/users/email.ts'
import { workSince } from '../support/work.ts'

const identityOf = (typed: string) => {
  const parsed = parseEmail(typed)
  return parsed.ok ? parsed.value.identity : parsed.error
}

describe('an e-mail address', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['  Ada@Example.COM ', 'ada@example.com'],
    ['ada+invoices@example.com', 'ada+invoices@example.com'],
    ["o'hara@example.com", "o'hara@example.com"],
    ['ada@müller.example', 'ada@xn--mller-kva.example'],
    ['ada@MÜLLER.example', 'ada@xn--mller-kva.example'],
    ['ada@XN--mller-kva.example', 'ada@xn--mller-kva.example'],
  ])('%s is the identity %s', (typed, identity) => {
    expect(identityOf(typed)).toBe(identity)
  })

  it('is kept as it was typed', () => {
    expect(parseEmail(' Ada@Müller.example ')).toMatchObject({ value: { address: 'Ada@Müller.example' } })
  })

  it.each([
    ['a full-width @', 'ada＠example.com'],
    ['a full-width @ beside a real one', 'ada＠example.com@evil.example'],
    ['a dotless i', 'adı@example.com'],
    ['a Kelvin sign for k', 'mi\u212ae@example.com'],
    ['a Kelvin sign in the domain', 'mike@\u212aelvin.example'],
    ['a full-width domain', 'ada@ｅｘａｍｐｌｅ.com'],
    ['an ideographic full stop', 'ada@example。com'],
    ['a soft hyphen in the domain', 'ada@exam\u00adple.com'],
    ['a zero-width joiner', 'ada\u200d@example.com'],
    ['an escape in the domain', 'ada@ex%61mple.com'],
    ['a Cyrillic a', '\u0430da@example.com'],
    ['a composed letter', 'adé@example.com'],
    ['a quoted part', '"ada love"@example.com'],
    ['a comment', 'ada(x)@example.com'],
    ['a line break', 'ada@example.com\nBcc: eve@example.com'],
    ['a null', 'ada\0@example.com'],
    ['two addresses', 'ada@example.com,eve@example.com'],
    ['a name beside it', 'Ada <ada@example.com>'],
    ['two dots', 'ada..l@example.com'],
    ['no @', 'ada.example.com'],
    ['no domain', 'ada@'],
    ['nothing before the @', '@example.com'],
    ['an address of a machine', 'ada@[127.0.0.1]'],
    ['a port', 'ada@example.com:25'],
    ['a path', 'ada@example.com/x'],
    ['an empty text', ''],
    ['65 characters before the @', `${'a'.repeat(65)}@example.com`],
    ['255 characters', `ada@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example`],
  ])('with %s is refused, never turned into another', (_what, typed) => {
    expect(identityOf(typed)).toBe('email-invalid')
  })

  it('of a megabyte is refused at once', () => {
    const work = workSince()
    expect(identityOf(`${'a@'.repeat(500_000)}x`)).toBe('email-invalid')
    expect(work()).toBeLessThan(50)
  })
})
