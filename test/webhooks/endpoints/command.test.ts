import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ActorContext } from '../../../src/audit/actor.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { openCompanies } from '../../../src/instance/companies.ts'
import { openPeople } from '../../../src/instance/people.ts'
import { prepareDatabase } from '../../../src/instance/prepare.ts'
import { openServices } from '../../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../../src/instance/target.ts'
import { cli } from '../../support/cli.ts'
import { frozenClock } from '../../support/clock.ts'
import { captureLog } from '../../support/log.ts'
import { settle } from '../../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
const operator: ActorContext = { actor: { kind: 'operator', id: 'test' } }
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=\n$/
let root: string
let held: HeldTarget
let env: Record<string, string>

const run = (...args: string[]) => cli(['webhook', ...args], { env, cwd: root, clock })
const json = async <T>(shape: z.ZodType<T>, ...args: string[]): Promise<T> => {
  const { exit, stdout, stderr } = await run(...args, '--json')
  expect([exit, stderr]).toEqual([0, ''])
  return shape.parse(JSON.parse(stdout))
}
const endpoint = z.object({
  id: z.string(),
  organisation: z.string().nullable(),
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  personal: z.boolean(),
  state: z.string(),
  secret: z.string().optional(),
  formerSecretEndsAt: z.string().nullable().optional(),
})
const given = ['--url', 'https://hooks.example.com/in', '--event', 'user.*', '--name', 'bookkeeping']
const add = (...more: string[]) => json(endpoint, 'add', ...given, ...more)

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-webhook-command-'))
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

describe('hearthkey webhook', () => {
  it('[TOS-5] adds one: its secret is printed once, alone, and how it is used beside it', async () => {
    const { exit, stdout, stderr } = await run('add', ...given, '--org', 'acme')
    expect(exit).toBe(0)
    expect(stdout).toMatch(SECRET)
    for (const text of ['whk_', 'user.*', 'https://hooks.example.com/in', 'once', 'new Webhook(', 'webhooks.md'])
      expect(stderr).toContain(text)
    expect(stderr).not.toContain(stdout.trim())

    const [id = ''] = /whk_\w+/.exec(stderr) ?? []
    const seen = [await run('show', id), await run('list', '--org', 'acme'), await run('show', id, '--json')]
    for (const one of seen) {
      expect(one).toMatchObject({ exit: 0, stderr: '' })
      expect(one.stdout).toContain(id)
      expect(one.stdout).not.toContain(stdout.slice(6, 30))
    }
    expect(seen[0]?.stdout).toMatch(/secrets +one\n/)
    expect((await run('list')).stdout).not.toContain(id)
    expect((await run('remove', id, '--yes')).exit).toBe(0)
  })

  it('for a program, with the secret among the rest', async () => {
    const made = await add('--personal')
    expect(made).toMatchObject({ organisation: null, events: ['user.*'], personal: true, state: 'active' })
    expect(`${made.secret}\n`).toMatch(SECRET)
    const listed = await json(z.object({ webhooks: z.array(endpoint), next: z.null() }), 'list')
    expect(listed.webhooks.map(({ id }) => id)).toContain(made.id)
    expect((await run('list')).stdout).toMatch(/ID +STATE +EVENTS +NAME +URL\n/)
  })

  it('takes a secret that was made elsewhere from standard input, and prints none', async () => {
    const own = `whsec_${randomBytes(24).toString('base64')}`
    const world = { env, cwd: root, clock, input: `${own}\n` }
    const added = await cli(['webhook', 'add', ...given, '--own-secret'], world)
    expect(added).toMatchObject({ exit: 0, stderr: '' })
    expect(added.stdout).toMatch(/^whk_\w+ is told of user\.\* at /)
    const [id = ''] = added.stdout.split(' ')
    const rotated = await cli(['webhook', 'rotate-secret', id, '--own-secret', '--json'], world)
    expect(rotated.exit).toBe(0)
    expect(added.stdout + rotated.stdout).not.toContain(own)
    const bad = await cli(['webhook', 'add', ...given, '--own-secret'], { ...world, input: 'whsec_tooShort' })
    expect(bad.exit).toBe(65)
    expect(bad.stderr).toContain('24 to 64 bytes')
    expect(bad.stderr).not.toContain('tooShort')
  })

  it('[TOS-5] rotates the secret with an overlap, and ends the former one before its time', async () => {
    const { id } = await add()
    const rotated = await run('rotate-secret', id, '--overlap', '2h')
    expect(rotated.stdout).toMatch(SECRET)
    expect(rotated.stderr).toContain('Until 2030-01-15T14:00:00.000Z')
    expect((await run('show', id)).stdout).toContain('two, the former one until 2030-01-15T14:00:00.000Z')
    expect((await run('remove-secret', id, '--yes')).exit).toBe(0)
    expect((await run('show', id)).stdout).toMatch(/secrets +one\n/)
    expect((await run('remove-secret', id, '--yes')).exit).toBe(65)
    const usual = await json(endpoint, 'rotate-secret', id)
    expect(usual.formerSecretEndsAt).toBe('2030-01-16T12:00:00.000Z')
    expect(await json(endpoint, 'rotate-secret', id, '--overlap', '0', '--yes')).toMatchObject({
      formerSecretEndsAt: null,
    })
  })

  it('asks before what stops a receiver', async () => {
    const { id } = await add()
    for (const args of [
      ['remove', id],
      ['rotate-secret', id, '--overlap', '0'],
      ['remove-secret', id],
    ])
      expect((await run(...args)).exit).not.toBe(0)
    const file = join(root, 'at-once.yaml')
    await writeFile(file, 'webhooks:\n  overlap: 0s\n')
    const atOnce = { env: { ...env, CONFIG_FILE: file }, cwd: root, clock }
    expect((await cli(['webhook', 'rotate-secret', id], atOnce)).exit).not.toBe(0)
    expect((await run('show', id)).stdout).toMatch(/secrets +one\n/)
    expect((await run('rotate-secret', id)).exit).toBe(0)
  })

  it('changes what is named, disables, enables and removes', async () => {
    const { id } = await add('--personal')
    const updated = await json(
      endpoint,
      'update',
      id,
      '--event',
      'role.created',
      '--event',
      'api_key.*',
      '--no-personal',
    )
    expect(updated).toMatchObject({ name: 'bookkeeping', events: ['api_key.*', 'role.created'], personal: false })
    expect((await run('disable', id)).stdout).toBe(`${id} is disabled.\n`)
    expect((await run('disable', id)).stdout).toBe(`${id} was disabled before.\n`)
    expect(await json(endpoint, 'show', id)).toMatchObject({ state: 'disabled' })
    expect((await run('enable', id)).exit).toBe(0)
    expect(await json(endpoint, 'show', id)).toMatchObject({ state: 'active' })
    expect((await run('remove', id, '--yes')).stdout).toBe(`${id} is removed.\n`)
    expect((await run('show', id)).exit).toBe(65)
  })

  it.each([
    [['show', 'whk_1'], 'webhook-not-found', ''],
    [['disable', 'whk_0190a6b2c3d47e5f8a9b0c1d2e3f4a5b'], 'webhook-not-found', ''],
    [['list', '--org', 'nobody'], 'organisation-not-found', ''],
    [['list', '--after', 'key_1'], 'usage-error', 'whk_'],
    [['add', '--url', 'https://a.example/', '--name', 'x'], 'usage-error', '--event'],
    [['add', ...given, '--event', 'user.creatd'], 'webhook-refused', 'Did you mean user.created?'],
    [['add', ...given, '--url', 'https://10.0.0.1/'], 'webhook-refused', 'webhooks.allow'],
    [['add', ...given, '--url', 'http://hooks.example.com/'], 'webhook-refused', 'https'],
    [['add', ...given, '--url', 'https://ada:hunter22@a.example/'], 'webhook-refused', 'user name or a password'],
    [['add', ...given, '--name', ''], 'webhook-refused', '--name'],
  ])('%j fails with %s', async (args, code, says) => {
    const { exit, stdout, stderr } = await run(...args)
    expect([exit === 0, stdout]).toEqual([false, ''])
    expect(stderr).toContain(`(${code})`)
    expect(stderr).toContain(says)
    expect(stderr).not.toContain('hunter22')
  })
})
