import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../src/config/config.ts'
import { openPeople } from '../../src/instance/people.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { Secret } from '../../src/lib/secret.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { quickHasher } from '../support/hasher.ts'
import { captureLog } from '../support/log.ts'
import { settle } from '../support/settled-home.ts'
import { FROM, mailServer } from './post.ts'
import { ISSUER, link, send } from './support.ts'

const clock = frozenClock()
const { log } = captureLog()
let root: string
let held: HeldTarget
let env: Record<string, string>

const outbox = (args: readonly string[], world: { env?: Record<string, string>; confirms?: boolean } = {}) =>
  cli(['outbox', ...args], { cwd: root, clock, ...world, env: { ...env, ...world.env } })

const listed = z.object({
  letters: z.array(z.object({ id: z.string(), to: z.string().nullable(), state: z.string(), message: z.string() })),
  next: z.string().nullable(),
})
const list = async (...options: string[]) =>
  listed.parse(JSON.parse((await outbox(['list', '--json', ...options])).stdout))
const first = async () => (await list()).letters.at(-1)?.id ?? ''

type Writing = Parameters<typeof send>[0]

/** What a server would leave there. */
async function writing(work: (world: Writing) => Promise<void>) {
  const { config } = loadConfig({ env, cwd: root })
  const actor = { kind: 'system', id: 'server' } as const
  const services = await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })
  const people = openPeople({ ...services, config, clock, log, hasher: quickHasher(log) })
  await work({ services, people, clock })
  await people.close()
  await services.close()
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-outbox-command-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys'), ISSUER_URL: ISSUER }
  await settle(root)
  held = await ownTarget(loadConfig({ env, cwd: root }).config, log)
  await prepareDatabase(held.target, { clock, log })
  // The older one to Ada.
  await writing(async (world) => {
    await send(world)
    await send(world, { to: { address: 'bob@example.org', locale: 'de' } })
  })
}, 60_000)

afterAll(async () => {
  await held.release()
  await rm(root, { recursive: true, force: true })
})

describe('hearthkey outbox, beside a running server', () => {
  it('lists the letters, newest first, without an address or a link', async () => {
    const { exit, stdout } = await outbox(['list'])
    expect(exit).toBe(0)
    expect(stdout).toMatch(
      /^ID +WRITTEN +LETTER +STATE +WHEN +TO\nmal_\w+ {2}2030-01-15 12:00 {2}recovery +queued +until 2030-01-15 12:30 +b…@example\.org\n/,
    )
    expect(stdout).toMatch(/a…@example\.com/)
    expect(stdout).not.toMatch(/token|ada@|bob@/)
    const { letters, next } = await list('--limit', '1')
    expect(letters).toMatchObject([{ to: 'b…@example.org', state: 'queued', message: 'recovery' }])
    expect((await outbox(['list', '--limit', '1'])).stdout).toContain(`hearthkey outbox list --before ${next}`)
    expect((await list('--before', next ?? '')).letters).toMatchObject([{ to: 'a…@example.com' }])
    expect((await outbox(['list', '--limit', '0'])).exit).toBe(64)
    expect((await outbox(['list', '--before', 'ada'])).exit).toBe(64)
  })

  it('lists them without another word, and those to one address in any spelling of it', async () => {
    expect((await outbox([])).stdout).toBe((await outbox(['list'])).stdout)
    expect((await list('--to', 'ADA@Example.com')).letters).toMatchObject([{ to: 'a…@example.com' }])
    expect((await list('--to', 'da@example.com')).letters).toEqual([])
    expect((await outbox(['--to', 'ada'])).exit).toBe(64)
  })

  it('shows what a letter says to whoever says yes', async () => {
    const id = await first()
    expect((await outbox(['show', id])).stdout).toBe('')
    const { exit, stdout } = await outbox(['show', id], { confirms: true })
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^To: ada@example\.com\nSubject: Choose a new password for Hearthkey\n\n/)
    expect(stdout).toContain(`${link('/recover/password')}\n`)
    expect((await outbox(['show', id, '--yes', '--json'])).stdout).toContain(link('/recover/password'))
  })

  it('shows none where mail is configured, and none that there is not', async () => {
    const configured = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: FROM }
    const refused = await outbox(['show', await first(), '--yes'], { env: configured })
    expect(refused).toMatchObject({ exit: 77, stdout: '' })
    expect(refused.stderr).toMatch(/hearthkey outbox test[\s\S]*mail-configured/)
    const unknown = `mal_${'0'.repeat(12)}7${'0'.repeat(3)}8${'0'.repeat(15)}`
    expect((await outbox(['show', unknown, '--yes'])).stderr).toContain('mail-not-found')
    expect((await outbox(['show', 'ada', '--yes'])).exit).toBe(64)
  })

  it('tries one again where there is a server to try', async () => {
    const id = await first()
    expect((await outbox(['retry', id])).stderr).toContain('mail-not-configured')
    const configured = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: FROM }
    expect((await outbox(['retry', id], { env: configured })).stdout).toContain(`${id} will be tried at once`)
  })

  it('names what a notice is about, and hides what is never sent unless asked', async () => {
    await writing(async (world) => {
      const at = clock.now()
      await send(world, {
        message: { name: 'notice', what: 'new-device', at, notMeUrl: new Secret(link('/link/not-me')) },
      })
      await send(world, { message: { name: 'discard' } })
    })
    expect((await outbox(['list'])).stdout).not.toContain('discard')
    const { stdout } = await outbox(['list', '--all'])
    expect(stdout).toContain('discard')
    expect(stdout).toContain('notice: new-device')
  })
})

describe('hearthkey outbox test', () => {
  it('sends a letter and says what the server answered', async () => {
    const smtp = await mailServer()
    const configured = { SMTP_URL: smtp.url, MAIL_FROM: `Example <${FROM}>` }
    const { exit, stdout } = await outbox(['test', 'me@example.com', '--language', 'de'], { env: configured })
    expect(exit).toBe(0)
    expect(stdout).toMatch(/took the letter and said: 250/)
    expect(smtp.mails).toMatchObject([{ to: ['me@example.com'], from: FROM }])
    expect(smtp.mails[0]?.header('From')).toBe(`Example <${FROM}>`)
    expect(smtp.mails[0]?.header('Subject')).toBe('Testnachricht von Hearthkey')
  })

  it.each([
    ['a host that nobody knows', 'smtp://mail.invalid', /not known here[\s\S]*SMTP_URL/],
    ['a port where nobody listens', 'smtp://127.0.0.1:1', /Nobody listens at 127\.0\.0\.1:1[\s\S]*587/],
  ])('names the cure for %s', async (_what, url, text) => {
    const { exit, stderr } = await outbox(['test', 'me@example.com'], { env: { SMTP_URL: url, MAIL_FROM: FROM } })
    expect(exit).toBe(69)
    expect(stderr).toMatch(text)
    expect(stderr).toContain('mail-undeliverable')
  })

  it('[MON-1] names the cure for a wrong login without repeating it', async () => {
    const smtp = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) =>
        done(Object.assign(new Error(`no: ${password}`), { responseCode: 535 })),
    })
    const configured = { SMTP_URL: smtp.url.replace('//', '//me:hunter2-secret@'), MAIL_FROM: FROM }
    const { exit, stdout, stderr } = await outbox(['test', 'me@example.com'], { env: configured })
    expect(exit).toBe(69)
    expect(stderr).toMatch(/refuses the login[\s\S]*%40/)
    expect(stdout + stderr).not.toContain('hunter2')
  })

  it('says what to set where nothing is set, and refuses what is no address', async () => {
    const { exit, stderr } = await outbox(['test', 'me@example.com'])
    expect(exit).toBe(78)
    expect(stderr).toMatch(/SMTP_URL and MAIL_FROM/)
    const configured = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: FROM }
    expect((await outbox(['test', 'me＠example.com'], { env: configured })).exit).toBe(64)
  })
})
