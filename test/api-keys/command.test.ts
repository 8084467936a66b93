import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ActorContext } from '../../src/audit/actor.ts'
import { loadConfig } from '../../src/config/config.ts'
import { openCompanies } from '../../src/instance/companies.ts'
import { openPeople } from '../../src/instance/people.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { captureLog } from '../support/log.ts'
import { settle } from '../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
const operator: ActorContext = { actor: { kind: 'operator', id: 'test' } }
let root: string
let held: HeldTarget
let env: Record<string, string>

const run = (...args: string[]) => cli(args, { env, cwd: root, clock })
const json = async <T>(shape: z.ZodType<T>, ...args: string[]): Promise<T> => {
  const { exit, stdout, stderr } = await run(...args, '--json')
  expect([exit, stderr]).toEqual([0, ''])
  return shape.parse(JSON.parse(stdout))
}
const made = z.object({ id: z.string(), apiKey: z.string(), expiresAt: z.iso.datetime().nullable(), state: z.string() })
const account = z.object({ serviceAccount: z.object({ id: z.string(), status: z.string() }) })
const createKey = (...more: string[]) =>
  json(made, 'api-key', 'create', '--org', 'acme', '--owner', 'ada@example.com', '--name', 'export', ...more)

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-api-key-command-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys'), ISSUER_URL: 'https://id.example.com' }
  const { config } = loadConfig({ env, cwd: root })
  await settle(root)
  held = await ownTarget(config, log)
  const { target } = held
  await prepareDatabase(target, { clock, log })
  const actor = { kind: 'system', id: 'server' } as const
  const services = await openServices({ config, target, clock, log, actor, bootstrap: true })
  const people = openPeople({ ...services, config, clock, log })
  const { orgs } = openCompanies({ config, services, people, clock })
  const ada = await people.users.create(operator, { email: 'ada@example.com', name: 'Ada', emailVerified: true })
  if (!ada.ok) throw new Error(ada.error)
  const wish = { slug: 'acme', name: 'Acme', template: 'basic', owner: ada.value.id }
  expect((await orgs.organisations.create(operator, wish)).ok).toBe(true)
  await people.close()
  await services.close()
})

afterAll(async () => {
  await held.release()
  await rm(root, { recursive: true, force: true })
})

describe('hearthkey api-key, beside a running server', () => {
  it('[STO-4] creates one that is printed once, and shows and lists it without the key', async () => {
    const key = await createKey('--level', 'read-only', '--expires', '30d', '--ip', '192.0.2.0/24', '--quota', '60')
    expect(key.apiKey).toMatch(/^hk_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/)
    expect(key.expiresAt).toBe('2030-02-14T12:00:00.000Z')
    const { stdout } = await run('api-key', 'show', '--org', 'acme', key.id)
    for (const text of ['members.read', '192.0.2.0/24', '60', 'last used']) expect(stdout).toContain(text)
    const list = await run('api-key', 'list', '--org', 'acme', '--owner', 'ada@example.com')
    expect(list.stdout).toContain(key.id)
    expect(stdout + list.stdout).not.toContain(key.apiKey.slice(3, 40))
  })

  it('takes permissions one by one, and names those that the owner has not', async () => {
    await createKey('--permission', 'members.read')
    const refused = await run(
      ...['api-key', 'create', '--org', 'acme', '--owner', 'ada@example.com', '--name', 'x'],
      ...['--permission', 'members.read', '--permission', 'invoices:read'],
    )
    expect(refused.exit).toBe(65)
    expect(refused.stderr).toContain('invoices:read at hearthkey')
    expect(refused.stderr).not.toContain('members.read')
  })

  it('renames one, which stays the key that it was', async () => {
    const { id } = await createKey('--level', 'read-only')
    const renamed = await run('api-key', 'rename', '--org', 'acme', id, '--name', 'export of the night')
    expect(renamed).toMatchObject({ exit: 0, stderr: '' })
    expect(renamed.stdout).toContain('export of the night')
    const shown = await run('api-key', 'show', '--org', 'acme', id)
    expect(shown.stdout).toMatch(/^name +export of the night$/m)
    expect(shown.stdout).toMatch(/^state +active$/m)
    const refused = await run('api-key', 'rename', '--org', 'acme', id, '--name', 'two\nlines')
    expect(refused.stderr).toContain('1 to 100 characters on one line')
    expect(refused.stderr).toContain('(api-key-refused)')
    expect((await run('api-key', 'show', '--org', 'acme', id)).stdout).toBe(shown.stdout)
    const nobody = await run('api-key', 'rename', '--org', 'acme', 'key_1', '--name', 'x')
    expect(nobody.stderr).toContain('(api-key-not-found)')
  })

  it('rotates with an overlap and revokes at once; a second time says so', async () => {
    const { id } = await createKey('--level', 'admin')
    const { exit, stdout } = await run('api-key', 'rotate', '--org', 'acme', id, '--overlap', '1h')
    expect([exit, stdout]).toEqual([0, expect.stringContaining('The former one works until 2030-01-15T13:00:00.000Z.')])
    expect((await run('api-key', 'rotate', '--org', 'acme', id)).stderr).toContain('rotated already')
    expect((await run('api-key', 'revoke', '--org', 'acme', id)).exit).not.toBe(0)
    expect((await run('api-key', 'revoke', '--org', 'acme', id, '--yes')).stdout).toBe(`${id} is revoked.\n`)
    expect((await run('api-key', 'revoke', '--org', 'acme', id, '--yes')).stdout).toBe(`${id} was revoked before.\n`)
  })

  it.each([
    [['api-key', 'show', '--org', 'acme', 'key_1'], 'api-key-not-found'],
    [['api-key', 'list', '--org', 'nobody'], 'organisation-not-found'],
    [['api-key', 'create', '--org', 'acme', '--owner', 'ada@example.com', '--name', 'x'], 'usage-error'],
    [
      [
        'api-key',
        'create',
        '--org',
        'acme',
        '--owner',
        'ada@example.com',
        '--name',
        'x',
        '--level',
        'admin',
        '--expires',
        'never',
      ],
      'api-key-refused',
    ],
    [['service-account', 'disable', '--org', 'acme', 'sva_1', '--yes'], 'service-account-not-found'],
    [['service-account', 'create', '--org', 'acme', '--name', 'x', '--role', 'nothing'], 'service-account-refused'],
  ])('%j fails with %s', async (args, code) => {
    expect((await run(...args)).stderr).toContain(`(${code})`)
  })
})

describe('what a key opens', () => {
  it('is said when it is made, by the names of the APIs, and that it opens none where it is for none', async () => {
    const audience = 'https://api.invoices.example'
    const none = await run(
      'api-key',
      'create',
      '--org',
      'acme',
      '--owner',
      'ada@example.com',
      '--name',
      'x',
      '--level',
      'admin',
    )
    expect(none.stdout).toContain('It is for no API of yours')
    expect((await run('access', 'apply', 'storno', '--api', audience)).exit).toBe(0)
    expect((await run('org', 'create', 'storno-co', '--name', 'S', '--template', 'storno')).exit).toBe(0)
    const { serviceAccount } = await json(
      account,
      ...['service-account', 'create', '--org', 'storno-co', '--name', 'importer', '--role', 'accountant'],
    )
    const of = ['--org', 'storno-co', '--owner', serviceAccount.id, '--name', 'x']
    const some = await run('api-key', 'create', ...of, '--level', 'write')
    expect(some.stdout).toMatch(/^may at https:\/\/api\.invoices\.example {2}.*invoices:create/m)
    expect(some.stdout).not.toContain('It is for no API of yours')
    expect(some.stdout).not.toContain('api_')
    const beyond = await run('api-key', 'create', ...of, '--api', audience, '--permission', 'company:delete')
    expect(beyond.stderr).toContain(`company:delete at ${audience}`)
    const list = await json(
      z.object({ apiKeys: z.array(z.unknown()), next: z.string().nullable() }),
      'api-key',
      'list',
      '--org',
      'acme',
      '--limit',
      '1',
    )
    expect([list.apiKeys.length, typeof list.next]).toEqual([1, 'string'])
  })
})

describe('hearthkey service-account, beside a running server', () => {
  it('creates, lists, gives roles, links to a client, disables, enables and removes', async () => {
    const { id } = (
      await json(account, 'service-account', 'create', '--org', 'acme', '--name', 'importer', '--role', 'member')
    ).serviceAccount
    const on = (command: string, ...more: string[]) => run('service-account', command, '--org', 'acme', id, ...more)
    expect((await run('service-account', 'list', '--org', 'acme')).stdout).toContain('importer')
    expect((await on('roles', 'admin')).stdout).toBe(`${id} has the roles admin.\n`)
    expect(
      (await run('client', 'create', '--name', 'Importer', '--id', 'importer', '--grant', 'client_credentials')).exit,
    ).toBe(0)
    expect((await run('service-account', 'link', id, 'importer')).stdout).toBe('importer acts as importer.\n')
    expect((await run('client', 'list')).stdout).toMatch(new RegExp(`^importer .* ${id}`, 'm'))
    expect((await run('service-account', 'list', '--org', 'acme')).stdout).toMatch(/importer +admin +importer/)
    expect((await run('member', 'list', '--org', 'acme')).stdout).toMatch(new RegExp(`${id} +active +admin +importer`))
    expect((await run('service-account', 'unlink', 'importer')).stdout).toContain('importer speaks for itself again')
    expect((await run('client', 'list', '--json')).stdout).toContain('"serviceAccount": null')
    expect((await run('service-account', 'unlink', 'importer')).stderr).toContain('importer acts as no service account')
    const key = await json(made, 'api-key', 'create', '--org', 'acme', '--owner', id, '--name', 'x', '--level', 'admin')
    expect((await on('disable')).exit, 'not without a word').not.toBe(0)
    expect((await on('disable', '--yes')).stdout).toBe('importer is disabled.\n')
    expect((await on('disable', '--yes')).stdout).toBe(`${id} was so already.\n`)
    expect((await on('enable')).stdout).toBe('importer is enabled.\n')
    expect((await on('remove')).exit).not.toBe(0)
    expect((await on('remove', '--yes')).stdout).toBe('importer is removed.\n')
    expect((await run('service-account', 'list', '--org', 'acme')).stdout).not.toContain('importer')
    const { stdout } = await run('api-key', 'show', '--org', 'acme', key.id)
    expect(stdout).toContain('owner-ended')
  })

  it('disables, enables and removes by the id alone, whichever organisation looks after it', async () => {
    const make = ['service-account', 'create', '--org', 'acme', '--name', 'sweeper', '--role', 'member']
    const { id } = (await json(account, ...make)).serviceAccount
    const on = (command: string, ...more: string[]) => run('service-account', command, id, ...more)
    expect((await on('disable', '--yes')).stdout).toBe('sweeper is disabled.\n')
    expect((await on('enable')).stdout).toBe('sweeper is enabled.\n')
    expect((await on('remove', '--yes')).stdout).toBe('sweeper is removed.\n')
    expect((await on('remove', '--yes')).stderr).toContain('(service-account-not-found)')
  })

  it('ends with its organisation, also where it works for another', async () => {
    expect((await run('org', 'create', 'shortlived', '--name', 'S')).exit).toBe(0)
    const make = ['service-account', 'create', '--org', 'shortlived', '--name', 'robot', '--role', 'member']
    const { id } = (await json(account, ...make)).serviceAccount
    expect((await run('member', 'add', '--org', 'acme', id, '--role', 'member')).exit).toBe(0)
    expect((await run('org', 'remove', 'shortlived', '--yes')).exit).toBe(0)
    expect((await run('member', 'list', '--org', 'acme')).stdout).not.toContain(id)
    const key = await run('api-key', 'create', '--org', 'acme', '--owner', id, '--name', 'x', '--level', 'admin')
    expect(key.stderr).toContain('(service-account-not-found)')
  })
})
