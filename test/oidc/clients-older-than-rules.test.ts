import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../src/config/config.ts'
import { withOwnerClient } from '../../src/db/database.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { type Client, plainClient } from '../../src/oidc/clients/client.ts'
import { type ClientChange, changedBy } from '../../src/oidc/clients/registration.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { captureLog } from '../support/log.ts'
import { settle } from '../support/settled-home.ts'

const clock = frozenClock()
const bounds = { longestTokenLifetime: 86_400_000, certificates: { read: true, verified: true } }
const callback = 'https://app.example.com/callback'
const claimed = 'https://localhost/callback'

const web: Client = {
  ...plainClient,
  id: 'older',
  type: 'web',
  name: 'Invoices',
  uri: null,
  redirectUris: [callback],
  postLogoutRedirectUris: [],
  grantTypes: ['authorization_code'],
  firstParty: false,
  organisations: 'ask',
  mfa: null,
  authMethod: 'client_secret_basic',
  apis: [],
  createdAt: clock.now(),
  disabledAt: null,
  serviceAccount: null,
}
const service: Client = { ...web, type: 'service', redirectUris: [], grantTypes: ['client_credentials'] }

/** As they were made before there were types, or before a rule, and are since then. */
const older = {
  'a service that somebody is sent back to': { ...service, redirectUris: [callback] },
  'a service with refresh tokens': { ...service, grantTypes: ['client_credentials', 'refresh_token'] },
  'an app at https://localhost': { ...web, type: 'native', authMethod: 'none', redirectUris: [claimed] },
  'one with a name that reads backwards': { ...web, name: 'Inv\u202Eoices' },
  'one of somebody else, at home in the inner network': { ...web, uri: 'https://wiki/' },
} as const satisfies Record<string, Client>

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
const outcome = (before: Client, change: ClientChange) => {
  const done = changedBy(before, change, bounds)
  return done.ok ? 'changed' : done.error.reason
}

describe('a change is judged by what it touches', () => {
  it.each(Object.entries(older))('what is wrong of %s is in the way of nothing else', (_, client) => {
    expect(outcome(client, { addApis: ['urn:api'] })).toBe('changed')
    expect(outcome(client, { accessTokenTtl: 120 })).toBe('changed')
    expect(outcome(client, { mfa: 'required' })).toBe('changed')
  })

  it.each<[what: keyof typeof older, change: ClientChange, reason: string]>([
    ['a service that somebody is sent back to', { addRedirectUris: [`${callback}/2`] }, 'nobody-signs-in'],
    ['a service that somebody is sent back to', { addPostLogoutRedirectUris: [callback] }, 'nobody-signs-in'],
    ['a service that somebody is sent back to', { requiresPar: true }, 'nobody-signs-in'],
    ['a service that somebody is sent back to', { authMethod: 'none' }, 'auth-needed'],
    ['a service that somebody is sent back to', { name: '' }, 'name-invalid'],
    ['a service with refresh tokens', { grantTypes: ['refresh_token'] }, 'grant-not-of-type'],
    ['a service with refresh tokens', { authMethod: 'none' }, 'grant-not-of-type'],
    ['an app at https://localhost', { addRedirectUris: ['https://localhost/other'] }, 'redirect-uri'],
    ['an app at https://localhost', { addPostLogoutRedirectUris: [claimed] }, 'redirect-uri'],
    ['an app at https://localhost', { addRedirectUris: ['javascript:alert(1)'] }, 'redirect-uri'],
    ['one with a name that reads backwards', { name: 'Inv\u202Eoice' }, 'name-invalid'],
    ['one of somebody else, at home in the inner network', { uri: 'https://other/' }, 'link-host'],
    ['one of somebody else, at home in the inner network', { logoUri: 'https://wiki/logo.png' }, 'link-host'],
    ['one of somebody else, at home in the inner network', { policyUri: 'http://wiki/' }, 'link-invalid'],
  ])('of %s, %j is refused: %s', (what, change, reason) => expect(outcome(older[what], change)).toBe(reason))

  it.each<[what: keyof typeof older, change: ClientChange]>([
    ['a service that somebody is sent back to', { removeRedirectUris: [callback] }],
    ['a service with refresh tokens', { grantTypes: ['client_credentials'] }],
    ['an app at https://localhost', { addRedirectUris: ['http://127.0.0.1/callback'] }],
    ['an app at https://localhost', { addRedirectUris: ['http://127.0.0.1/callback'], removeRedirectUris: [claimed] }],
    ['one with a name that reads backwards', { name: 'Invoices' }],
    ['one of somebody else, at home in the inner network', { addRedirectUris: [`${callback}/2`] }],
    ['one of somebody else, at home in the inner network', { uri: null }],
  ])('of %s, %j is done', (what, change) => expect(outcome(older[what], change)).toBe('changed'))

  it('what was good stands only as long as all that it leans on', () => {
    const ours: Client = { ...web, firstParty: true, uri: 'https://wiki/' }
    expect(outcome(ours, { firstParty: false })).toBe('link-host')
    const inner: Client = { ...web, redirectUris: ['https://wiki/callback', callback], uri: 'https://wiki/' }
    expect(outcome(inner, { removeRedirectUris: ['https://wiki/callback'] })).toBe('link-host')
    const byKey: Client = { ...web, authMethod: 'private_key_jwt', jwks: { keys: [{ ...key, kty: 'EC' }] } }
    expect(outcome(byKey, { jwks: null })).toBe('keys-needed')
    expect(outcome(web, { removeRedirectUris: [callback] })).toBe('no-redirect-uri')
  })
})

describe('whoever runs the instance hears of them', () => {
  let root: string
  let held: HeldTarget
  let env: Record<string, string>
  const run = (...args: string[]) => cli(args, { env, cwd: root, clock })

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'hearthkey-older-clients-'))
    env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys'), ISSUER_URL: 'https://id.example.com' }
    const { config } = loadConfig({ env, cwd: root })
    const { log } = captureLog()
    await settle(root)
    held = await ownTarget(config, log)
    await prepareDatabase(held.target, { clock, log })
    const actor = { kind: 'system', id: 'server' } as const
    await (await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })).close()
  })
  afterAll(async () => {
    await held?.release()
    await rm(root, { recursive: true, force: true })
  })

  const warned = z.object({ warnings: z.array(z.object({ detail: z.string(), cure: z.string() })).optional() })
  const report = z.object({
    checks: z.array(
      z.object({ subject: z.string(), findings: z.array(z.object({ level: z.string(), text: z.string() })) }),
    ),
  })
  const seen = async () => {
    const { checks } = report.parse(JSON.parse((await run('doctor', '--json')).stdout))
    return checks.flatMap(({ subject, findings }) => (subject === 'applications' ? findings : []))
  }

  it('at each change, when they look at one, and by the doctor, until it is mended', async () => {
    const make = (id: string, ...more: string[]) => run('client', 'create', '--id', id, '--name', 'Invoices', ...more)
    await make('program', '--grant', 'client_credentials')
    await make('app', '--native', '--redirect-uri', 'http://localhost/callback')
    expect(await seen()).toMatchObject([{ level: 'warn', text: expect.stringMatching(/^app .* at that very port/) }])
    await run(
      'client',
      'update',
      'app',
      '--remove-redirect-uri',
      'http://localhost/callback',
      '--add-redirect-uri',
      'http://127.0.0.1/callback',
    )
    expect(await seen()).toMatchObject([{ level: 'ok' }])
    await withOwnerClient(held.target, (client) =>
      client.query(`UPDATE oidc_clients SET redirect_uris = '{${callback}}' WHERE client_id = 'program'`),
    )
    expect(await seen()).toMatchObject([
      { level: 'warn', text: expect.stringMatching(/^program would not be registered .* \(redirect URIs\)/) },
    ])
    const update = (...args: string[]) => run('client', 'update', 'program', ...args, '--json')
    const changed = await update('--access-token-ttl', '2m')
    expect(changed.stderr).toBe('')
    const older = [{ detail: expect.stringContaining('redirect URIs'), cure: expect.stringMatching(/Leave it out/) }]
    expect(warned.parse(JSON.parse(changed.stdout)).warnings).toEqual(older)
    expect((await run('client', 'show', 'program')).stdout).toMatch(/Older than a rule.*\n.*\(redirect URIs\)\n {2}→ /)
    const mended = await update('--remove-redirect-uri', callback)
    expect(warned.parse(JSON.parse(mended.stdout))).toEqual({})
    expect(await seen()).toMatchObject([{ level: 'ok' }])
  })
})
