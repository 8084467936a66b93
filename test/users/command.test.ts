import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readInput } from '../../src/cli/input.ts'
import { loadConfig } from '../../src/config/config.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { openConsents } from '../../src/instance/consents.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { userId } from '../../src/users/user.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { captureLog } from '../support/log.ts'
import { settle } from '../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
let root: string
let held: HeldTarget
let env: Record<string, string>

const run = (args: readonly string[], input?: string) =>
  cli(args, { env, cwd: root, clock, ...(input !== undefined && { input }) })
const user = (...args: string[]) => run(['user', ...args])
const create = (name: string, ...more: string[]) =>
  user('create', '--email', `${name}@example.com`, '--name', name, ...more)

const listed = z.object({
  users: z.array(
    z.object({ id: z.string(), email: z.string(), status: z.string(), instanceRole: z.string().nullable() }),
  ),
  next: z.string().nullable(),
})
const list = async (...options: string[]) => listed.parse(JSON.parse((await user('list', '--json', ...options)).stdout))

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-user-command-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys'), ISSUER_URL: 'https://id.example.com' }
  const { config } = loadConfig({ env, cwd: root })
  await settle(root)
  held = await ownTarget(config, log)
  await prepareDatabase(held.target, { clock, log })
  const actor = { kind: 'system', id: 'server' } as const
  await (await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })).close()
})

afterAll(async () => {
  await held.release()
  await rm(root, { recursive: true, force: true })
})

describe('hearthkey setup-link and user, beside a running server', () => {
  it('print a link that works once and for a day, and another one on demand', async () => {
    const { exit, stdout } = await run(['setup-link'])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^https:\/\/id\.example\.com\/setup\?token=[A-Za-z0-9_-]{43}\n/)
    expect(stdout).toContain('until 2030-01-16T12:00:00.000Z')
    const again = z.object({ url: z.url() }).parse(JSON.parse((await run(['setup-link', '--json'])).stdout))
    expect(stdout).not.toContain(again.url)
  })

  it('create somebody with a password from standard input, which is never printed', async () => {
    const args = ['user', 'create', '--email', 'Ada@Example.com', '--name', 'Ada Lovelace', '--password-stdin']
    const { exit, stdout, stderr } = await run(args, 'correct horse battery\n')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^usr_\w+ Ada@Example\.com is created\.\n$/)
    expect(stdout + stderr).not.toContain('horse')
  })

  it('say honestly that nobody can sign in without one', async () => {
    const { exit, stdout } = await create('bob')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/no password, so nobody can sign in[\s\S]*hearthkey user recover usr_/)
  })

  it.each([
    [
      'an address that is taken, in another spelling',
      ['--email', 'ADA@example.com', '--name', 'Eve'],
      65,
      /email-taken/,
    ],
    ['an address that is none', ['--email', 'ada', '--name', 'Eve'], 64, /name@example\.com/],
    ['a name that is none', ['--email', 'eve@example.com', '--name', ' '], 64, /--name/],
    ['no name', ['--email', 'eve@example.com'], 64, /--name/],
  ])('refuse %s', async (_what, args, exit, text) => {
    const run = await user('create', ...args)
    expect(run.exit).toBe(exit)
    expect(run.stderr).toMatch(text)
  })

  it('refuse a password that is too short, and then create nobody', async () => {
    const args = ['user', 'create', '--email', 'eve@example.com', '--name', 'Eve', '--password-stdin']
    const { exit, stderr } = await run(args, 'hunter2\n')
    expect(exit).toBe(64)
    expect(stderr).toMatch(/This password is not taken[\s\S]*at least 12 characters/)
    expect(stderr).not.toContain('hunter2')
    expect((await list()).users.map(({ email }) => email)).not.toContain('eve@example.com')
  })

  it('list everybody by pages', async () => {
    const first = await list('--limit', '1')
    expect(first.users.map(({ email }) => email)).toEqual(['Ada@Example.com'])
    const rest = await list('--after', first.next ?? '')
    expect(rest).toMatchObject({ users: [{ email: 'bob@example.com', status: 'active' }], next: null })
    const text = await user('list', '--limit', '1')
    const [head = '', row = ''] = text.stdout.split('\n')
    expect(head).toMatch(/^ID +STATE +ROLE +E-MAIL +NAME$/)
    expect(row.indexOf('Ada@Example.com'), 'each value below its head').toBe(head.indexOf('E-MAIL'))
    expect(row.slice(head.indexOf('NAME'))).toBe('Ada Lovelace')
    expect(text.stdout).toContain(`hearthkey user list --after ${first.next}`)
    expect((await user('list', '--limit', '0')).exit).toBe(64)
    expect((await user('list', '--after', 'ada')).exit).toBe(64)
  })

  it('list what stands between somebody and a sign-in', async () => {
    const { stdout } = await user('list')
    expect(stdout).toMatch(/active, unverified +Ada@Example\.com/)
    expect(stdout).toMatch(/active, no password, unverified +bob@example\.com/)
  })

  it('disable and enable by id or address; twice is no error', async () => {
    const [ada] = (await list()).users
    expect((await user('disable', 'ADA@example.com')).stdout).toContain('is disabled')
    expect((await list()).users[0]).toMatchObject({ status: 'disabled' })
    expect(await user('disable', ada?.id ?? '')).toMatchObject({ exit: 0 })
    expect((await user('enable', ada?.id ?? '')).stdout).toContain('is enabled')
    expect(await user('disable', 'nobody@example.com')).toMatchObject({ exit: 65 })
    expect((await user('enable', 'nobody@example.com')).stderr).toContain('user-not-found')
  })

  it('make an administrator, after whom set-up is over, and who is not disabled as the last one', async () => {
    expect((await create('carol', '--admin')).stdout).toContain('as an administrator')
    const { exit, stderr } = await run(['setup-link'])
    expect(exit).toBe(65)
    expect(stderr).toMatch(/setup-closed/)
    const refused = await user('disable', 'carol@example.com')
    expect(refused.exit).toBe(65)
    expect(refused.stderr).toMatch(/hearthkey user create --admin[\s\S]*last-administrator/)
    await create('dave', '--admin')
    expect(await user('disable', 'carol@example.com')).toMatchObject({ exit: 0 })
    expect((await run(['setup-link'])).exit, 'and stays over').toBe(65)
  })
})

describe('standard input', () => {
  const chunks = async function* (...parts: Uint8Array[]) {
    yield* parts
  }

  it('is put together before it is read as text, so that no character is torn apart', async () => {
    const bytes = Buffer.from('pässword')
    expect(await readInput(chunks(bytes.subarray(0, 2), bytes.subarray(2)))).toBe('pässword')
  })

  it('is refused when it is endless or no text', async () => {
    await expect(readInput(chunks(Buffer.alloc(40_000), Buffer.alloc(40_000)))).rejects.toMatchObject({
      code: 'usage-error',
    })
    await expect(readInput(chunks(Buffer.of(0xff)))).rejects.toMatchObject({ code: 'usage-error' })
  })
})

describe('hearthkey user consents and withdraw-consent', () => {
  /** As the page does it that somebody agrees on. */
  async function agree(id: string, clientId: string) {
    const { config } = loadConfig({ env, cwd: root })
    const actor = { kind: 'system', id: 'test' } as const
    const services = await openServices({ config, target: held.target, clock, log, actor, bootstrap: false })
    try {
      const { events, database } = services
      const consents = openConsents({ db: database.app, events, clock })
      const issuer = config.server.issuerUrl
      const agreed = {
        scopes: ['openid'],
        claims: [],
        resources: { [issuer]: ['openid'], 'https://api.example': ['read', 'write'] },
      }
      const given = { user: userId.schema.parse(id), clientId, agreed, grant: 'a-grant' }
      await inTransaction(database.app, (tx) => consents.give(tx, { actor }, given))
    } finally {
      await services.close()
    }
  }

  it('say what somebody agreed to, and take it back in their place, once', async () => {
    expect((await create('consenting')).exit).toBe(0)
    const person = (await list()).users.find(({ email }) => email === 'consenting@example.com')
    const who = 'consenting@example.com'
    expect((await user('consents', who)).stdout).toContain('has agreed to nothing')
    const shop = ['client', 'create', '--id', 'shop', '--name', 'Shop', '--redirect-uri', 'https://shop.example/cb']
    expect(await run([...shop, '--type', 'single-page'])).toMatchObject({ exit: 0 })
    await agree(person?.id ?? '', 'shop')
    const { stdout } = await user('consents', who)
    expect(stdout).toMatch(/shop +Shop +2030-01-15 +openid, read write at https:\/\/api\.example/)
    expect(stdout, 'is no API beside them').not.toContain('https://id.example.com')
    expect(JSON.parse((await user('consents', who, '--json')).stdout)).toMatchObject({
      user: person?.id,
      consents: [{ clientId: 'shop', name: 'Shop', scopes: ['openid'] }],
    })
    expect((await user('withdraw-consent', who, 'shop')).stdout).toContain('shop has no access to the account of')
    expect((await user('withdraw-consent', who, 'shop')).stdout).toContain('shop had no access to the account of')
    expect((await user('consents', who)).stdout).toContain('has agreed to nothing')
    expect((await user('consents', 'nobody@example.com')).exit).not.toBe(0)
  })
})
