import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../../src/config/config.ts'
import { prepareDatabase } from '../../../src/instance/prepare.ts'
import { registryOf } from '../../../src/instance/registry.ts'
import { openServices } from '../../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../../src/instance/target.ts'
import { cli } from '../../support/cli.ts'
import { frozenClock } from '../../support/clock.ts'
import { captureLog } from '../../support/log.ts'
import { settle } from '../../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
let root: string
let held: HeldTarget
let env: Record<string, string>

const run = (...args: string[]) => cli(['client', 'registration-token', ...args], { env, cwd: root, clock })
const made = z.object({
  id: z.string(),
  token: z.string(),
  usesLeft: z.number().nullable(),
  expiresAt: z.string().nullable(),
})
const create = async (...args: string[]) => {
  const { exit, stdout, stderr } = await run('create', '--json', '--name', 'Partner', ...args)
  if (exit !== 0) throw new Error(stderr)
  return made.parse(JSON.parse(stdout))
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-registration-command-'))
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

describe('hearthkey client registration-token', () => {
  it('shows a token once, for one use in a week where nothing else was said', async () => {
    const token = await create()
    expect(token.token).toMatch(/^hki_[A-Za-z0-9_-]{43}$/)
    expect([token.usesLeft, token.expiresAt]).toEqual([
      1,
      new Date(clock.now().getTime() + 7 * 86_400_000).toISOString(),
    ])
    const listed = await run('list')
    expect(listed.stdout).toContain(token.id)
    expect(listed.stdout).toContain('uses left: 1')
    expect(listed.stdout + (await run('list', '--json')).stdout).not.toContain(token.token)
  })

  it('says that it opens nothing where applications do not register themselves', async () => {
    expect((await run('create', '--name', 'Partner')).stdout).toContain('clients.dynamicRegistration is off')
  })

  it('says in its help what holds where nothing is said, in words of people', async () => {
    const { stdout } = await run('create', '--help')
    expect(stdout).toContain('(default: 7d)')
    const all = await cli(['client', 'create', '--help'], { env, cwd: root, clock })
    expect(all.stdout).toContain('--redirect-uri')
    expect(all.stdout).not.toContain('(default: [])')
  })

  it('takes a token back, once', async () => {
    const token = await create('--unlimited', '--expires', 'never', '--programs')
    expect([token.usesLeft, token.expiresAt]).toEqual([null, null])
    expect((await run('revoke', token.id)).exit).toBe(0)
    expect((await run('revoke', token.id)).exit).not.toBe(0)
    expect((await run('revoke', 'rgt_nothing')).exit).not.toBe(0)
    expect((await run('list')).stdout).toContain('revoked')
  })

  it('renews the token of an application that registered itself, once it was confirmed, and of no other', async () => {
    const { config } = loadConfig({ env, cwd: root })
    const actor = { kind: 'operator', id: 'test' } as const
    const services = await openServices({ config, target: held.target, clock, log, actor, bootstrap: false })
    onTestFinished(() => services.close())
    const { clients } = registryOf({ config, services, clock })
    const make = (id: string, registrationHash?: Buffer) =>
      clients.create(
        { actor },
        {
          id,
          name: id,
          type: 'native',
          redirectUris: ['https://app.example/cb'],
          ...(registrationHash && { registrationHash }),
        },
      )
    for (const made of [await make('itself', Buffer.alloc(32)), await make('ours')]) expect(made.ok).toBe(true)
    expect((await run('renew', 'itself')).exit).not.toBe(0)
    const renewed = await run('renew', 'itself', '--yes')
    expect(renewed.stdout).toMatch(/hkr_[A-Za-z0-9_-]{43}/)
    const refused = await run('renew', 'ours', '--yes')
    expect(refused.exit).not.toBe(0)
    expect(refused.stderr).toContain('hearthkey client update ours')
    expect((await run('renew', 'nobody', '--yes')).stderr).toContain('No client has the id nobody')
  })

  it.each([
    ['no name', ['create']],
    ['a name of spaces', ['create', '--name', '  ']],
    ['no use at all', ['create', '--name', 'x', '--uses', '0']],
    ['one limit and none', ['create', '--name', 'x', '--uses', '3', '--unlimited']],
    ['a time that is none', ['create', '--name', 'x', '--expires', 'soon']],
  ])('refuses %s', async (_what, args) => {
    expect((await run(...args)).exit).not.toBe(0)
  })
})
