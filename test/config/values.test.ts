import { describe, expect, it } from 'vitest'
import { directoryWith, load, problemsOf } from './surroundings.ts'

describe('a duration', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['0s', 0],
    ['1500ms', 1500],
  ])('%s is %i milliseconds', (text, milliseconds) => {
    expect(load({ yaml: `server: { shutdownGrace: ${text} }` }).config.server.shutdownGrace).toBe(milliseconds)
  })

  it.each(['30', '30x', '1h30m', '-5s', '1.5h', '"30 s"', '6m', '1d', '[30s]', '99999999999s'])(
    '%s is refused with the forms it takes',
    (text) => {
      expect(problemsOf({ yaml: `server: { shutdownGrace: ${text} }` })).toEqual([
        'hearthkey.yaml:1 server.shutdownGrace: expected a duration from 0s to 5m, such as 30s, 15m, 24h or 90d',
      ])
    },
  )
})

describe('a size', () => {
  it.each([
    ['1024b', 1024],
    ['64kb', 65_536],
    ['10mb', 10_485_760],
  ])('%s is %i bytes', (text, bytes) => {
    expect(load({ yaml: `server: { bodyLimit: ${text} }` }).config.server.bodyLimit).toBe(bytes)
  })

  it.each(['65536', '64k', '64KB', '11mb', '1gb', '100b'])('%s is refused with the forms it takes', (text) => {
    expect(problemsOf({ yaml: `server: { bodyLimit: ${text} }` })).toEqual([
      'hearthkey.yaml:1 server.bodyLimit: expected a size from 1kb to 10mb, such as 512b, 64kb or 1mb',
    ])
  })
})

describe('a number', () => {
  it('may be 0 for a port, which takes any free one', () => {
    expect(load({ env: { PORT: '0' } }).config.server.port).toBe(0)
  })

  it.each(['http', '65536', '-1', '3e3', '0x50', ' 80', '80.5', '９'])('PORT=%s is refused with the range', (PORT) => {
    expect(problemsOf({ env: { PORT } })).toEqual(['PORT: expected a whole number from 0 to 65535'])
  })

  it('in quotes is refused in the file, where a number is a number', () => {
    expect(problemsOf({ yaml: 'server:\n  port: "80"\n' })).toEqual([
      'hearthkey.yaml:2 server.port: expected a whole number from 0 to 65535',
    ])
  })

  it.each([1024, 2047, 8192])('of %i bits is no RSA key', (bits) => {
    expect(problemsOf({ yaml: `keys: { modulusLength: ${bits} }` })).toEqual([
      'hearthkey.yaml:1 keys.modulusLength: expected one of 2048, 3072, 4096',
    ])
  })
})

describe('[DRP-9] the trusted proxies', () => {
  it('are a list in the file and comma separated in the environment', () => {
    const ranges = ['10.0.0.0/8', 'fd00::/8', '192.0.2.1', '::1']
    expect(load({ env: { TRUSTED_PROXIES: ranges.join(', ') } }).config.server.trustedProxies).toEqual(ranges)
    expect(
      load({ yaml: `server: { trustedProxies: ["${ranges.join('", "')}"] }` }).config.server.trustedProxies,
    ).toEqual(ranges)
  })

  it.each([
    'proxy.local',
    '10.0.0',
    '10.0.0.0/33',
    '::/129',
    '010.0.0.1',
    '10.0.0.1/',
    '10.0.0.1/8/8',
    '10.0.0.1,,',
    'fe80::1%eth0',
    '0x7f.1',
  ])('%s is refused', (TRUSTED_PROXIES) => {
    expect(problemsOf({ env: { TRUSTED_PROXIES } })).toEqual([
      'TRUSTED_PROXIES: expected a list of IP addresses or CIDR ranges, such as 10.0.0.0/8 or fd00::/8',
    ])
  })

  it.each(['::ffff:10.0.0.0/104', '::ffff:a00:0/104', '::ffff:10.0.0.1', '0:0:0:0:0:ffff:a00:1'])(
    '%s holds nobody, because whoever asks is known by the IPv4, and is refused with what to write',
    (TRUSTED_PROXIES) => {
      expect(problemsOf({ env: { TRUSTED_PROXIES } })).toEqual([
        'TRUSTED_PROXIES: an IPv4 range is written as such: 10.0.0.0/8, not ::ffff:10.0.0.0/104',
      ])
    },
  )

  it.each(['0.0.0.0/0', '::/0', '10.0.0.1/00'])('%s would believe everybody, and is refused', (range) => {
    expect(problemsOf({ env: { TRUSTED_PROXIES: range } })).toEqual([
      expect.stringContaining('a /0 range is every address'),
    ])
    expect(problemsOf({ yaml: `outgoing: { allow: ["${range}"] }` })).toEqual([
      expect.stringContaining('the guard of private networks would be off'),
    ])
  })
})

describe('the issuer', () => {
  it.each([
    ['https://id.example.com', 'https://id.example.com'],
    ['https://id.example.com/', 'https://id.example.com'],
    ['HTTPS://ID.Example.COM:443', 'https://id.example.com'],
    ['https://id.example.com:8443', 'https://id.example.com:8443'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://shop.localhost', 'http://shop.localhost'],
    ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('%s has one spelling: %s', (ISSUER_URL, issuerUrl) => {
    expect(load({ env: { ISSUER_URL } }).config.server.issuerUrl).toBe(issuerUrl)
  })

  it.each([
    'http://id.example.com',
    'http://192.168.1.5:3000',
    'http://hearthkey:3000',
    'http://localhost.example.com',
    'http://notlocalhost',
    'http://[2001:db8::1]',
    'http://0.0.0.0:3000',
  ])('%s is refused: tokens would travel readable', (ISSUER_URL) => {
    expect(problemsOf({ env: { ISSUER_URL } })).toEqual([expect.stringContaining('must begin with https://')])
  })

  it.each([
    ['https://id.example.com/auth', 'without a path'],
    ['https://id.example.com/?a=b', 'query or fragment'],
    ['https://id.example.com/?', 'query or fragment'],
    ['https://id.example.com/#', 'query or fragment'],
    ['https://me:pw@id.example.com', 'user name or password'],
    ['id.example.com', 'expected an address'],
    ['https:/id.example.com', 'expected an address'],
    ['https:\\\\id.example.com', 'expected an address'],
    ['ftp://id.example.com', 'expected an address'],
    ['https://id example.com', 'expected an address'],
    ['https://', 'expected an address'],
  ])('%s is refused: %s', (ISSUER_URL, reason) => {
    expect(problemsOf({ env: { ISSUER_URL } })).toEqual([expect.stringContaining(reason)])
  })
})

describe('other values', () => {
  it.each(['0.0.0.0', '::', 'localhost', 'id.example.com'])('HOST=%s is listened on', (HOST) => {
    expect(load({ env: { HOST } }).config.server.host).toBe(HOST)
  })

  it.each(['http://0.0.0.0', '0.0.0.0:80', 'a b', '-x', '*'])('HOST=%s is refused', (HOST) => {
    expect(problemsOf({ env: { HOST } })).toEqual([
      'HOST: expected an IP address or a host name, without scheme or port',
    ])
  })

  it.each(['mysql://h/d', 'host=db', 'http://h', 'postgres:/h'])('DATABASE_URL=%s is refused', (DATABASE_URL) => {
    expect(problemsOf({ env: { DATABASE_URL } })).toEqual([
      'DATABASE_URL: expected a URL that begins with postgres:// or postgresql://',
    ])
  })

  it.each(['postgres://u:50%@h/d', 'postgres://u:a/b#c@h/d', 'postgres://u:a#c@h/d', 'postgres://u:p@h:port/d'])(
    'DATABASE_URL=%s is refused with the advice to encode the password',
    (DATABASE_URL) => {
      expect(problemsOf({ env: { DATABASE_URL } })).toEqual([expect.stringContaining('percent-encode')])
    },
  )

  const served = (DATABASE_URL: string) => load({ env: { DATABASE_URL } }).config.database.url

  it.each([
    ['postgres://u:p%40x@h:6000/d', { host: 'h', port: 6000, user: 'u', database: 'd', tls: {} }],
    ['postgresql://u@[2001:db8::1]/d', { host: '2001:db8::1', port: 5432, tls: {} }],
    ['postgresql://u@/d?host=/run/postgresql', { host: '/run/postgresql', tls: false }],
    ['postgres://u@localhost/d', { host: 'localhost', tls: false }],
    ['postgres://u@127.0.0.1/d?sslmode=require', { host: '127.0.0.1', tls: {} }],
    ['postgres://u@h/d?sslmode=disable', { host: 'h', tls: false }],
  ])('DATABASE_URL=%s is taken apart', (DATABASE_URL, expected) => {
    expect(served(DATABASE_URL)).toMatchObject(expected)
  })

  it('DATABASE_URL reads the certificates that it names', () => {
    const cwd = directoryWith({ 'ca.pem': 'authority', 'own.pem': 'certificate', 'own.key': 'key' })
    const DATABASE_URL = `postgres://u@h/d?sslrootcert=${cwd}/ca.pem&sslcert=${cwd}/own.pem&sslkey=${cwd}/own.key`
    const tls = served(DATABASE_URL)?.tls
    expect(tls).toMatchObject({ authority: 'authority', own: { certificate: 'certificate' } })
    expect(JSON.stringify(tls)).not.toContain('"key":"key"')
  })

  it.each([
    ['sslmode=prefer', 'does not verify'],
    ['sslmode=allow', 'does not verify'],
    ['sslmode=no-verify', 'does not verify'],
    ['ssl=0', 'not one of'],
    ['ssl=no-verify', 'not one of'],
    ['options=-c%20role%3Dboss', 'not one of'],
    ['user=boss', 'not one of'],
    ['host=other', 'may only name the directory of a socket'],
    ['host=/run/postgresql', 'may only name the directory of a socket'],
    ['sslrootcert=/nowhere.pem', 'cannot be read'],
    ['sslcert=/dev/null', 'together'],
  ])('DATABASE_URL with ?%s is refused: it would change what was checked', (query, reason) => {
    expect(problemsOf({ env: { DATABASE_URL: `postgres://u:hunter2@h/d?${query}` } })).toEqual([
      expect.stringMatching(new RegExp(`^DATABASE_URL: (?!.*hunter2).*${reason}`)),
    ])
  })

  it.each([
    ['postgres://h/d', 'login'],
    ['postgres://u@h', 'database'],
    ['postgres://u@/d', 'host'],
  ])('DATABASE_URL=%s is refused: it names no %s', (DATABASE_URL, part) => {
    expect(problemsOf({ env: { DATABASE_URL } })).toEqual([expect.stringContaining(`names no ${part}`)])
  })

  it('holds the path of a certificate, never the certificate', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
    expect(problemsOf({ env: { TLS_CERT: pem, TLS_KEY: 'k.pem' } })).toEqual([
      expect.stringMatching(/^TLS_CERT: holds the PEM itself/),
    ])
    expect(problemsOf({ files: { pem }, env: { TLS_CERT_FILE: 'pem', TLS_KEY: 'k.pem' } })).toEqual([
      expect.stringMatching(/^TLS_CERT_FILE: holds the PEM itself/),
    ])
  })

  it('does not mistake ~ for a directory of that name', () => {
    expect(problemsOf({ env: { DATA_DIR: '~/data' } })).toEqual([
      'DATA_DIR: "~" is not expanded here: write the whole path',
    ])
  })

  it('[MOS-1] signing keys rotate at least once a year', () => {
    expect(problemsOf({ yaml: 'keys: { rotateEvery: 366d }' })).toEqual([
      expect.stringContaining('expected a duration from 1h to 365d'),
    ])
    expect(problemsOf({ yaml: 'keys: { rotateEvery: 365d }' })).toEqual([])
  })
})
