import { describe, expect, it } from 'vitest'
import { amrOf } from '../../src/factors/amr.ts'
import type { Proof } from '../../src/factors/factor.ts'
import { isLevel, type Level, levelOf, levels, reaches } from '../../src/factors/level.ts'
import { passkeyProof, proof, trustedBy } from './support.ts'

const password = proof('password')

describe('How strong a sign-in was (acr), and by what (amr, RFC 8176)', () => {
  it.each<[string, readonly Proof[], Level, readonly string[]]>([
    ['nothing', [], 'aal1', []],
    ['a password', [password], 'aal1', ['pwd']],
    ['a password and a code of an app', [password, proof('totp')], 'aal2', ['pwd', 'otp', 'mfa']],
    ['a password and a backup code', [password, proof('backup-code')], 'aal2', ['pwd', 'otp', 'mfa']],
    ['a password and a mailed code', [password, proof('email-code')], 'mfa', ['pwd', 'otp', 'mca', 'mfa']],
    ['a password in a trusted browser: nothing more was proven now', [password, trustedBy('totp')], 'mfa', ['pwd']],
    ['a trusted browser is never what earned it', [password, trustedBy('passkey')], 'mfa', ['pwd']],
    ['a password and a passkey of one device', [password, passkeyProof()], 'phr', ['pwd', 'hwk', 'mfa']],
    ['a passkey alone, verified', [passkeyProof({ verified: true })], 'phr', ['hwk', 'user', 'mfa']],
    ['a passkey alone, synced', [passkeyProof({ verified: true, synced: true })], 'phr', ['swk', 'user', 'mfa']],
    ['a passkey alone without a finger: whoever holds the device', [passkeyProof()], 'aal1', ['hwk']],
    ['a code without a first factor', [proof('totp')], 'aal1', ['otp']],
    [
      'a mailed code and a trusted browser, and no first',
      [proof('email-code'), trustedBy('totp')],
      'aal1',
      ['otp', 'mca'],
    ],
    ['both codes', [password, proof('email-code'), proof('totp')], 'aal2', ['pwd', 'otp', 'mca', 'mfa']],
  ])('%s', (_what, proofs, level, amr) => {
    expect(levelOf(proofs)).toBe(level)
    expect(amrOf(proofs)).toEqual(amr)
  })

  it('the levels stand in one order, and a word that is none of them reaches nothing', () => {
    for (const [place, one] of levels.entries())
      for (const [least, other] of levels.entries())
        expect(reaches(one, other), `${one} ≥ ${other}`).toBe(place >= least)
    for (const word of ['', 'AAL2', 'aal3', 'urn:mace:incommon:iap:silver', '__proto__']) {
      expect(isLevel(word)).toBe(false)
      for (const least of levels) expect(reaches(word, least)).toBe(false)
    }
  })
})
