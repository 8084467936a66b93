import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../src/config/config.ts'
import { codeAt } from '../../src/credentials/totp/codes.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { beginGrace } from '../../src/factors/store.ts'
import { openPeople, type People } from '../../src/instance/people.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { Secret } from '../../src/lib/secret.ts'
import { userId } from '../../src/users/user.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { quickHasher } from '../support/hasher.ts'
import { captureLog } from '../support/log.ts'
import { configFile } from '../support/scratch.ts'
import { settle } from '../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
const by = { actor: { kind: 'operator', id: 'test' } } as const
const issuer = 'https://id.example.com'
let root: string
let env: Record<string, string>
let held: HeldTarget
let services: Services
let people: People

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-recover-command-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys'), ISSUER_URL: issuer }
  const { config } = loadConfig({ env, cwd: root })
  await settle(root)
  held = await ownTarget(config, log)
  await prepareDatabase(held.target, { clock, log })
  const actor = { kind: 'system', id: 'server' } as const
  services = await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })
  people = openPeople({ ...services, config, clock, log, hasher: quickHasher(log) })
})

afterAll(async () => {
  await people.close()
  await services.close()
  await held.release()
  await rm(root, { recursive: true, force: true })
})

const user = (args: readonly string[], confirms = true) => cli(['user', ...args], { env, cwd: root, clock, confirms })
const printed = z.object({ user: z.string(), url: z.string(), expiresAt: z.string() })
const created = z.object({ user: z.object({ id: z.string().refine(userId.is) }) })
const create = async (name: string) => {
  const { stdout } = await user(['create', '--email', `${name}@example.com`, '--name', name, '--json'])
  return created.parse(JSON.parse(stdout)).user.id
}
const eventsOf = (target: string) =>
  inInstance(services.database.owner, (tx) =>
    tx
      .selectFrom('events')
      .select(['action', 'actor_kind', 'actor_id'])
      .where('target_id', '=', target)
      .orderBy('id')
      .execute(),
  )

describe('hearthkey user recover', () => {
  it('is what a person without a password is created with: the hint names it', async () => {
    const { stdout } = await user(['create', '--email', 'hint@example.com', '--name', 'Hint'])
    expect(stdout).toMatch(/hearthkey user recover usr_[0-9a-f]{32}/)
  })

  it('prints a link that sets a password without mail, and stands in the log as the operator’s', async () => {
    const id = await create('ada')
    const { exit, stdout } = await user(['recover', 'ADA@example.com', '--json'])
    expect(exit).toBe(0)
    const { url } = printed.parse(JSON.parse(stdout))
    expect(url).toMatch(/^https:\/\/id\.example\.com\/recover\/password\?token=[\w-]{43}$/)
    const token = new URL(url).searchParams.get('token') ?? ''
    const done = await people.recovery.reset(by, token, { password: new Secret('a password of her own') })
    expect(done.ok).toBe(true)
    expect(await people.passwords.verify(id, new Secret('a password of her own'))).toBe('match')
    expect((await people.users.find(id))?.emailVerified, 'no mailbox was proven').toBe(false)
    expect(await eventsOf(id)).toContainEqual({
      action: 'link.issued',
      actor_kind: 'operator',
      actor_id: 'user recover',
    })
  })

  it('asks before, and prints nothing without a yes', async () => {
    await create('bob')
    const refused = await user(['recover', 'bob@example.com'], false)
    expect(refused.exit).not.toBe(0)
    expect(refused.stdout).not.toContain('token=')
    expect((await user(['recover', 'bob@example.com', '--yes'], false)).stdout).toContain('token=')
  })

  it('says what is in the way: nobody of that name, or somebody disabled', async () => {
    const nobody = await user(['recover', 'nobody@example.com'])
    expect(nobody.stderr).toContain('user-not-found')
    await create('eve')
    await user(['disable', 'eve@example.com'])
    const disabled = await user(['recover', 'eve@example.com'])
    expect(disabled.exit).not.toBe(0)
    expect(disabled.stderr).toContain('hearthkey user enable')
  })
})

describe('hearthkey user unlock', () => {
  it('opens an account that its owner has locked, and forgets failed attempts with it', async () => {
    const id = await create('carol')
    await inTransaction(services.database.app, (tx) => people.users.lock(tx, by, id, 'not-me'))
    const attempt = { pool: 'password', email: people.guard.emailKey('carol@example.com'), user: id } as const
    for (let times = 0; times < 5; times += 1) await people.guard.lockout.begin(attempt)
    const { exit, stdout } = await user(['unlock', 'carol@example.com'])
    expect(exit).toBe(0)
    expect(stdout).toContain('can be signed in to again')
    expect((await people.users.find(id))?.status).toBe('active')
    expect((await people.guard.lockout.begin(attempt)).kind).toBe('go')
    expect((await eventsOf(id)).map(({ action }) => action)).toContain('user.unlocked')
  })

  it('and the link of the operator say where the address is not the owner’s, and what to do', async () => {
    const id = await create('doris')
    await inTransaction(services.database.app, async (tx) => {
      await people.users.disownEmail(tx, id)
      await people.users.lock(tx, by, id, 'not-me')
    })
    expect((await user(['list'])).stdout).toContain('address not theirs')
    const hint = 'change it at /account/email'
    expect((await user(['unlock', id])).stdout).toContain(hint)
    expect((await user(['recover', id])).stdout).toContain(hint)
  })
})

describe('hearthkey user open-recovery', () => {
  const opened = z.object({ user: z.string(), url: z.string(), opensAt: z.string(), told: z.array(z.string()) })
  const said = ['--verified-by', 'Grace Hopper', '--how', 'called back']

  it('tells nobody where there is no mail: it refuses, or says who has to tell them', async () => {
    await create('cleo')
    const refused = await user(['open-recovery', 'cleo@example.com', ...said])
    expect([refused.exit === 0, refused.stdout]).toEqual([false, ''])
    expect(refused.stderr).toContain('--untold')
    const { stdout } = await user(['open-recovery', 'cleo@example.com', ...said, '--untold'])
    expect(stdout).toContain('Nobody was told')
    expect(stdout).toContain('You have to tell cleo@example.com yourself')
    const letter = /hearthkey outbox show (mal_\w+)/.exec(stdout)?.[1] ?? ''
    const shown = await cli(['outbox', 'show', letter, '--yes'], { env, cwd: root, clock })
    expect(shown.stdout).toContain('/link/stop-factor-recovery?token=')
  })

  it('with mail says that a letter goes, not that somebody has read it', async () => {
    await create('clio')
    const mailing = { ...env, SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'no-reply@id.example.com' }
    const asked = ['user', 'open-recovery', 'clio@example.com', ...said]
    const { stdout } = await cli(asked, { env: mailing, cwd: root, clock, confirms: true })
    expect(stdout).toContain('A letter goes to clio@example.com')
    expect(stdout).toContain('opens nothing as long as that letter has not left')
    const needless = await cli([...asked, '--untold'], { env: mailing, cwd: root, clock, confirms: true })
    expect(needless.stderr).toContain('Leave --untold out')
  })

  it('prints the link that the letter has as well; it stands in the log as the operator’s', async () => {
    const id = await create('dora')
    const { exit, stdout } = await user(['open-recovery', 'dora@example.com', ...said, '--untold', '--json'])
    expect(exit).toBe(0)
    const { url, opensAt, told } = opened.parse(JSON.parse(stdout))
    expect(url).toMatch(/^https:\/\/id\.example\.com\/link\/factor-recovery\?token=[\w-]{43}$/)
    expect(new Date(opensAt).getTime() - clock.now().getTime()).toBe(24 * 3_600_000)
    expect(told).toEqual([])
    expect(await eventsOf(id)).toContainEqual({
      action: 'factor_recovery.opened',
      actor_kind: 'operator',
      actor_id: 'user open-recovery',
    })
  })

  it('warns where there is nothing to lose: it may be the wrong account, or a password that was lost', async () => {
    const id = await create('gustav')
    const asked = ['open-recovery', 'gustav@example.com', ...said, '--untold', '--yes']
    const warning = 'gustav@example.com has no passkey, no app and no codes'
    expect((await user(asked)).stdout).toContain(warning)
    await inTransaction(services.database.app, (tx) => people.factors.emailCodes.enable(tx, by, id))
    expect((await user(asked)).stdout).not.toContain(warning)
  })

  it('asks before, and wants to know who verified and how', async () => {
    await create('emil')
    const silent = await user(['open-recovery', 'emil@example.com'])
    expect(silent.stderr).toContain('--verified-by')
    const refused = await user(['open-recovery', 'emil@example.com', ...said], false)
    expect([refused.exit === 0, refused.stdout]).toEqual([false, ''])
    const empty = await user(['open-recovery', 'emil@example.com', '--verified-by', ' ', '--how', 'x', '--yes'])
    expect(empty.stderr).toContain('--verified-by is empty')
  })
})

describe('hearthkey user factors', () => {
  it('lists what somebody has by name, and nothing that proves anything', async () => {
    const id = await create('frida')
    const offered = async () => {
      const holder = Buffer.alloc(32, 7)
      await people.factors.totps.offer(holder, id)
      const offer = await people.factors.totps.offered(holder, { id, email: 'frida@example.com' })
      if (!offer) throw new Error('nothing was offered')
      return { holder, secret: offer.secret }
    }
    const { holder, secret } = await offered()
    const code = codeAt(secret, Math.floor(clock.now().getTime() / 30_000))
    await inTransaction(services.database.app, (tx) =>
      people.factors.totps.add(tx, by, { holder, user: id, code, name: 'Phone of Frida' }),
    )
    const { stdout } = await user(['factors', 'frida@example.com'])
    expect(stdout).toContain('Phone of Frida')
    expect(stdout).toContain('has no password')
    const json = (await user(['factors', id, '--json'])).stdout
    expect(json).toContain('authenticatorApps')
    expect(stdout + json).not.toContain(secret.reveal())
  })

  it('says when a backup code was used last, and how many are left', async () => {
    const id = await create('grete')
    const { backupCodes } = people.factors
    const [code] = await inTransaction(services.database.app, (tx) => backupCodes.generate(tx, by, id))
    const listed = async () => (await user(['factors', id])).stdout
    expect(await listed()).toMatch(/backup codes +10 left +\S+ +never/)
    await inTransaction(services.database.app, (tx) => backupCodes.prove(tx, by, id, code?.reveal() ?? ''))
    expect(await listed()).toMatch(/backup codes +9 left +(\d{4}-\d\d-\d\d) +\1/)
  })

  it('says until when somebody has put off to enrol', async () => {
    const id = await create('paul')
    await inTransaction(services.database.app, async (tx) => {
      await services.events.recordEvent(tx, by, { action: 'enrolment.put_off', target: id })
      await beginGrace(tx, id, clock.now())
    })
    const asking = { ...env, CONFIG_FILE: configFile('mfa:\n  require: required\n  enrolmentGrace: 14d\n') }
    const until = new Date(clock.now().getTime() + 14 * 86_400_000).toISOString()
    const { stdout } = await cli(['user', 'factors', id], { env: asking, cwd: root, clock })
    expect(stdout).toContain(`can wait until ${until}`)
    expect((await user(['factors', id])).stdout, 'nobody asks any more').not.toContain('can wait until')
  })
})
