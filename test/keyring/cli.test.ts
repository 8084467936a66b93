import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
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

const HOUR = 3_600_000
const clock = frozenClock()
const { log } = captureLog()
let root: string
let held: HeldTarget
let env: Record<string, string>

const key = (...args: string[]) => cli(['key', ...args], { env, cwd: root, clock })
const keyConfirmed = (...args: string[]) => cli(['key', ...args], { env, cwd: root, clock, confirms: true })

const listed = z.object({
  keys: z.array(z.object({ kid: z.string(), state: z.string() })),
  nextRotationAt: z.iso.datetime(),
})
const keys = async (...options: string[]) =>
  listed.parse(JSON.parse((await key('list', '--json', ...options)).stdout)).keys
const kidOf = async (state: string) => (await keys()).find((found) => found.state === state)?.kid ?? `no ${state} key`

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-key-command-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys') }
  held = await ownTarget(loadConfig({ env, cwd: root }).config, log)
})

afterAll(async () => {
  await held.release()
  await rm(root, { recursive: true, force: true })
})

describe('hearthkey key, beside a running server', () => {
  it('says what to do when nothing was ever started', async () => {
    const { exit, stderr } = await key('list')
    expect(exit).toBe(65)
    expect(stderr).toContain('hearthkey serve')
    await prepareDatabase(held.target, { clock, log })
    expect((await key('list')).stderr).toContain('keyring-empty')
    expect(await readdir(root), 'a command makes no keys').toEqual(['data'])
    const actor = { kind: 'system', id: 'server' } as const
    const { config } = loadConfig({ env, cwd: root })
    await (await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })).close()
  })

  it('lists what each key is doing and when the next rotation is due', async () => {
    const { exit, stdout } = await key('list')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^active {2}RS256 +0 s {2}\S+ +signs since 2030-01-15/m)
    expect(stdout).toMatch(/^next .*may sign from 2030/m)
    expect(stdout).toMatch(/The next rotation is due 2030-\S+ \(in \d+ d\)\./)
    expect((await keys()).map(({ state }) => state)).toEqual(['active', 'next'])
  })

  it('changes no key by looking, also where the configuration asks for another kind', async () => {
    const before = await keys()
    const file = join(root, 'hearthkey.yaml')
    await writeFile(file, 'keys:\n  algorithm: ES256\n')
    expect(await keys()).toEqual(before)
    await rm(file)
  })

  it('refuses to rotate to a key that was published a moment ago, and does it with --force, once it was said what that does', async () => {
    const next = await kidOf('next')
    const { exit, stderr } = await key('rotate')
    expect(exit).toBe(75)
    expect(stderr).toMatch(/It may sign from 2030[\s\S]*--force[\s\S]*key-too-young/)
    const asked = await key('rotate', '--force')
    expect([asked.exit === 0, await kidOf('next')], 'nobody said yes').toEqual([false, next])
    const forced = await keyConfirmed('rotate', '--force')
    expect(forced.stdout).toContain(`${next} signs from now on.`)
    expect(forced.stdout).toMatch(/an API that refuses new tokens now has the keys of before[\s\S]*oauth\/jwks/)
    expect(await kidOf('active')).toBe(next)
    expect((await key('list')).stdout).toMatch(/^retired .*published until 2030/m)
  })

  it('retires a key, and says when there is none', async () => {
    expect((await key('retire', 'nobody')).stderr).toContain('key-not-found')
    const next = await kidOf('next')
    expect(await key('retire', next, '--json')).toMatchObject({ exit: 0 })
    expect(await kidOf('next')).not.toBe(next)
  })

  it('revokes only what is called compromised and was confirmed, and says what breaks', async () => {
    const active = await kidOf('active')
    expect(await key('revoke', active, '--yes')).toMatchObject({ exit: 64 })
    const asked = await key('revoke', active, '--compromised')
    expect(asked.exit).not.toBe(0)
    expect(await kidOf('active'), 'not confirmed').toBe(active)
    const done = await keyConfirmed('revoke', active, '--compromised')
    expect(done).toMatchObject({ exit: 0 })
    expect(done.stdout).toMatch(/revoked, and its private key is erased from the database[\s\S]*restart/)
    expect(done.stdout).toMatch(/copies of the private key remain in backups[\s\S]*write-ahead log[\s\S]*master key/)
    expect(`${asked.stderr}${done.stdout}${done.stderr}`).not.toMatch(/destroyed|nothing brings/)
    expect(await kidOf('active')).not.toBe(active)
    expect((await keys()).some(({ kid }) => kid === active)).toBe(false)
    expect((await keys('--all')).find(({ kid }) => kid === active)).toMatchObject({ state: 'gone' })
    expect((await key('revoke', active, '--compromised', '--yes')).stderr).toContain('gone already')
  })

  it('rotates the master key and says to back it up', async () => {
    const before = await readFile(join(root, 'keys', 'master.key'), 'utf8')
    const { exit, stdout } = await key('rotate-master')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/2 data keys were wrapped anew[\s\S]*back it up now/)
    expect(await readdir(join(root, 'keys'))).toHaveLength(2)
    expect(await readFile(join(root, 'keys', 'master.key'), 'utf8')).not.toBe(before)
    expect(await keys()).not.toEqual([])
  })

  it('rotates the key of the audit log, and says who endorsed whom', async () => {
    const first = await key('rotate-audit', '--json')
    expect(first.exit).toBe(0)
    const { active } = z.object({ active: z.string() }).parse(JSON.parse(first.stdout))
    const { exit, stdout } = await key('rotate-audit')
    expect(exit).toBe(0)
    expect(stdout).toContain(`${active} has endorsed it and signs nothing more`)
  })

  it('stops at a damaged master key with its name and a cure, and overwrites nothing', async () => {
    const path = join(root, 'keys', 'master.key')
    const whole = await readFile(path, 'utf8')
    await writeFile(path, whole.slice(0, 30))
    const { exit, stderr } = await key('list')
    expect(exit).toBe(78)
    expect(stderr).toMatch(/master-key-corrupt/)
    expect(await readFile(path, 'utf8')).toBe(whole.slice(0, 30))
    await writeFile(path, whole)
    clock.advance(HOUR)
    expect((await key('list')).exit).toBe(0)
  })
})
