import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { dictionary } from '@zxcvbn-ts/language-common'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { shippedFilter } from '../../src/breaches/common/shipped.ts'
import { stemsOf, upToLast } from '../../src/breaches/common/stems.ts'
import { createBreaches } from '../../src/breaches/service.ts'
import { Secret } from '../../src/lib/secret.ts'
import { frozenClock } from '../support/clock.ts'
import { captureLog } from '../support/log.ts'
import { folder } from './support.ts'

function shipped() {
  const { log } = captureLog()
  const breaches = createBreaches({ settings: { service: 'off' }, clock: frozenClock(), log })
  onTestFinished(() => breaches.close())
  return (password: string) => breaches.find(new Secret(password))
}

describe('[MOS-3] what everybody guesses first', () => {
  it.each([
    ...['password1234', 'qwertyuiop123', 'letmein12345', 'iloveyou1234', 'administrator', '1q2w3e4r5t6y'],
    ...[
      'Password123!',
      'PASSWORD1234',
      'Welcome12345',
      'Congratulations1',
      'Sunshine2024',
      '2024!Sunshine',
      'Sommer2024!!',
    ],
    ...['P@ssw0rd2024!', 'l3tme1n12345', '5unsh1ne2024', 'pa55word!!!!', 'adm1n1str4tor'],
    ...['passwordpassword', 'qwertyqwerty', 'monkeymonkey1', 'aaaaaaaaaaaa', 'abcabcabcabc', '121212121212'],
    ...['123456789012', '098765432109', 'abcdefghijkl', 'ZYXWVUTSRQPO', '1qaz2wsx3edc!'],
    ...['password', '12345678', 'trustno1', 'qwerty!@#$%^'],
  ])('is known with nothing but what is shipped: %s', async (password) => {
    expect(await shipped()(password)).toBe('common')
  })

  it.each([
    ...['correct horse battery staple', 'plum-otter-canal-37', 'elephant seventeen', 'An Engine Weaves Algebra'],
    ...['Der Kühlschrank brummt in Moll', 'Müller-Lüdenscheidt', 'superman!batwing', 'ich mag zwei Katzen'],
    ...[
      'love8271649302',
      'tiger-4815162342',
      '9f86d081884c7d65',
      'G7#kd82!xPq0',
      '+49 30 901820 x',
      '2024-11-20T13:11:40Z',
    ],
    ...['密码是一只很大的蓝色大象', '🐘🦊🐙🦉🐢🦋🐝🦀🐬🦜🐿🦔'],
  ])('is not: %s', async (password) => {
    expect(await shipped()(password)).toBe('unknown')
  })

  it('is looked for in work that grows with the length and no faster, whatever is typed', () => {
    for (const [typed, kept] of [
      [`${'1'.repeat(4095)}a`, 4096],
      [`a${'1'.repeat(4095)}`, 1],
      ['!1'.repeat(2048), 0],
    ] as const) {
      const isLetter = vi.fn((character: string) => character === 'a')
      expect(upToLast(Array.from(typed), isLetter)).toHaveLength(kept)
      expect(isLetter.mock.calls.length).toBeLessThanOrEqual(typed.length)
      const replacing = vi.spyOn(String.prototype, 'replace')
      stemsOf(typed)
      const open = replacing.mock.calls.filter(([what]) => what instanceof RegExp && /[+*}]\$$/.test(what.source))
      replacing.mockRestore()
      expect(open, 'expressions that begin anew at each character').toEqual([])
    }
  })

  it('raises no false alarm over phrases of four words, or over what a password manager makes', async () => {
    const find = shipped()
    const words = dictionary['diceware-common']
    const alarms: string[] = []
    for (let number = 0; number < 2000; number++) {
      const digest = createHash('sha256').update(`${number}`).digest()
      const phrase = [0, 2, 4, 6]
        .map((at) => words[digest.readUInt16BE(at) % words.length])
        .join(number % 2 ? ' ' : '-')
      for (const good of [phrase, digest.toString('base64url').slice(0, 12), digest.toString('hex').slice(0, 16)])
        if ((await find(good)) !== 'unknown') alarms.push(good)
    }
    expect(alarms).toEqual([])
  })

  it('is built from packages that are installed, to the same bytes each time', async () => {
    const out = join(await folder(), 'common.filter')
    const script = join(import.meta.dirname, '../../scripts/common-passwords.ts')
    await promisify(execFile)(process.execPath, [script, out])
    const [built, kept] = await Promise.all([readFile(out), readFile(shippedFilter)])
    expect(built.equals(kept)).toBe(true)
    expect(kept.length).toBeLessThan(300_000)
  })

  it('carries the notices of those whose words it was made of', async () => {
    const notice = await readFile(join(import.meta.dirname, '../../assets/common-passwords.NOTICE.md'), 'utf8')
    for (const owed of ['Dan Wheeler and Dropbox', '@zxcvbn-ts', 'OpenSubtitles', 'ODC-BY', 'opus.nlpl.eu'])
      expect(notice).toContain(owed)
  })
})
