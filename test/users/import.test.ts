import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashSync } from '@node-rs/bcrypt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { linesOf } from '../../src/cli/user/import-lines.ts'
import { loadConfig } from '../../src/config/config.ts'
import { openPeople } from '../../src/instance/people.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { Secret } from '../../src/lib/secret.ts'
import { publicPem } from '../../src/licenses/issuing/private-key.ts'
import { countActiveUsers } from '../../src/users/store.ts'
import { licenseText, nowSeconds, vendor } from '../licenses/support.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { quickHasher } from '../support/hasher.ts'
import { captureLog } from '../support/log.ts'
import { settle } from '../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
let root: string
let held: HeldTarget
let services: Services
let env: Record<string, string>
const config = () => loadConfig({ env, cwd: root }).config

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-user-import-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys'), ISSUER_URL: 'https://id.example.com' }
  await settle(root)
  held = await ownTarget(config(), log)
  await prepareDatabase(held.target, { clock, log })
  const actor = { kind: 'system', id: 'server' } as const
  services = await openServices({ config: config(), target: held.target, clock, log, actor, bootstrap: true })
})

afterAll(async () => {
  await services.close()
  await held.release()
  await rm(root, { recursive: true, force: true })
})

const hash = (text: string) => hashSync(text, 4)

async function file(name: string, lines: readonly (object | string)[]): Promise<string> {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  await writeFile(join(root, name), text)
  return name
}

const run = (name: string, ...options: string[]) => cli(['user', 'import', name, ...options], { env, cwd: root, clock })
const summary = z.object({
  created: z.number(),
  skipped: z.number(),
  refused: z.number(),
  problems: z.array(z.object({ line: z.number(), problem: z.string() })),
})
const importing = async (name: string, ...options: string[]) => {
  const { exit, stdout } = await run(name, '--json', ...options)
  return { exit, ...summary.parse(JSON.parse(stdout)) }
}

async function signIn(email: string, password: string) {
  const people = openPeople({ ...services, config: config(), clock, log, hasher: quickHasher(log) })
  try {
    const user = await people.users.findByEmail(email)
    return { user, verdict: await people.passwords.verify(user?.id, new Secret(password)) }
  } finally {
    await people.close()
  }
}

describe('hearthkey user import', () => {
  it('creates everybody, who then signs in with the password they had', async () => {
    const people = await file('first.ndjson', [
      { email: 'Grace@Example.com', name: 'Grace Hopper', passwordHash: hash('short'), emailVerified: true },
      { email: 'joan@example.com', name: 'Joan Clarke' },
      '',
    ])
    const { exit, stdout } = await run(people)
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^2 created, 0 skipped/)
    const grace = await signIn('grace@example.com', 'short')
    expect(grace.verdict).toBe('match')
    expect(grace.user).toMatchObject({ email: 'Grace@Example.com', emailVerified: true, instanceRole: null })
    const joan = await signIn('joan@example.com', 'short')
    expect(joan.verdict).toBe('mismatch')
    expect(joan.user?.emailVerified).toBe(false)
  })

  it('can be run again: who is here already is skipped, and nothing of them is changed', async () => {
    const lines = [{ email: 'alan@example.com', name: 'Alan Turing', passwordHash: hash('the first one') }]
    expect(await importing(await file('again.ndjson', lines))).toMatchObject({ exit: 0, created: 1 })
    const changed = [{ ...lines[0], email: 'ALAN@example.com', name: 'Eve', passwordHash: hash('of somebody else') }]
    expect(await importing(await file('again.ndjson', [...changed, ...changed]))).toMatchObject({
      exit: 0,
      created: 0,
      skipped: 2,
    })
    const alan = await signIn('alan@example.com', 'the first one')
    expect(alan).toMatchObject({ verdict: 'match', user: { name: 'Alan Turing' } })
  })

  it('refuses a line by its number and imports the others', async () => {
    const name = await file('mixed.ndjson', [
      { email: 'one@example.com', name: 'One' },
      'not JSON',
      '',
      { email: 'two@example.com' },
      { email: 'no address', name: 'Three' },
      { email: 'four@example.com', name: 'Four', passwordHash: 'plain text' },
      { email: 'five@example.com', name: 'Five', passwordHash: hash('x').replace('$04$', '$20$') },
      { email: 'six@example.com', name: 'Six', instanceRole: 'admin' },
      { email: 'seven@example.com', name: 'Seven', emailVerified: 'yes' },
      { email: 'eight@example.com', name: 'Eight\u202e' },
      { email: 'nine@example.com', name: 'Nine' },
    ])
    const done = await importing(name)
    expect(done).toMatchObject({ exit: 65, created: 2, skipped: 0, refused: 8 })
    expect(done.problems.map(({ line }) => line)).toEqual([2, 4, 5, 6, 7, 8, 9, 10])
    expect(done.problems.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('not one JSON object'),
      expect.stringMatching(/^name: /),
      expect.stringMatching(/^email: /),
      expect.stringMatching(/^passwordHash: .*bcrypt/),
      expect.stringMatching(/cost 20 is more than 14/),
      expect.stringContaining('instanceRole'),
      expect.stringMatching(/^emailVerified: /),
      expect.stringMatching(/^name: /),
    ])
    expect((await run(name)).stdout).toMatch(/line 2: [\s\S]*0 created, 2 skipped[\s\S]*run it again/)
  })

  it('says nothing of a hash or a password in its answer', async () => {
    const secret = hash('secret words')
    const bad = { email: 'ten@example.com', name: 'Ten', passwordHash: `${secret}x`, password: 'in plain' }
    const { stdout, stderr } = await run(await file('secret.ndjson', [bad, { ...bad, passwordHash: 12 }]))
    expect(stdout).toContain('2 refused')
    for (const text of [secret, 'in plain']) expect(stdout + stderr).not.toContain(text)
  })

  it('does nothing with --dry-run, and says what would be done', async () => {
    const name = await file('dry.ndjson', [{ email: 'dry@example.com', name: 'Dry' }, 'x'])
    expect(await importing(name, '--dry-run')).toMatchObject({ exit: 65, created: 1, refused: 1 })
    expect((await signIn('dry@example.com', 'x')).user).toBeUndefined()
  })

  it('answers a file that is not there with the cure', async () => {
    const { exit, stderr } = await run('nowhere.ndjson')
    expect(exit).toBe(64)
    expect(stderr).toMatch(/nowhere\.ndjson cannot be read[\s\S]*→ Give the path/)
  })
})

describe('a file of any size', () => {
  const chunked = async function* (bytes: Buffer, size: number) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const read = async (bytes: Buffer, size = 7) => {
    const lines = []
    for await (const line of linesOf(chunked(bytes, size))) lines.push(line)
    return lines
  }

  it('is read line by line, wherever the chunks end, in every way of ending a line', async () => {
    const text = '\ufeff{"a":"é"}\r\n\r\n{"b":"😀"}\n{"c":1}'
    for (const size of [1, 2, 3, 7, 1000])
      expect(await read(Buffer.from(text), size)).toEqual([
        { number: 1, text: '{"a":"é"}', until: 15 },
        { number: 3, text: '{"b":"😀"}', until: 30 },
        { number: 4, text: '{"c":1}', until: 37 },
      ])
  })

  it('keeps no line that is too long, and goes on behind it', async () => {
    const long = Buffer.concat([Buffer.alloc(1024 * 1024, 'x'), Buffer.from('\nnext'), Buffer.from([0x0a, 0xff, 0xfe])])
    expect((await read(long, 4096)).map(({ number, text }) => [number, text])).toEqual([
      [1, undefined],
      [2, 'next'],
      [3, undefined],
    ])
  })

  it('past the limit of the licence it ends with what was imported, what was not, and why', async () => {
    const { licenses, database } = services
    const key = await vendor()
    await mkdir(join(root, 'keys/license'))
    await writeFile(join(root, 'keys/license/vendor.pem'), publicPem(key))
    const here = await countActiveUsers(database.app)
    const by = { actor: { kind: 'operator', id: 'test' } } as const
    const installed = await licenses.install(by, licenseText(key, { limits: { users: here + 2 } }))
    expect(installed).toMatchObject({ ok: true })
    const lines = ['anna', 'berta', 'cora', 'dora'].map((name) => ({ email: `${name}@example.com`, name }))
    const name = await file('limit.ndjson', ['{', ...lines])
    const dry = await run(name, '--dry-run')
    expect(dry).toMatchObject({ exit: 77, stdout: expect.stringContaining('has no room for 2 of them') })

    const { exit, stdout } = await run(name)
    expect(exit).toBe(77)
    expect(stdout).toContain('line 1: is not one JSON object on one line')
    expect(stdout).toContain('2 created, 0 skipped (the address is here already), 1 refused.')
    expect(stdout).toMatch(new RegExp(`Ended at line 4: [^]*It allows ${here + 2} users.[^]*license-limit-reached`))
    expect(stdout).toContain('Of that line and those after it, 2 in all, nobody was imported.')
    expect(await countActiveUsers(database.app)).toBe(here + 2)

    expect(await licenses.install(by, licenseText(key, { iat: nowSeconds + 1, limits: {} }))).toMatchObject({
      ok: true,
    })
    const again = JSON.parse((await run(name, '--json')).stdout)
    expect(again).toMatchObject({ created: 2, skipped: 2, refused: 1, stopped: false })
  })
})
