import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import { limitsCheck } from '../../src/cli/doctor/limits.ts'
import { loadConfig } from '../../src/config/config.ts'
import { openGuard } from '../../src/instance/guard.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { userId } from '../../src/users/user.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { testConfig } from '../support/config.ts'
import { captureLog } from '../support/log.ts'
import { redisStandIn } from '../support/redis.ts'
import { settle } from '../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
let root: string
let held: HeldTarget
let services: Services
let env: Record<string, string>

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-unlock-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys') }
  const { config } = loadConfig({ env, cwd: root })
  await settle(root)
  held = await ownTarget(config, log)
  await prepareDatabase(held.target, { clock, log })
  const actor = { kind: 'system', id: 'server' } as const
  services = await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })
})

afterAll(async () => {
  await services.close()
  await held.release()
  await rm(root, { recursive: true, force: true })
})

const user = (...args: string[]) => cli(['user', ...args], { env, cwd: root, clock })

describe('hearthkey user unlock', () => {
  it('ends a pause beside a running server, by address or id, and says so', async () => {
    const { stdout } = await user('create', '--email', 'ada@example.com', '--name', 'Ada')
    const [id = ''] = /usr_\w+/.exec(stdout) ?? []
    if (!userId.is(id)) throw new Error(stdout)
    const guard = openGuard({ ...services, config: loadConfig({ env, cwd: root }).config, clock, log })
    const begin = () => guard.lockout.begin({ pool: 'password', email: guard.emailKey('ada@example.com'), user: id })
    for (const who of ['ADA@example.com', id]) {
      for (let time = 0; time < 5; time += 1) await begin()
      expect((await begin()).kind).toBe('locked')
      const unlocked = await user('unlock', who)
      expect([unlocked.exit, unlocked.stdout]).toEqual([0, expect.stringContaining('begins at zero again')])
      expect((await begin()).kind).toBe('go')
      await user('unlock', id)
    }
    expect((await user('unlock', id)).stdout).toContain('was not locked')
  })

  it('knows nobody of an address that is nobody’s', async () => {
    const { exit, stderr } = await user('unlock', 'nobody@example.com')
    expect(exit).toBe(65)
    expect(stderr).toContain('No user has that id or e-mail address')
  })
})

describe('the doctor', () => {
  const examine = (redis: Record<string, string> = {}): Promise<Finding[]> =>
    limitsCheck.examine({ config: testConfig(redis), target: held.target, log })

  it('says where limits are counted', async () => {
    expect(await examine()).toEqual([{ level: 'ok', text: 'limits are counted in the database' }])
    const redis = await redisStandIn()
    expect(await examine({ REDIS_URL: redis.url })).toEqual([
      { level: 'ok', text: `the Redis at 127.0.0.1:${redis.port} answers` },
    ])
  })

  it('warns of a Redis that is away, or lets nobody in, with the cure and without its password', async () => {
    const redis = await redisStandIn({ password: 'right' })
    const wrong = redis.url.replace('right', 'hunter2')
    const [finding, ...more] = await examine({ REDIS_URL: wrong })
    expect(more).toEqual([])
    expect(finding).toMatchObject({ level: 'warn', cure: expect.stringContaining('REDIS_URL') })
    await redis.stop()
    const away = await examine({ REDIS_URL: redis.url })
    expect(away).toMatchObject([{ level: 'warn', text: expect.stringContaining('counted in the database') }])
    expect(JSON.stringify([finding, away])).not.toContain('hunter2')
  })
})
