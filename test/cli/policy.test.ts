import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../src/config/config.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { userId } from '../../src/users/user.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { arranging } from '../support/event-guard.ts'
import { captureLog } from '../support/log.ts'
import { settle } from '../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
let root: string
let held: HeldTarget
let services: Services
let env: Record<string, string>

const run = (...args: string[]) => cli(args, { env, cwd: root, clock })

const simulation = z.object({
  people: z.number(),
  untouched: z.number(),
  stuck: z.number(),
  enrol: z.number(),
  asked: z.number(),
  touched: z.array(
    z.object({
      id: z.string(),
      email: z.string(),
      outcome: z.string(),
      factors: z.array(z.string()),
      putOffUntil: z.string().nullable(),
    }),
  ),
  changed: z.literal(false),
})
const simulate = async (...args: string[]) => {
  const { exit, stdout, stderr } = await run('policy', 'simulate', ...args, '--json')
  if (exit !== 0) throw new Error(stderr)
  const { touched, ...counts } = simulation.parse(JSON.parse(stdout))
  return { ...counts, touched: Object.fromEntries(touched.map(({ email, outcome }) => [email.split('@')[0], outcome])) }
}

/** As the rooms of the factors and of the sessions write them; what is sealed in them nobody opens here. */
const arrange = (work: (tx: Parameters<Parameters<typeof inTransaction>[1]>[0]) => Promise<unknown>) =>
  inTransaction(services.database.owner, async (tx) => {
    await arranging(tx)
    await work(tx)
  })

async function person(name: string, factor?: 'totp', proofs?: readonly string[]): Promise<void> {
  const made = await run('user', 'create', '--email', `${name}@example.com`, '--name', name, '--json')
  const { user } = z.object({ user: z.object({ id: z.string().refine(userId.is) }) }).parse(JSON.parse(made.stdout))
  const [user_id, created_at] = [userId.toUuid(user.id), clock.now()]
  const sealed = () => randomBytes(8)
  await arrange(async (tx) => {
    if (factor)
      await tx
        .insertInto('totp_authenticators')
        .values({ id: crypto.randomUUID(), user_id, name: sealed(), secret: sealed(), created_at })
        .execute()
    if (proofs)
      await tx
        .insertInto('sessions')
        .values({
          id: crypto.randomUUID(),
          user_id,
          created_at,
          amr: ['pwd'],
          acr: 'aal1',
          device: sealed(),
          ip: sealed(),
          proofs: JSON.stringify(proofs.map((one) => ({ factor: one, at: created_at }))),
        })
        .execute()
  })
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-policy-command-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys'), ISSUER_URL: 'https://id.example.com' }
  const { config } = loadConfig({ env, cwd: root })
  await settle(root)
  held = await ownTarget(config, log)
  await prepareDatabase(held.target, { clock, log })
  const actor = { kind: 'system', id: 'server' } as const
  services = await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })
  await person('nothing')
  await person('by-app', 'totp', ['password', 'totp'])
  await person('app-and-no-sign-in', 'totp')
  await person('app-not-used', 'totp', ['password'])
  await person('gone')
  await run('user', 'disable', 'gone@example.com')
  await run('org', 'create', 'acme', '--name', 'Acme', '--owner', 'nothing@example.com')
  await run('member', 'add', 'by-app@example.com', '--org', 'acme', '--role', 'member')
})

afterAll(async () => {
  await services?.close()
  await held?.release()
  await rm(root, { recursive: true, force: true })
})

describe('hearthkey policy simulate', () => {
  it('says of all who can sign in whom a rule would stop, send to enrolment or ask, and whom not', async () => {
    expect(await simulate('--mfa', 'required')).toEqual({
      people: 4,
      untouched: 2,
      stuck: 0,
      enrol: 1,
      asked: 1,
      touched: { nothing: 'enrol', 'app-not-used': 'asked' },
      changed: false,
    })
    expect((await simulate('--mfa', 'phishing-resistant')).touched).toEqual({
      nothing: 'enrol',
      'by-app': 'enrol',
      'app-and-no-sign-in': 'enrol',
      'app-not-used': 'enrol',
    })
    expect(await simulate('--mfa', 'off')).toMatchObject({ untouched: 4, touched: {} })
  })

  it('tries the factors that would count, and the time that there would be', async () => {
    const { exit, stdout } = await run(
      'policy',
      'simulate',
      '--mfa',
      'required',
      '--factors',
      'passkey',
      '--grace',
      '14d',
    )
    expect(exit).toBe(0)
    expect(stdout).toContain('  mfa: required\n  factors: passkey\n  grace: 14d\n')
    expect(stdout).toContain('4 would have to add a second factor at the next sign-in:')
    const until = new Date(clock.now().getTime() + 14 * 86_400_000).toISOString().slice(0, 10)
    expect(stdout).toMatch(new RegExp(`nothing@example.com +passkey, from ${until}`))
    expect(stdout).toMatch(/0 of 4 would notice nothing\.\nNothing was changed\.\n$/)
  })

  it('tries the rule of one organisation on its members, beside those of the instance and of their roles', async () => {
    expect(await simulate('--organisation', 'acme', '--mfa', 'required')).toMatchObject({
      people: 2,
      touched: { nothing: 'enrol' },
    })
    expect(await simulate('--org', 'acme'), 'by either name').toMatchObject({ people: 2, untouched: 2 })
    const matrix = await run('access', 'matrix', '--organisation', 'acme')
    expect(matrix).toEqual(await run('access', 'matrix', '--org', 'acme'))
    expect(matrix.exit).toBe(0)
    await run('role', 'create', 'treasurer', '--org', 'acme', '--name', 'Treasurer', '--mfa', 'phishing-resistant')
    await run('member', 'set-roles', 'by-app@example.com', 'treasurer', '--org', 'acme')
    expect((await simulate('--organisation', 'acme', '--mfa', 'required')).touched).toEqual({
      nothing: 'enrol',
      'by-app': 'enrol',
    })
  })

  it('tries the rule of the instance beside those of organisations and of roles, as a sign-in meets them', async () => {
    // A treasurer needs a passkey by now, and where none may be added they get no further.
    expect((await simulate('--mfa', 'off')).touched).toEqual({ 'by-app': 'enrol' })
    expect((await simulate('--mfa', 'off', '--factors', 'totp')).touched).toEqual({ 'by-app': 'stuck' })
  })

  it('tries the rule of one role on its bearers', async () => {
    const ofRole = (role: string, ...args: string[]) => simulate('--organisation', 'acme', '--role', role, ...args)
    expect(await ofRole('owner', '--mfa', 'required')).toMatchObject({ people: 1, touched: { nothing: 'enrol' } })
    expect(await ofRole('treasurer', '--mfa', 'off')).toMatchObject({ people: 1, touched: {} })
    expect(await ofRole('treasurer')).toMatchObject({ people: 1, touched: { 'by-app': 'enrol' } })
  })

  it('tries the rule of one application on everybody who can sign in to it', async () => {
    const create = (...args: string[]) =>
      run('client', 'create', '--redirect-uri', 'https://app.example.com/callback', '--public', ...args)
    await create('--id', 'shop', '--name', 'Shop')
    await create('--id', 'ledger', '--name', 'Ledger', '--organisations', 'required')
    const ofClient = (id: string, mfa: string) => simulate('--client', id, '--mfa', mfa)
    expect(await ofClient('shop', 'required')).toMatchObject({
      people: 4,
      touched: { nothing: 'enrol', 'app-not-used': 'asked' },
    })
    expect(await ofClient('ledger', 'required')).toMatchObject({
      people: 2,
      touched: { nothing: 'enrol', 'by-app': 'enrol' },
    })
  })

  it('changes nothing: no event, no policy, no time that begins to run', async () => {
    const standing = async () => {
      const { rows } = await services.database.owner.transaction().execute(async (tx) => {
        const events = await tx
          .selectFrom('events')
          .select((of) => of.fn.countAll().as('number'))
          .execute()
        const grace = await tx
          .selectFrom('enrolment_grace')
          .select((of) => of.fn.countAll().as('number'))
          .execute()
        return { rows: [...events, ...grace] }
      })
      return [rows, (await run('org', 'policy', 'acme')).stdout]
    }
    const before = await standing()
    await simulate('--mfa', 'phishing-resistant', '--grace', '1d')
    await simulate('--organisation', 'acme', '--mfa', 'phishing-resistant', '--grace', '1d')
    expect(await standing()).toEqual(before)
  })

  it.each([
    [['--factors', 'sms'], 'there are passkey, totp'],
    [['--mfa', 'sometimes'], 'required'],
    [['--mfa', 'phishing-resistant', '--factors', 'totp'], 'leaves out passkey'],
    [['--grace', '14'], 'needs a unit'],
    [['--grace', 'soon'], 'like 12h or 14d; "soon" is not'],
    [['--org', 'acme', '--grace', 'soon'], 'like 12h or 14d; "soon" is not'],
    [['--org', 'nobody'], 'organisation-not-found'],
    [['--organisation', 'nobody'], 'organisation-not-found'],
    [['--organisation', 'acme', '--role', 'nobody'], 'role-not-found'],
    [['--client', 'nobody'], 'client-not-found'],
    [['--role', 'owner'], '--org'],
    [['--client', 'a', '--organisation', 'acme'], 'two rules'],
    [['--organisation', 'acme', '--role', 'owner', '--grace', '1d'], 'no --grace'],
  ])('says what is wrong with %j, as it would of the rule itself', async (args, says) => {
    const { exit, stderr } = await run('policy', 'simulate', ...args)
    expect(exit).not.toBe(0)
    expect(stderr).toContain(says)
  })

  it('speaks of no organisation where the rule is that of the instance', async () => {
    const { exit, stderr } = await run('policy', 'simulate', '--mfa', 'required', '--grace', '0')
    expect([exit, stderr]).toEqual([64, expect.stringContaining('--grace needs a unit: 0h, 0m or 0s')])
    expect(stderr).not.toMatch(/organisation/i)
    expect((await run('policy', 'simulate', '--org', 'acme', '--grace', '0')).stderr).toContain('organisation-invalid')
  })
})
