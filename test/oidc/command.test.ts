import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../src/config/config.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { captureLog } from '../support/log.ts'
import { settle } from '../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
let root: string
let held: HeldTarget
let env: Record<string, string>

const run = (...args: string[]) => cli(args, { env, cwd: root, clock })
const client = (...args: string[]) => run('client', ...args)
const callback = 'https://app.example.com/callback'
const created = z.object({ clientId: z.string(), clientSecret: z.string().optional(), type: z.string() })
const create = async (...args: string[]) => {
  const { exit, stdout, stderr } = await client('create', '--json', '--name', 'Invoices', ...args)
  if (exit !== 0) throw new Error(stderr)
  return created.parse(JSON.parse(stdout))
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-client-command-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys'), ISSUER_URL: 'https://id.example.com' }
  const { config } = loadConfig({ env, cwd: root })
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

describe('hearthkey client, beside a running server', () => {
  it('[MON-2] shows a secret once, when it is made, and never again', async () => {
    const { exit, stdout } = await client('create', '--name', 'Invoices', '--redirect-uri', callback)
    expect(exit).toBe(0)
    const [, id = '', secret = ''] = /client id {6}(\S+)\nclient secret {2}(\S+)\n/.exec(stdout) ?? []
    expect(id).toMatch(/^cl_/)
    expect(secret).toMatch(/^hks_[A-Za-z0-9_-]{43}$/)
    const listed = (await client('list', '--json')).stdout
    expect(listed).toContain(id)
    expect(listed).toContain('"secretSet": true')
    expect(listed).not.toContain(secret)
    const rotated = await client('rotate-secret', id, '--yes', '--json')
    expect(created.pick({ clientSecret: true }).parse(JSON.parse(rotated.stdout)).clientSecret).not.toBe(secret)
  })

  it('[MON-2] gives it an API and takes it away again', async () => {
    const [one, other] = ['https://one.example', 'https://other.example']
    for (const audience of [one, other]) await run('api', 'create', '--audience', audience, '--name', 'An API')
    const { clientId } = await create('--grant', 'client_credentials', '--api', one)
    const shape = z.object({ apis: z.array(z.string()) })
    const update = async (...args: string[]) =>
      shape.parse(JSON.parse((await client('update', clientId, ...args, '--json')).stdout)).apis
    expect(await update('--add-api', other)).toEqual([one, other])
    expect(await update('--remove-api', one)).toEqual([other])
    expect((await client('list', '--json')).stdout).toContain(other)
    expect(await update('--add-api', other)).toEqual([other])
    const missing = await client('update', clientId, '--add-api', 'https://none.example', '--remove-api', other)
    expect([missing.exit, missing.stderr]).toEqual([65, expect.stringContaining('https://none.example')])
    expect(await update()).toEqual([other])
  })

  it('says what it asks of whoever signs in to it, and changes that', async () => {
    const shape = z.object({ clientId: z.string(), mfa: z.string().nullable() })
    const made = await client('create', '--json', '--name', 'Bank', '--redirect-uri', callback, '--mfa', 'required')
    const { clientId, mfa } = shape.parse(JSON.parse(made.stdout))
    expect(mfa).toBe('required')
    expect((await client('update', clientId, '--mfa', 'phishing-resistant')).stdout).toContain('phishing-resistant')
    const same = await client('update', clientId, '--add-redirect-uri', `${callback}/2`, '--json')
    expect(shape.parse(JSON.parse(same.stdout)).mfa, 'not by the way').toBe('phishing-resistant')
    const none = await client('update', clientId, '--mfa', 'none', '--json')
    expect(shape.parse(JSON.parse(none.stdout)).mfa).toBeNull()
    expect((await client('update', clientId, '--mfa', 'sometimes')).exit).not.toBe(0)
  })

  it('says whether people sign in to it for an organisation, and changes that', async () => {
    const uses = z.object({ clientId: z.string(), organisations: z.string() })
    const made = await client('create', '--json', '--name', 'X', '--redirect-uri', callback)
    const { clientId, organisations } = uses.parse(JSON.parse(made.stdout))
    expect(organisations).toBe('ask')
    const changed = await client('update', clientId, '--organisations', 'required', '--json')
    expect(uses.parse(JSON.parse(changed.stdout)).organisations).toBe('required')
    expect(await client('update', clientId, '--organisations', 'never')).toMatchObject({ exit: 64 })
  })

  it('makes an API over whose scopes roles decide', async () => {
    const made = await run('api', 'create', '--audience', 'urn:by:role', '--name', 'X', '--by-role', '--json')
    expect(z.object({ byRole: z.boolean() }).parse(JSON.parse(made.stdout))).toEqual({ byRole: true })
    expect((await run('api', 'list')).stdout).toMatch(/urn:by:role +roles +X/)
  })

  it('changes whether roles decide, and adds scopes', async () => {
    const update = (...args: string[]) => run('api', 'update', 'urn:changing', ...args)
    expect((await update('--by-role')).stderr).toContain('api-invalid')
    await run('api', 'create', '--audience', 'urn:changing', '--name', 'X', '--scope', 'a')
    expect((await update('--by-role', '--add-scope', 'b')).stdout).toContain('Roles decide who gets which')
    expect((await run('api', 'list')).stdout).toMatch(/urn:changing +roles +X +a b/)
    expect((await update('--no-by-role')).stdout).toContain('Roles do not decide')
    expect((await run('api', 'list')).stdout).toMatch(/urn:changing +clients +X +a b/)
    expect((await update()).exit).toBe(64)
    expect((await update('--add-scope', 'two words')).stderr).toContain('visible ASCII')
  })

  it('rotates no secret that nobody has confirmed', async () => {
    const { clientId } = await create('--redirect-uri', callback)
    expect(await client('rotate-secret', clientId, '--overlap', '0')).not.toMatchObject({ exit: 0 })
  })

  it('makes a client of each type', async () => {
    expect(await create('--redirect-uri', callback, '--public')).toMatchObject({ type: 'single-page' })
    expect(await create('--redirect-uri', callback, '--type', 'single-page')).toMatchObject({ type: 'single-page' })
    expect(await create('--redirect-uri', 'com.example.app:/back', '--native')).toMatchObject({ type: 'native' })
    expect((await create('--redirect-uri', callback, '--public')).clientSecret).toBeUndefined()
    expect(await create('--grant', 'client_credentials', '--id', 'nightly')).toMatchObject({ clientId: 'nightly' })
    expect(await client('create', '--name', 'X', '--public', '--native', '--redirect-uri', callback)).toMatchObject({
      exit: 64,
    })
  })

  it.each([
    [['--redirect-uri', 'http://app.example.com/callback'], 'https'],
    [['--redirect-uri', 'https://app.example.com/#x'], '#'],
    [['--redirect-uri', 'https://*.example.com/callback'], 'character by character'],
    [['--redirect-uri', callback, '--api', 'https://nothing.example.com'], 'hearthkey api create'],
    [['--public', '--grant', 'client_credentials'], 'Leave out --public'],
    [[], '--redirect-uri'],
  ])('refuses %s and says what mends it', async (args, cure) => {
    const { exit, stderr } = await client('create', '--name', 'Invoices', ...args)
    expect(exit).toBe(65)
    expect(stderr).toContain('client-invalid')
    expect(stderr).toContain(cure)
  })

  it('shows all that is known of one, readable, and no secret', async () => {
    const { clientId, clientSecret = '' } = await create(
      ...[
        '--redirect-uri',
        callback,
        '--uri',
        'https://app.example.com/',
        '--first-party',
        '--access-token-ttl',
        '10m',
      ],
      ...['--backchannel-logout-uri', 'https://app.example.com/logout', '--subjects', 'pairwise', '--pkce', 'optional'],
    )
    const { stdout } = await client('show', clientId)
    for (const line of [
      /^client id +cl_/m,
      /^type +web$/m,
      /^whose +ours/m,
      /^proves itself by +client_secret_basic$/m,
      /^redirect URIs +https:\/\/app\.example\.com\/callback$/m,
      /^told of sign-outs +https:\/\/app\.example\.com\/logout$/m,
      /^access tokens +10m$/m,
      /^subjects +pairwise, for app\.example\.com$/m,
      /^PKCE +optional$/m,
    ])
      expect(stdout).toMatch(line)
    expect(stdout).toContain(`…${clientSecret.slice(-4)}`)
    const json = (await client('show', clientId, '--json')).stdout
    for (const text of [stdout, json]) expect(text).not.toContain(clientSecret)
    expect(json).not.toContain('"hash"')
    expect(await client('show', 'nobody')).toMatchObject({ exit: 65 })
  })

  it('has several secrets, and rotates them with an overlap', async () => {
    const { clientId } = await create('--grant', 'client_credentials')
    const shape = z.object({ secretId: z.string(), clientSecret: z.string(), until: z.string().nullish() })
    const listed = async () => (await client('secrets', clientId)).stdout.trim().split('\n')
    const added = shape.parse(JSON.parse((await client('add-secret', clientId, '--expires', '90d', '--json')).stdout))
    expect(await listed()).toEqual([
      expect.stringContaining('until it is taken away'),
      expect.stringMatching(new RegExp(`^${added.secretId}  …${added.clientSecret.slice(-4)} .* until `)),
    ])
    expect((await client('remove-secret', clientId, added.secretId)).exit, 'nobody said yes').not.toBe(0)
    expect((await client('remove-secret', clientId, 'csec_nothere')).stderr).toContain('no such secret')
    expect(await client('remove-secret', clientId, added.secretId, '--yes')).toMatchObject({ exit: 0 })
    const [only = ''] = await listed()
    const last = await client('remove-secret', clientId, only.split(' ')[0] ?? '', '--yes')
    expect([last.exit, last.stderr]).toEqual([65, expect.stringContaining(`hearthkey client add-secret ${clientId}`)])
    const rotated = await client('rotate-secret', clientId)
    expect(rotated.stdout).toMatch(/^client secret {2}hks_\S+\n\nThose before count until \d{4}-/)
    expect(await listed()).toHaveLength(2)
    expect((await client('rotate-secret', clientId, '--overlap', '0', '--yes')).stdout).toContain('refused now')
    expect(await listed()).toHaveLength(1)
    expect((await client('rotate-secret', clientId, '--overlap', 'soon')).exit).toBe(64)
    const page = await create('--redirect-uri', callback, '--public')
    expect((await client('rotate-secret', page.clientId)).stderr).toContain('keeps no secret')
  })

  it('takes public keys from a file, and turns to them', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const file = async (name: string, keys: object[]) => {
      await writeFile(join(root, name), JSON.stringify({ keys }))
      return name
    }
    const good = await file('good.json', [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }])
    const bad = await file('bad.json', [privateKey.export({ format: 'jwk' })])
    const args = ['--redirect-uri', callback, '--profile', 'fapi2', '--auth-method', 'private_key_jwt']
    const { clientId, clientSecret } = await create(...args, '--jwks', good)
    expect(clientSecret).toBeUndefined()
    expect((await client('show', clientId)).stdout).toMatch(/^keys +EC one$/m)
    expect((await client('show', clientId)).stdout).toMatch(/^tokens bound by +dpop$/m)
    for (const [name, says] of [
      [bad, 'Make new keys'],
      ['none.json', 'cannot be read'],
      ['good.json/..', 'no file'],
    ] as const)
      expect((await client('create', '--name', 'X', ...args, '--jwks', name)).stderr).toContain(says)
    const off = await client('update', clientId, '--jwks', 'none', '--jwks-uri', 'https://app.example.com/jwks.json')
    expect(off).toMatchObject({ exit: 0 })
    expect((await client('show', clientId)).stdout).toMatch(/^keys at +https/m)
  })

  it('says what each type means, and the nearest name of an option that does not exist', async () => {
    const help = (await client('create', '--help')).stdout
    for (const type of ['web ', 'single-page ', 'native ', 'service '])
      expect(help).toMatch(new RegExp(`^ {2}${type} +\\w`, 'm'))
    const misspelt = await client('create', '--name', 'X', '--redirect-url', callback)
    expect([misspelt.exit, misspelt.stderr]).toEqual([64, expect.stringContaining('--redirect-uri')])
    expect((await client('create', '--name', 'X', '--type', 'spa', '--redirect-uri', callback)).exit).toBe(64)
  })

  it('names what an application may have at an API, and on whose behalf', async () => {
    const audience = 'https://scoped.example'
    await run('api', 'create', '--audience', audience, '--name', 'X', '--scope', 'read', '--scope', 'write')
    const { clientId } = await create('--grant', 'client_credentials', '--api', `${audience} read`)
    expect((await client('show', clientId)).stdout).toMatch(/^APIs +https:\/\/scoped\.example {2}read$/m)
    await client('update', clientId, '--add-on-behalf', audience)
    expect((await client('show', clientId)).stdout).toContain('read, also on behalf of people')
    await client('update', clientId, '--remove-on-behalf', audience, '--add-api', `${audience} read write`)
    expect((await client('show', clientId)).stdout).toMatch(/scoped\.example {2}read write$/m)
    const unknown = await client('update', clientId, '--add-api', `${audience} delete`)
    expect([unknown.exit, unknown.stderr]).toEqual([65, expect.stringContaining('no such scope')])
  })

  it('takes none for somebody else’s that was ours before that was confirmed: people are signed in to it', async () => {
    const { clientId } = await create('--redirect-uri', callback, '--first-party')
    const ours = async () => JSON.parse((await client('show', clientId, '--json')).stdout).firstParty
    expect((await client('update', clientId, '--no-first-party')).exit).not.toBe(0)
    expect(await ours()).toBe(true)
    expect((await client('update', clientId, '--name', 'Ours')).exit).toBe(0)
    expect((await client('update', clientId, '--no-first-party', '--yes')).exit).toBe(0)
    expect(await ours()).toBe(false)
    expect((await client('update', clientId, '--no-first-party')).exit, 'nothing ends by it').toBe(0)
  })

  it('removes one for good once that was confirmed', async () => {
    const { clientId } = await create('--redirect-uri', callback)
    expect((await client('remove', clientId)).exit).not.toBe(0)
    expect((await client('show', clientId)).exit).toBe(0)
    expect((await client('remove', clientId, '--yes')).stdout).toBe('Invoices is removed.\n')
    expect(await client('show', clientId)).toMatchObject({ exit: 65 })
    expect((await client('create', '--name', 'X', '--redirect-uri', callback, '--id', clientId)).stderr).toContain(
      'or there was one',
    )
  })

  it('makes an API with keys, claims and words of its own, and shows it', async () => {
    const audience = 'https://staff.example'
    await writeFile(join(root, 'words.json'), JSON.stringify({ write: { de: 'Rechnungen schreiben' } }))
    const made = await run(
      ...['api', 'create', '--audience', audience, '--name', 'Staff', '--scope', 'read', '--scope', 'write'],
      ...['--own-keys', '--algorithm', 'ES256', '--claim', 'org_id=tenantId', '--claim', 'roles=groupNames'],
      ...['--token-ttl', '5m', '--no-permissions-in-tokens', '--default', '--scope-words-file', 'words.json'],
      ...['--scope-words', 'read', 'en', 'Read your invoices', '--scope-words', 'read', 'de', 'Rechnungen lesen'],
    )
    expect(made).toMatchObject({ exit: 0 })
    const { stdout } = await run('api', 'show', audience)
    for (const line of [
      /^keys +its own, ES256$/m,
      /^keys at +https:\/\/id\.example\.com\/oauth\/apis\/api_[0-9a-f]+\/jwks$/m,
      /^access tokens +5m$/m,
      /^permissions +not in its tokens$/m,
      /^claims +org_id as tenantId\n +roles as groupNames$/m,
      /^default +for whoever names no API$/m,
      /de: Rechnungen lesen\n +en: Read your invoices/,
      /write\n +de: Rechnungen schreiben/,
    ])
      expect(stdout).toMatch(line)
    const update = (...args: string[]) => run('api', 'update', audience, ...args)
    expect((await update('--claim', 'roles=', '--no-default', '--algorithm', 'default')).exit).toBe(0)
    const after = (await run('api', 'show', audience)).stdout
    expect(after).toMatch(/^claims +org_id as tenantId$/m)
    expect(after).not.toMatch(/^default/m)
    expect(after).toMatch(/^keys +its own, as the configuration says$/m)
    const renamed = ['--claim', 'org_id=companyId']
    // There is nobody to ask.
    expect((await update(...renamed)).exit).not.toBe(0)
    expect((await run('api', 'show', audience)).stdout).toBe(after)
    expect((await update('--claim', 'org_id=tenantId')).exit).toBe(0)
    expect((await update(...renamed, '--yes')).exit).toBe(0)
    for (const [args, says] of [
      [['--claim', 'org_id=sub', '--yes'], 'means nothing else'],
      [['--claim', 'email=mail'], 'Expected one of'],
      [['--token-ttl', '2d'], 'outlive'],
      [['--token-ttl', '5s'], '30 seconds'],
      [['--algorithm', 'HS256'], 'Allowed choices'],
      [['--scope-words', 'read', 'en'], 'by scope, language and text'],
      [['--scope-words', 'none', 'en', 'x'], 'a scope of this API'],
    ] as const)
      expect((await update(...args)).stderr).toContain(says)
    expect(await run('api', 'show', 'https://nothing.example')).toMatchObject({ exit: 65 })
    expect((await run('api', 'create', '--audience', 'urn:x', '--name', 'X', '--algorithm', 'ES256')).stderr).toContain(
      '--own-keys',
    )
  })

  it('lists one redirect URI a line, below each other', async () => {
    const others = ['https://app.example.com/other', 'https://app.example.com/third']
    const uris = [callback, ...others]
    const { clientId } = await create(...uris.flatMap((uri) => ['--redirect-uri', uri]))
    const lines = (await client('list')).stdout.split('\n')
    const column = lines[0]?.indexOf('REDIRECT URIS') ?? -1
    expect(lines[0]).toMatch(/^ID +TYPE +STATE +NAME +ACTS AS +REDIRECT URIS$/)
    const first = lines.findIndex((line) => line.startsWith(clientId))
    expect(lines.slice(first, first + uris.length).map((line) => line.slice(column))).toEqual(uris)
    expect(lines.slice(first + 1, first + uris.length).map((line) => line.slice(0, column).trim())).toEqual(['', ''])
  })

  it('disables, enables, and names an id that does not exist', async () => {
    const { clientId } = await create('--redirect-uri', callback)
    expect(await client('disable', clientId)).toMatchObject({ exit: 0, stdout: 'Invoices is disabled.\n' })
    expect(await client('disable', clientId)).toMatchObject({ exit: 0, stdout: 'Invoices was disabled already.\n' })
    expect(await client('enable', clientId)).toMatchObject({ exit: 0, stdout: 'Invoices is enabled.\n' })
    expect(await client('disable', 'cl_nobody')).toMatchObject({ exit: 65 })
  })

  it('registers another address, and an API with a client for it', async () => {
    const { clientId } = await create('--redirect-uri', callback)
    const more = 'https://app.example.com/other'
    expect((await client('update', clientId, '--add-redirect-uri', more)).stdout).toContain(more)
    expect(
      await client('update', clientId, '--remove-redirect-uri', more, '--remove-redirect-uri', callback),
    ).toMatchObject({
      exit: 65,
    })
    const audience = 'https://api.example.com'
    expect(await run('api', 'create', '--audience', audience, '--name', 'Invoices', '--scope', 'read')).toMatchObject({
      exit: 0,
    })
    expect(await run('api', 'create', '--audience', audience, '--name', 'Again')).toMatchObject({ exit: 65 })
    expect((await run('api', 'list')).stdout).toContain(audience)
    expect(await create('--grant', 'client_credentials', '--api', audience)).toMatchObject({ type: 'service' })
  })
})
