import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { alertRules } from '../../src/config/sections/alerts.ts'
import { directoryWith, load, problemsOf } from './surroundings.ts'

const DAY = 86_400_000

describe('the configuration', () => {
  it('needs nothing: every default is there, and the server is reached from this machine alone', () => {
    const cwd = directoryWith()
    const { config, file, sources } = load({ cwd })
    expect(config).toEqual({
      geo: {},
      passkeys: { relatedOrigins: [], androidApps: [], iosApps: [] },
      mfa: {
        require: 'optional',
        factors: ['passkey', 'totp', 'backup-code'],
        enrolmentGrace: 0,
        trustedBrowser: 0,
        recoveryDelay: 86_400_000,
      },
      server: {
        issuerUrl: 'http://localhost:3000',
        host: '127.0.0.1',
        port: 3000,
        trustedProxies: [],
        workers: 1,
        bodyLimit: 65_536,
        drainDelay: 500,
        shutdownGrace: 10_000,
      },
      data: { dir: join(cwd, 'data'), keysDir: join(cwd, 'keys') },
      database: { poolSize: 10, connectionWait: 1500 },
      log: { level: 'info' },
      keys: {
        algorithm: 'RS256',
        modulusLength: 2048,
        rotateEvery: 90 * 86_400_000,
        publishBefore: 86_400_000,
        longestTokenLifetime: 86_400_000,
      },
      passwords: { preset: 'default', history: 0, argon2: { memory: 19_922_944, iterations: 2, queue: 100 } },
      tokens: {
        preset: 'monetro',
        idToken: 900_000,
        retryWindow: 10_000,
        authorizationCode: 60_000,
        interaction: 3_600_000,
        largestClaims: 4096,
      },
      sessions: { remembered: 90 * 86_400_000 },
      breaches: { service: 'off', atSignIn: 'ask' },
      outgoing: { allow: [], timeout: 5000, maxBytes: 1_048_576 },
      alerts: {
        rules: alertRules,
        letters: [
          'failed-sign-ins',
          'administrator-granted',
          'key-rotated',
          'api-key-leaked',
          'token-replayed',
          'webhook-disabled',
          'chain-broken',
        ],
        failures: 5,
        failuresWithin: 15 * 60_000,
        quiet: 60 * 60_000,
        letterEvery: 5 * 60_000,
      },
      audit: { retention: 365 * DAY, checkpointEvery: 10 * 60_000, stdout: 'off' },
      webhooks: {
        allow: [],
        timeout: 10_000,
        giveUpAfter: 3 * DAY,
        overlap: DAY,
        keep: 30 * DAY,
        responseKept: 4096,
        mostPerOrganisation: 10,
        mostOfInstance: 50,
      },
      ui: {},
      mail: { operatorName: 'Hearthkey', tls: 'required', timeout: 30_000 },
      registration: { mode: 'closed', domains: [] },
      lockout: {
        steps: expect.objectContaining({
          steps: [
            { failures: 5, lockedFor: 300_000 },
            { failures: 10, lockedFor: 600_000 },
            { failures: 15, lockedFor: 900_000 },
            { failures: 20, lockedFor: 3_600_000 },
          ],
        }),
        offAfter: 100,
      },
      load: { waiting: 64 },
      limits: {
        preset: 'monetro',
        signIn: {},
        secondFactor: {},
        registration: {},
        recovery: {},
        mail: {},
        clientAuth: {},
        deviceBegin: {},
        userCode: {},
        clientRegistration: {},
        account: {},
        api: {},
        webhooks: {},
        quota: {},
      },
      organisations: { invitationLifetime: 7 * DAY, endedInvitation: 90 * DAY },
      clients: { dynamicRegistration: 'off' },
      apiKeys: {
        lifetime: 90 * DAY,
        longestLifetime: 365 * DAY,
        endless: 'refused',
        overlap: DAY,
        perOwner: 20,
        warnBefore: 7 * DAY,
      },
      licenses: { product: 'hearthkey', required: 'off', warnBefore: 30 * DAY, inTokens: 'off' },
    })
    expect(file).toBeUndefined()
    expect(new Set([...sources.values()].map(({ from }) => from))).toEqual(new Set(['default']))
  })

  it('takes the environment over the file over the default, leaf by leaf, and remembers where each came from', () => {
    const yaml = 'server:\n  port: 4000\n  host: 0.0.0.0\nlog:\n  level: warn\n'
    const { config, sources } = load({ yaml, env: { PORT: '5000' } })
    expect(config.server).toMatchObject({ port: 5000, host: '0.0.0.0', workers: 1 })
    expect(config.log.level).toBe('warn')
    expect(sources.get('server.port')).toEqual({ from: 'environment', name: 'PORT' })
    expect(sources.get('server.host')).toEqual({ from: 'file', file: 'hearthkey.yaml', line: 3 })
    expect(sources.get('server.workers')).toEqual({ from: 'default' })
  })

  it('cannot be changed after it was loaded', () => {
    const { config } = load({ env: { TRUSTED_PROXIES: '10.0.0.1' } })
    for (const part of [config, config.server, config.server.trustedProxies, config.data, config.keys])
      expect(Object.isFrozen(part)).toBe(true)
  })

  it('counts an empty variable as not set', () => {
    const { config, sources } = load({
      yaml: 'server: { port: 4000 }',
      env: { PORT: '', PORT_FILE: '', DATABASE_URL: '' },
    })
    expect(config.server.port).toBe(4000)
    expect(config.database.url).toBeUndefined()
    expect(sources.get('database.url')).toEqual({ from: 'default' })
  })

  it('follows the port, and TLS, with the default issuer', () => {
    expect(load({ env: { PORT: '8080' } }).config.server.issuerUrl).toBe('http://localhost:8080')
    const tls = { PORT: '8443', TLS_CERT: 'c.pem', TLS_KEY: 'k.pem' }
    expect(load({ env: tls }).config.server.issuerUrl).toBe('https://localhost:8443')
  })

  it('counts a relative path from the file that names it, and from the working directory in the environment', () => {
    const cwd = directoryWith({ 'etc/hearthkey.yaml': 'data:\n  dir: store\n  keysDir: ../secrets\n' })
    const { config } = load({ cwd, env: { CONFIG_FILE: 'etc/hearthkey.yaml', KEYS_DIR: 'mine' } })
    expect(config.data).toEqual({ dir: join(cwd, 'etc/store'), keysDir: join(cwd, 'mine') })
  })
})

describe('NAME_FILE', () => {
  it('gives the content of the file, without the newline at its end', () => {
    const cwd = directoryWith({ one: '5000\n', two: 'pass\n\n', three: 'pass\r\n' })
    expect(load({ cwd, env: { PORT_FILE: 'one' } }).config.server.port).toBe(5000)
    expect(load({ cwd, env: { MASTER_KEY_FILE: 'two' } }).config.data.masterKey?.reveal()).toBe('pass\n')
    expect(load({ cwd, env: { MASTER_KEY_FILE: 'three' } }).config.data.masterKey?.reveal()).toBe('pass')
    expect(load({ cwd, env: { PORT_FILE: 'one' } }).sources.get('server.port')).toEqual({
      from: 'environment',
      name: 'PORT_FILE',
    })
  })

  it('may not stand beside NAME', () => {
    expect(problemsOf({ env: { PORT: '1', PORT_FILE: '/x' } })).toEqual([
      'PORT: PORT_FILE is set as well: keep one of the two',
    ])
  })

  it('that cannot be read is named with its path and the reason', () => {
    const cwd = directoryWith({ empty: '\n', binary: new Uint8Array([0xff, 0xfe, 0x80]), huge: 'x'.repeat(70_000) })
    mkdirSync(join(cwd, 'folder'))
    const reason = (path: string) => problemsOf({ cwd, env: { DATABASE_URL_FILE: path } })
    expect(reason('./nowhere')).toEqual([
      'DATABASE_URL_FILE: the file cannot be read: ./nowhere: no such file or directory',
    ])
    expect(reason('./folder')).toEqual(['DATABASE_URL_FILE: the file cannot be read: ./folder: it is a directory'])
    expect(reason('./binary')).toEqual(['DATABASE_URL_FILE: the file cannot be read: ./binary: it is not UTF-8 text'])
    expect(reason('./huge')).toEqual(['DATABASE_URL_FILE: the file cannot be read: ./huge: it is larger than 64 kB'])
    expect(reason('./empty')).toEqual(['DATABASE_URL_FILE: the file is empty: ./empty'])
    expect(reason('/dev/zero')).toEqual([
      'DATABASE_URL_FILE: the file cannot be read: /dev/zero: it is larger than 64 kB',
    ])
  })
})
