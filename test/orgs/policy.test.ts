import { describe, expect, it } from 'vitest'
import { isFrom } from '../../src/orgs/policy/judge.ts'
import { readPolicy } from '../../src/orgs/policy/read.ts'

const problemsOf = (written: unknown): string[] => {
  const read = readPolicy(written)
  return read.ok ? [] : read.error.map(({ where, reason }) => `${where} ${reason}`)
}

describe('a policy that somebody writes', () => {
  it('is taken as it stands when everything in it is understood', () => {
    const policy = {
      mfa: 'phishing-resistant',
      factors: ['passkey', 'totp'],
      grace: 86_400,
      sessionMaxAge: 3600,
      ipRanges: ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'],
      membersFrom: 'verified-domains',
    }
    expect(readPolicy(policy)).toEqual({ ok: true, value: policy })
    expect(readPolicy({})).toEqual({ ok: true, value: {} })
  })

  it.each([
    [{ ipRange: ['192.0.2.0/24'] }, 'did you mean ipRanges?'],
    [{ mfaa: 'off' }, 'did you mean mfa?'],
    [{ nonsense: 1 }, 'there are mfa, factors'],
    [{ factors: ['passkeys'] }, 'did you mean passkey?'],
    [{ factors: ['sms'] }, 'there are passkey, totp'],
    [{ mfa: 'sometimes' }, 'mfa'],
    [{ sessionMaxAge: 0 }, 'sessionMaxAge'],
    [{ sessionMaxAge: 1e9 }, '365 days'],
    [{ grace: 0 }, 'grace'],
    [{ grace: 1e9 }, '365 days'],
    [{ mfa: 'required', factors: [] }, 'nobody could sign in'],
    [{ mfa: 'phishing-resistant', factors: ['totp'] }, 'leaves out passkey'],
    [null, 'policy'],
  ])('is refused with a word on what is meant: %j', (written, says) => {
    expect(problemsOf(written).join('\n')).toContain(says)
  })

  it.each([
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/',
    '192.0.2.0/8/8',
    '2001:db8::/129',
    'fe80::1%eth0',
    '10.0.0',
    'example.com',
    '',
    '0x7f.1',
    '010.0.0.1',
    ' 192.0.2.1',
  ])('is refused with a network that is none: %j', (range) => {
    expect(problemsOf({ ipRanges: [range] })).toHaveLength(1)
  })

  it.each(['::ffff:10.0.0.0/104', '::ffff:a00:0/104', '::ffff:10.0.0.5'])(
    'is refused with an IPv4 written as IPv6, which would shut out whoever wrote it: %j',
    (range) => {
      expect(problemsOf({ ipRanges: [range] })).toEqual([expect.stringContaining('an IPv4 range is written as such')])
    },
  )

  it('has networks that the judge understands in the same way', () => {
    for (const range of ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7', '::1', '0.0.0.0/0']) {
      expect(problemsOf({ ipRanges: [range] })).toEqual([])
      expect(() => isFrom('203.0.113.9', [range])).not.toThrow()
    }
  })
})
