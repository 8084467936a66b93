import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { directoryWith, problemsOf } from './surroundings.ts'

describe('settings that are right alone and wrong together', () => {
  it.each([
    ['store', 'store', 'is'],
    ['store', 'store/keys', 'lies in'],
    ['store/data', 'store', 'holds'],
    ['.', 'keys', 'lies in'],
    ['store/../same', 'same', 'is'],
    ['/', '/keys', 'lies in'],
  ])(
    '[MOS-1] data in %s and keys in %s are refused: a copy of the data would carry its key',
    (DATA_DIR, KEYS_DIR, relation) => {
      expect(problemsOf({ env: { DATA_DIR, KEYS_DIR } })).toEqual([
        expect.stringMatching(new RegExp(`^KEYS_DIR: the keys directory ${relation} the data directory`)),
      ])
    },
  )

  it('[MOS-1] a link does not hide that the keys lie in the data directory', () => {
    const cwd = directoryWith()
    mkdirSync(join(cwd, 'real/inner'), { recursive: true })
    symlinkSync(join(cwd, 'real'), join(cwd, 'link'))
    expect(problemsOf({ cwd, env: { DATA_DIR: 'real', KEYS_DIR: 'link/not-yet-there' } })).toHaveLength(1)
    expect(problemsOf({ cwd, env: { DATA_DIR: 'link/fresh/data', KEYS_DIR: 'real/fresh' } })).toHaveLength(1)
  })

  it.each([
    ['data', 'data-keys'],
    ['a/data', 'a/keys'],
    ['..data', 'keys'],
  ])('data in %s and keys in %s are apart', (DATA_DIR, KEYS_DIR) => {
    expect(problemsOf({ env: { DATA_DIR, KEYS_DIR } })).toEqual([])
  })

  it('a length below what the preset nist asks for is refused: it would follow neither', () => {
    const nist = (minLength?: number) =>
      problemsOf({
        yaml: `passwords:\n  preset: nist\n${minLength === undefined ? '' : `  minLength: ${minLength}\n`}`,
      })
    expect(nist()).toEqual([])
    expect(nist(15)).toEqual([])
    expect(nist(12)).toEqual([expect.stringMatching(/passwords\.minLength: .*at least 15/)])
  })

  it('a certificate without its key names the one that is missing, wherever the other was set', () => {
    expect(problemsOf({ env: { TLS_CERT: 'c.pem' } })).toEqual([
      'TLS_KEY: is not set: TLS_CERT and TLS_KEY go together',
    ])
    expect(problemsOf({ yaml: 'server: { tls: { key: k.pem } }' })).toEqual([
      'TLS_CERT: is not set: TLS_CERT and TLS_KEY go together',
    ])
    expect(problemsOf({ yaml: 'server: { tls: { key: k.pem } }', env: { TLS_CERT: 'c.pem' } })).toEqual([])
  })

  it('what is shown to a SIEM is a certificate and its key, over TLS', () => {
    const audit = (...settings: string[]) => problemsOf({ yaml: `audit: { ${settings.join(', ')} }` })
    const [siem, cert, key] = ['syslog: "tls://siem.example.com"', 'syslogCert: c.pem', 'syslogKey: k.pem']
    expect(audit(siem, cert, key)).toEqual([])
    const together = 'is not set: audit.syslogCert and audit.syslogKey go together'
    expect(audit(siem, cert)).toEqual([`audit.syslogKey: ${together}`])
    expect(audit(siem, key)).toEqual([`audit.syslogCert: ${together}`])
    for (const other of [[], ['syslog: "tcp://siem.example.com"']])
      expect(audit(...other, cert, key)).toEqual([expect.stringMatching(/audit\.syslogCert: .*reached by TLS/)])
  })

  it('the next key is published before it signs', () => {
    expect(problemsOf({ yaml: 'keys:\n  rotateEvery: 24h\n' })).toEqual([
      'keys.publishBefore: must be shorter than keys.rotateEvery: the next key is published before it signs',
    ])
    expect(problemsOf({ yaml: 'keys:\n  rotateEvery: 24h\n  publishBefore: 2d' })).toEqual([
      expect.stringMatching(/^hearthkey\.yaml:3 keys\.publishBefore: must be shorter/),
    ])
  })

  it('what is still sent again is neither gone from the log nor forgotten', () => {
    expect(problemsOf({ yaml: 'audit: { retention: 3d }' })).toEqual([
      expect.stringMatching(/audit\.retention: must be longer than webhooks\.giveUpAfter: .*or give up sooner/),
    ])
    expect(problemsOf({ yaml: 'webhooks: { keep: 2d }' })).toEqual([
      expect.stringMatching(/webhooks\.keep: must not be shorter than webhooks\.giveUpAfter: .*or give up sooner/),
    ])
    const sooner = 'audit: { retention: 1d }\nwebhooks: { keep: 1d, giveUpAfter: 23h }'
    expect(problemsOf({ yaml: sooner })).toEqual([])
    expect(problemsOf({ yaml: 'webhooks: { keep: 3d }' })).toEqual([])
  })

  it('a login for migrations needs the database that it is of', () => {
    expect(problemsOf({ env: { MIGRATION_DATABASE_URL: 'postgres://u@h/d' } })).toEqual([
      expect.stringMatching(/^MIGRATION_DATABASE_URL: needs DATABASE_URL beside it/),
    ])
    expect(
      problemsOf({ env: { MIGRATION_DATABASE_URL: 'postgres://u@h/d', DATABASE_URL: 'postgres://u@h/d' } }),
    ).toEqual([])
  })

  it('are named in the same run as what is wrong alone, and not at all where one of them is wrong itself', () => {
    const env = {
      PORT: 'x',
      TLS_CERT: 'c.pem',
      DATA_DIR: 'keys',
      MIGRATION_DATABASE_URL: 'postgres://u@h/d',
      DATABASE_URL: 'mysql://h',
    }
    const named = problemsOf({ env }).map((line) => line.split(':')[0])
    expect(named.sort()).toEqual(['DATABASE_URL', 'KEYS_DIR', 'PORT', 'TLS_KEY'])
  })

  it.each([
    ['8', 10],
    ['2', 30],
    ['1', 95],
  ])(
    '%s workers with pools of %d are more than the embedded database lets in, and a server of the operator is not asked',
    (WORKERS, poolSize) => {
      const yaml = `database: { poolSize: ${poolSize} }`
      expect(problemsOf({ yaml, env: { WORKERS } })).toEqual([expect.stringMatching(/database\.poolSize.*no room/)])
      expect(problemsOf({ yaml, env: { WORKERS, DATABASE_URL: 'postgres://a@b/c' } })).toEqual([])
    },
  )

  it('the usual pool fits a few workers', () => {
    expect(problemsOf({ env: { WORKERS: '4' } })).toEqual([])
  })
})
