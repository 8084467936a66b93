import { mkdtemp, rm } from 'node:fs/promises'
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
import { settle } from '../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
let root: string
let held: HeldTarget
let env: Record<string, string>

const run = (...args: string[]) => cli(args, { env, cwd: root, clock })
const json = async <T>(shape: z.ZodType<T>, ...args: string[]) =>
  shape.parse(JSON.parse((await run(...args, '--json')).stdout))

const members = z.object({
  members: z.array(
    z.object({ member: z.string(), status: z.string(), roles: z.array(z.string()), email: z.string().nullable() }),
  ),
  next: z.string().nullable(),
})
const organisation = z.object({
  organisation: z.object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    status: z.string(),
    quota: z.number().nullable(),
    auditRetentionDays: z.number().nullable(),
    policy: z.record(z.string(), z.unknown()),
  }),
})
const invitations = z.object({ invitations: z.array(z.object({ id: z.string(), email: z.string() })) })

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-org-command-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys'), ISSUER_URL: 'https://id.example.com' }
  const { config } = loadConfig({ env, cwd: root })
  await settle(root)
  held = await ownTarget(config, log)
  await prepareDatabase(held.target, { clock, log })
  const actor = { kind: 'system', id: 'server' } as const
  await (await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })).close()
  for (const name of ['olga', 'bob', 'carl'])
    await run('user', 'create', '--email', `${name}@example.com`, '--name', name)
  const made = await run('org', 'create', 'acme', '--name', 'Acme', '--owner', 'olga@example.com')
  expect(made).toMatchObject({ exit: 0, stderr: '' })
})

afterAll(async () => {
  await held.release()
  await rm(root, { recursive: true, force: true })
})

describe('hearthkey org, beside a running server', () => {
  it('makes, lists, shows, changes, suspends and removes', async () => {
    expect((await run('org', 'create', 'globex', '--name', 'Globex')).stdout).toContain(
      'hearthkey member invite --org globex',
    )
    expect((await run('org', 'list')).stdout).toMatch(/ID +SLUG +STATE[\s\S]*acme[\s\S]*globex/)
    expect((await run('org', 'list', '--limit', '1')).stdout).toContain(
      'There are more: hearthkey org list --after org_',
    )
    const changed = await json(organisation, 'org', 'update', 'globex', '--name', 'Globex Ltd', '--quota', '600')
    expect(changed.organisation).toMatchObject({ name: 'Globex Ltd', quota: 600, status: 'active' })
    expect((await run('org', 'show', changed.organisation.id)).stdout).toContain('600 requests a minute')
    expect((await json(organisation, 'org', 'update', 'globex', '--quota', 'none')).organisation.quota).toBeNull()
    const retention = ['org', 'update', 'globex', '--audit-retention']
    const keeping = async (days: string, ...yes: string[]) =>
      (await json(organisation, ...retention, days, ...yes)).organisation.auditRetentionDays
    expect([await keeping('730'), await keeping('default', '--yes')]).toEqual([730, null])
    expect((await run(...retention, '30')).exit, 'not without a word').not.toBe(0)
    expect([await keeping('30', '--yes'), await keeping('default')]).toEqual([30, null])
    expect((await run('org', 'update', 'globex', '--template', 'basic')).stderr).toContain('is basic already')
    expect((await run('org', 'update', 'globex', '--template', 'storno')).stderr).toContain('no roles of a template')
    expect((await run('org', 'suspend', 'globex')).exit, 'not without a word').not.toBe(0)
    expect((await run('org', 'suspend', 'globex', '--yes')).stdout).toContain('globex is suspended.')
    expect((await run('org', 'suspend', 'globex', '--yes')).stdout).toContain('globex was suspended already.')
    expect((await run('org', 'activate', 'globex')).stdout).toContain('globex is active.')
    expect((await run('org', 'remove', 'globex')).exit, 'not without a word').not.toBe(0)
    expect((await run('org', 'remove', 'globex', '--yes')).stdout).toContain('globex is removed.')
    const gone = await run('org', 'show', 'globex')
    expect(gone).toMatchObject({ stdout: '' })
    expect(gone.stderr).toContain('organisation-not-found')
    expect((await run('org', 'create', 'globex', '--name', 'Again')).stderr).toContain('is taken, or was once')
  })

  it.each([
    [['create', 'A', '--name', 'A'], 'cannot be a slug'],
    [['create', 'fine', '--name', ' '], 'The name must be'],
    [['create', 'fine', '--name', 'F', '--template', 'nobody'], 'hearthkey access templates'],
    [['create', 'fine', '--name', 'F', '--owner', 'nobody@example.com'], 'user-not-found'],
    [['create', 'fine', '--name', 'F', '--quota', '0'], 'whole number'],
    [['update', 'acme', '--audit-retention', '0'], 'Expected days'],
    [
      ['update', 'acme'],
      'Give one at least of --name, --quota, --template, --audit-retention, --mfa, --factors and --grace',
    ],
    [['update', 'acme', '--mfa', 'sometimes'], 'mfa'],
    [['update', 'acme', '--factors', 'sms'], 'there are passkey, totp'],
    [['update', 'acme', '--grace', '14'], 'needs a unit: 14h, 14m or 14s'],
    [['show', 'nobody'], 'organisation-not-found'],
    [['list', '--limit', '0'], 'whole number'],
    [['settings', 'acme', '--set', 'currency'], 'name=value'],
    [['settings', 'acme', '--set', 'two words=x'], 'letters and digits'],
    [['settings', 'acme', '--set', 'api_token=x'], 'keep secrets elsewhere'],
    [['settings', 'acme', '--set', `note=${'x'.repeat(501)}`], 'at most 500 characters'],
    [['policy', 'acme', '--set', 'ipRange=10.0.0.0/8'], 'did you mean ipRanges?'],
    [['policy', 'acme', '--set', 'ipRanges=10.0.0.0/64'], 'neither an address nor a network'],
    [['policy', 'acme', '--set', 'mfa'], 'field=value'],
    [['policy', 'acme', '--set', 'sessionMaxAge=soon'], 'sessionMaxAge'],
    [['policy', 'acme', '--set', 'sessionMaxAge=8'], 'needs a unit: 8h, 8m or 8s'],
    [['policy', 'acme', '--set', 'membersFrom=verified-domains'], 'Verify a domain first'],
    [['policy', 'acme', '--clear', 'nonsense'], 'is no field'],
    [['policy', 'acme', '--set', 'membersFrom=verified-domains'], 'no domain of the organisation is verified yet'],
    [['domain', 'add', 'acme', 'localhost'], 'is no mail domain'],
    [['domain', 'verify', 'acme', 'example.org'], 'hearthkey org domain add'],
  ])('says what is wrong, and what mends it: %j', async (args, says) => {
    const { exit, stderr } = await run('org', ...args)
    expect(exit).not.toBe(0)
    expect(stderr).toContain(says)
  })

  it('keeps short texts for its applications, shows them, and takes them away', async () => {
    expect((await run('org', 'settings', 'acme')).stdout).toBe('The settings are empty.\n')
    await run('org', 'settings', 'acme', '--set', 'currency=EUR', '--set', 'support.email=help@acme.example')
    expect((await run('org', 'settings', 'acme', '--unset', 'currency')).stdout).toBe(
      'The settings:\n  support.email=help@acme.example\n',
    )
    expect((await run('org', 'show', 'acme')).stdout).toContain('support.email=help@acme.example')
    await run('org', 'settings', 'acme', '--unset', 'support.email')
  })

  it('shows a policy in words, and changes it field by field', async () => {
    expect((await run('org', 'policy', 'acme')).stdout).toBe('The policy asks for nothing.\n')
    const set = ['--set', 'mfa=required', '--set', 'sessionMaxAge=8h', '--set', 'ipRanges=192.0.2.0/24, 2001:db8::/32']
    expect((await run('org', 'policy', 'acme', ...set)).stdout).toBe(
      [
        'The policy:',
        '  mfa: everybody uses two factors',
        '  sessionMaxAge: whoever signed in more than 8h ago signs in again',
        '  ipRanges: only from 192.0.2.0/24, 2001:db8::/32',
        '',
      ].join('\n'),
    )
    const after = await json(organisation, 'org', 'policy', 'acme', '--clear', 'mfa', '--clear', 'ipRanges')
    expect(after.organisation.policy).toEqual({ sessionMaxAge: 28_800 })
    await run('org', 'policy', 'acme', '--clear', 'sessionMaxAge')
  })

  it('changes all that one command names, or nothing of it, and says which', async () => {
    await run('access', 'apply', 'monetro', '--api', 'https://monetro.example')
    await run('org', 'create', 'initech', '--name', 'Initech', '--owner', 'olga@example.com')
    const before = (await run('org', 'show', 'initech')).stdout
    const update = (...changes: string[]) => run('org', 'update', 'initech', ...changes)
    const wrong = [
      [['--template', 'monetro', '--name', ' '], /The name must be[\s\S]*nothing was changed/],
      [['--name', 'X', '--quota', '99999999999'], /from 1 to 2147483647[\s\S]*Nothing was changed/],
      [['--name', 'X', '--template', 'nobody'], /no roles of a template/],
      [['--template', 'monetro', '--quota', '60', '--mfa', 'sometimes'], /mfa[\s\S]*nothing was changed/],
    ] as const
    for (const [changes, says] of wrong) {
      const { exit, stderr } = await update(...changes)
      expect([exit, stderr]).toEqual([65, expect.stringMatching(says)])
      expect((await run('org', 'show', 'initech')).stdout).toBe(before)
    }
    const all = [
      '--name',
      'X',
      '--quota',
      '60',
      '--template',
      'monetro',
      '--mfa',
      'required',
      '--audit-retention',
      '900',
    ]
    expect((await update(...all)).exit).toBe(0)
    const shown = (await run('org', 'show', 'initech')).stdout
    for (const text of ['X', '60 requests', 'template monetro', 'kept for 900 days', 'two factors'])
      expect(shown).toContain(text)
    expect((await run('org', 'create', 'umbrella', '--name', 'U', '--quota', '99999999999')).stderr).toContain(
      'from 1 to 2147483647',
    )
  })

  it('loses no field of a policy to another command that runs at the same moment', async () => {
    const rules = ['mfa=required', 'grace=14d', 'sessionMaxAge=8h', 'ipRanges=192.0.2.0/24']
    const setting = rules.map((rule) => run('org', 'policy', 'acme', '--set', rule))
    const done = await Promise.all([...setting, run('org', 'update', 'acme', '--factors', 'passkey')])
    expect(done.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0])
    const { policy } = (await json(organisation, 'org', 'policy', 'acme')).organisation
    expect(Object.keys(policy).sort()).toEqual(['factors', 'grace', 'ipRanges', 'mfa', 'sessionMaxAge'])
    await run('org', 'policy', 'acme', ...Object.keys(policy).flatMap((field) => ['--clear', field]))
  })

  it('[MOS-5] asks members for a second factor, gives them time for it, and takes the rule back, in one command each', async () => {
    const rule = ['--mfa', 'required', '--factors', 'passkey,totp', '--grace', '14d']
    expect((await run('org', 'update', 'acme', ...rule)).stdout).toBe(
      [
        'acme is changed.',
        'The policy:',
        '  mfa: everybody uses two factors',
        '  factors: of second factors, passkey, totp count',
        '  grace: whoever has no second factor may put it off for 14d',
        '',
      ].join('\n'),
    )
    const none = ['--mfa', 'none', '--factors', 'none', '--grace', 'none', '--name', 'Acme']
    expect((await json(organisation, 'org', 'update', 'acme', ...none)).organisation.policy).toEqual({})
  })

  it('takes a domain on the operator’s word, where there is no way out', async () => {
    const added = await run('org', 'domain', 'add', 'acme', 'Example.org')
    expect(added.stdout).toMatch(
      /hearthkey-domain-verification=\S+[\s\S]*_hearthkey\.example\.org[\s\S]*org domain vouch acme example\.org/,
    )
    expect((await run('org', 'domain', 'vouch', 'acme', 'example.org')).exit, 'not without a word').not.toBe(0)
    expect((await run('org', 'domain', 'vouch', 'acme', 'example.org', '--yes')).exit).toBe(0)
    expect((await run('org', 'domain', 'list', 'acme')).stdout).toMatch(/example\.org +verified by operator/)
    expect((await run('org', 'policy', 'acme', '--set', 'membersFrom=verified-domains')).exit).toBe(0)
    expect((await run('member', 'invite', '--org', 'acme', 'x@example.com')).stderr).toContain('verified domain')
    await run('org', 'policy', 'acme', '--clear', 'membersFrom')
    expect((await run('org', 'domain', 'remove', 'acme', 'example.org')).exit).toBe(0)
  })
})

describe('hearthkey member', () => {
  const list = async () => (await json(members, 'member', 'list', '--org', 'acme')).members

  it('adds, gives roles, suspends, readmits and removes', async () => {
    const of = ['--org', 'acme', 'bob@example.com']
    expect((await run('member', 'add', ...of, '--role', 'member')).stdout).toContain(
      'bob@example.com is a member of acme.',
    )
    expect((await list()).map(({ email, roles }) => [email, roles])).toEqual([
      ['olga@example.com', ['owner']],
      ['bob@example.com', ['member']],
    ])
    expect((await run('member', 'set-roles', ...of, 'admin', 'member')).exit).toBe(0)
    expect((await list())[1]?.roles.toSorted()).toEqual(['admin', 'member'])
    expect((await run('member', 'suspend', ...of)).stdout).toContain('bob@example.com is suspended in acme.')
    expect((await list())[1]?.status).toBe('suspended')
    expect((await run('member', 'readmit', ...of)).exit).toBe(0)
    expect((await run('member', 'readmit', ...of)).stdout).toContain('was active in acme already')
    expect((await run('member', 'remove', ...of)).exit, 'not without a word').not.toBe(0)
    expect((await run('member', 'remove', ...of, '--yes')).exit).toBe(0)
    expect(await list()).toHaveLength(1)
  })

  it('invites several at once, sends again, withdraws; and says where letters are that nobody sends', async () => {
    const sent = await run(
      'member',
      'invite',
      '--org',
      'acme',
      '--role',
      'member',
      'new@example.com',
      'carl@example.com',
    )
    expect(sent).toMatchObject({ exit: 0 })
    expect(sent.stdout).toContain('No mail server is configured')
    const [, letter = ''] =
      /carl@example\.com is invited.*\n {2}The letter: hearthkey outbox show (mal_\w+)/.exec(sent.stdout) ?? []
    const shown = await run('outbox', 'show', letter, '--yes')
    expect(shown.stdout).toContain('/invite?token=')
    expect(shown.stdout).toContain('Your role there: Member')
    const open = await json(invitations, 'member', 'invitations', '--org', 'acme')
    expect(open.invitations.map(({ email }) => email)).toEqual(['new@example.com', 'carl@example.com'])
    const [first, second] = open.invitations.map(({ id }) => id)
    expect((await run('member', 'resend', '--org', 'acme', first ?? '')).stdout).toMatch(
      /until 2030-01-22T12:00:00\.000Z\.\n {2}The letter: hearthkey outbox show mal_/,
    )
    expect((await run('member', 'withdraw', '--org', 'acme', second ?? '')).stdout).toContain(
      'carl@example.com is not invited',
    )
    expect((await json(invitations, 'member', 'invitations', '--org', 'acme')).invitations).toHaveLength(1)
    const half = await run('member', 'invite', '--org', 'acme', 'two@example.com', 'new@example.com')
    expect(half.stderr).toMatch(
      /new@example\.com: The address is invited already\.[\s\S]*Invited before it: two@example\.com/,
    )
    expect((await run('outbox', 'list')).stdout).not.toContain('new@example.com')
  })

  it.each([
    [['remove', '--org', 'acme', 'olga@example.com', '--yes'], 'last active person'],
    [['set-roles', '--org', 'acme', 'olga@example.com'], 'last active person'],
    [['suspend', '--org', 'acme', 'carl@example.com'], 'member-not-found'],
    [['add', '--org', 'acme', 'olga@example.com'], 'a member already'],
    [['add', '--org', 'acme', 'carl@example.com', '--role', 'king'], 'no role king'],
    [['add', '--org', 'acme', 'nobody@example.com'], 'user-not-found'],
    [['add', '--org', 'nobody', 'carl@example.com'], 'organisation-not-found'],
    [['invite', '--org', 'acme', 'nobody'], 'not an e-mail address'],
    [['invite', '--org', 'acme', 'olga@example.com'], 'a member already'],
    [['resend', '--org', 'acme', 'nonsense'], 'inv_'],
    [['list', '--org', 'acme', '--after', 'nonsense'], 'usr_ or sva_'],
    [['list'], '--org'],
  ])('says what is wrong, and what mends it: %j', async (args, says) => {
    const { exit, stderr } = await run('member', ...args)
    expect(exit).not.toBe(0)
    expect(stderr).toContain(says)
  })
})
