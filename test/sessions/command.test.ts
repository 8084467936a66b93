import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { openPeople, type People } from '../../src/instance/people.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { type SessionId, sessionId } from '../../src/sessions/session.ts'
import { type UserId, userId } from '../../src/users/user.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { quickHasher } from '../support/hasher.ts'
import { captureLog } from '../support/log.ts'
import { settle } from '../support/settled-home.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const clock = frozenClock()
const { log } = captureLog()
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
let root: string
let held: HeldTarget
let services: Services
let people: People
let env: Record<string, string>
let ada: UserId
let bob: UserId

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-session-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys') }
  const { config } = loadConfig({ env, cwd: root })
  await settle(root)
  held = await ownTarget(config, log)
  await prepareDatabase(held.target, { clock, log })
  const actor = { kind: 'system', id: 'server' } as const
  services = await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })
  people = openPeople({ ...services, config, clock, log, hasher: quickHasher(log) })
  ada = await person('ada@example.com')
  bob = await person('bob@example.com')
  const shop = [
    '--id',
    'shop',
    '--name',
    'The shop',
    '--type',
    'single-page',
    '--redirect-uri',
    'https://shop.example/cb',
  ]
  const made = await run('client', 'create', ...shop)
  if (made.exit !== 0) throw new Error(made.stderr)
  await run('org', 'create', 'acme', '--name', 'Acme')
})

afterAll(async () => {
  await people.close()
  await services.close()
  await held.release()
  await rm(root, { recursive: true, force: true })
})

const run = (...args: string[]) => cli(args, { env, cwd: root, clock })
const session = (...args: string[]) => run('session', ...args)

async function person(email: string): Promise<UserId> {
  const { stdout } = await run('user', 'create', '--email', email, '--name', 'Somebody')
  const [id = ''] = /usr_\w+/.exec(stdout) ?? []
  if (!userId.is(id)) throw new Error(stdout)
  return id
}

const nobodys = sessionId.generate()
let browsers = 0
const signIn = (user: UserId): Promise<SessionId> =>
  inTransaction(services.database.app, async (tx) => {
    const about = { user, amr: ['pwd'], acr: 'aal1', userAgent: firefox, ip: '203.0.113.7', at: clock.now() }
    const by = { actor: { kind: 'person', id: user } } as const
    const id = await people.sessions.start(tx, by, about)
    await people.sessions.bind(tx, { session: id, engineUidHash: sha256(`browser-${browsers++}`) })
    return id
  })
const live = async (user: UserId) => (await people.sessions.listOf(user)).map(({ id }) => id)

describe('hearthkey session', () => {
  it('lists who is signed in where, the newest first, of all or of one, page by page', async () => {
    const [first, second, third] = [await signIn(ada), await signIn(bob), await signIn(ada)]
    const all = JSON.parse((await session('list', '--json')).stdout)
    expect(all.sessions.map(({ id }: { id: string }) => id)).toEqual([third, second, first])
    expect(all.sessions[0]).toMatchObject({
      user: ada,
      email: 'ada@example.com',
      device: { browser: 'Firefox', system: 'Linux' },
      ip: '203.0.113.7',
      amr: ['pwd'],
      applications: [],
    })
    const page = JSON.parse((await session('list', '--limit', '1', '--after', third, '--json')).stdout)
    expect([page.sessions[0].id, page.next]).toEqual([second, second])
    const { stdout } = await session('list', '--user', 'ada@example.com')
    expect(stdout).toContain(first)
    expect(stdout).not.toContain(second)
    expect((await session('list', '--client', 'shop')).stdout).toBe('Nobody is signed in.\n')
    expect((await session('list', '--org', 'acme')).stdout).toBe('Nobody is signed in.\n')
    const shown = await session('show', first)
    expect(shown.stdout).toMatch(/state +live\n.*who +ada@example\.com/s)
    for (const id of [first, second, third]) await session('end', id, '--yes')
  })

  it('ends one, asks before, and says of one that is over how it ended', async () => {
    const [one, other] = [await signIn(ada), await signIn(ada)]
    const refused = await session('end', one)
    expect([refused.exit === 0, await live(ada)]).toEqual([false, [other, one]])
    expect(await session('end', one, '--yes')).toMatchObject({
      exit: 0,
      stdout: 'The session of ada@example.com is ended.\n',
    })
    expect(await live(ada)).toEqual([other])
    expect((await session('end', one, '--yes')).stdout).toContain('had ended before')
    expect((await session('show', one)).stdout).toMatch(/state +ended at .*: revoked/)
    await session('end', other, '--yes')
  })

  it('ends all of one person, or all but one, and those of nobody else', async () => {
    const [kept, gone, bobs] = [await signIn(ada), await signIn(ada), await signIn(bob)]
    const others = await session('end', '--user', 'ada@example.com', '--except', kept, '--yes', '--json')
    expect(JSON.parse(others.stdout)).toEqual({ user: ada, sessions: 1, except: kept })
    expect(await live(ada)).toEqual([kept])
    expect((await session('show', gone)).stdout).toContain('revoked')
    expect((await session('end', '--user', ada, '--yes')).stdout).toContain('signed out everywhere: 1 session ended')
    expect([await live(ada), await live(bob)]).toEqual([[], [bobs]])
  })

  it('ends what is signed in to an application or for an organisation', async () => {
    expect(JSON.parse((await session('end', '--client', 'shop', '--yes', '--json')).stdout)).toEqual({
      client: 'shop',
      sessions: 0,
      grants: 0,
      stopped: false,
    })
    expect((await session('end', '--org', 'acme', '--yes')).stdout).toBe(
      '0 sign-ins for Acme ended, and with them 0 sessions.\n',
    )
  })

  it.each([
    [['end'], 64, 'It has to be said what is to end'],
    [['end', '--user', 'ada@example.com', '--client', 'shop', '--yes'], 64, 'one at most'],
    [['end', '--client', 'shop', '--except', nobodys, '--yes'], 64, '--except goes with --user'],
    [['end', nobodys, '--yes'], 65, 'session-not-found'],
    [['show', 'one'], 64, 'Give the id of a session'],
    [['end', '--client', 'nobody', '--yes'], 65, 'client-not-found'],
    [['list', '--org', 'nobody'], 65, 'organisation-not-found'],
    [['list', '--user', 'eve@example.com'], 65, 'user-not-found'],
  ])('refuses %j', async (args, exit, words) => {
    const answer = await session(...args)
    expect([answer.exit, answer.stderr]).toEqual([exit, expect.stringContaining(words)])
  })
})
