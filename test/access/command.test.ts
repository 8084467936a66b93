import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { inOrganisation } from '../../src/db/transaction.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { captureLog } from '../support/log.ts'
import { settle } from '../support/settled-home.ts'
import { orgId, userId } from './support.ts'

const clock = frozenClock()
const { log } = captureLog()
const audience = 'https://api.example.com'
let root: string
let held: HeldTarget
let services: Services
let env: Record<string, string>
const ours = orgId.generate()
const anna = userId.generate()

const run = (...args: string[]) => cli(args, { env, cwd: root, clock })
const answer = async (...args: string[]) => {
  const { exit, stdout, stderr } = await run(...args, '--json')
  if (exit !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthkey-role-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys') }
  const { config } = loadConfig({ env, cwd: root })
  await settle(root)
  held = await ownTarget(config, log)
  await prepareDatabase(held.target, { clock, log })
  const actor = { kind: 'system', id: 'test' } as const
  services = await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })
  await inOrganisation(services.database.app, ours, async (tx) => {
    const [org, person] = [orgId.toUuid(ours), userId.toUuid(anna)]
    await sql`INSERT INTO organisations (id, slug, name, status, template, policy, settings, created_at)
      VALUES (${org}, 'ours', 'Ours', 'active', 'monetro', '{}', '{}', now())`.execute(tx)
    await sql`INSERT INTO memberships (org_id, member_id, member_kind, status, joined_at)
      VALUES (${org}, ${person}, 'person', 'active', now())`.execute(tx)
  })
})

afterAll(async () => {
  await services.close()
  await held.release()
  await rm(root, { recursive: true, force: true })
})

const give = (key: string) =>
  inOrganisation(services.database.app, ours, (tx) =>
    sql`INSERT INTO membership_roles SELECT ${orgId.toUuid(ours)}, ${userId.toUuid(anna)}, id, now() FROM roles WHERE key = ${key} AND (org_id = current_org() OR template = 'monetro')`.execute(
      tx,
    ),
  )

describe('hearthkey access', () => {
  it('lists the templates and applies one to an API, as often as one likes', async () => {
    expect((await run('access', 'templates')).stdout).toMatch(/^toster +\d+ +owner, manager/m)
    expect(await answer('access', 'apply', 'monetro', '--api', audience)).toMatchObject({
      created: ['admin', 'manager', 'member', 'viewer'],
    })
    expect(await answer('access', 'apply', 'monetro', '--api', audience)).toMatchObject({ created: [], updated: [] })
    expect(await run('access', 'apply', 'nothing')).toMatchObject({ exit: 65 })
    expect(await run('access', 'apply', 'basic', '--api', audience)).toMatchObject({ exit: 64 })
    expect((await run('access', 'apply', 'drop', '--api', 'no audience')).stderr).toContain('api-invalid')
  })

  it('[MOS-6] prints who may do what: of a template without any database, and of an organisation with its own roles', async () => {
    const { stdout } = await cli(['access', 'matrix', '--template', 'storno'], { env: {}, cwd: '/nowhere' })
    expect(stdout).toMatch(/^Storno +owner +admin +accountant +viewer$/m)
    expect(stdout).toMatch(/^company:delete +yes +- +- +- +close the company$/m)
    expect(stdout).toMatch(/^gives and takes +owner/m)
    await run(
      'role',
      'create',
      'clerk',
      '--org',
      'ours',
      '--name',
      'Clerk',
      '--api',
      audience,
      '--allow',
      'invoices:read',
    )
    const matrix = await answer('access', 'matrix', '--org', 'ours', '--api', audience)
    expect(matrix.roles).toEqual(['admin', 'manager', 'member', 'viewer', 'clerk'])
    expect(
      matrix.apis[0].rows.find(({ permission }: { permission: string }) => permission === 'invoices:write').roles,
    ).toEqual(['admin', 'manager', 'member'])
    const csv = (await run('access', 'matrix', '--org', ours, '--api', 'hearthkey', '--csv')).stdout
    expect(csv).toContain(
      '"api","permission","admin","manager","member","viewer","clerk"\n"hearthkey","organisation.read","yes","yes","yes","yes",""\n',
    )
    expect((await run('access', 'matrix', '--api', 'nothing')).stderr).toContain('Give --api one of')
    expect((await run('access', 'matrix', '--org', 'theirs')).stderr).toContain('organisation-not-found')
    expect(await run('access', 'matrix', '--org', 'ours', '--template', 'basic')).toMatchObject({ exit: 64 })
  })

  it('[MOS-6] says whether somebody may, by which role, or why not', async () => {
    const may = (permission: string, ...more: string[]) =>
      run('access', 'can', anna, permission, '--org', 'ours', ...more)
    expect(await may('invoices:read', '--api', audience)).toMatchObject({ exit: 1 })
    await give('viewer')
    expect((await may('invoices:read', '--api', audience)).stdout).toBe(
      `${anna} may invoices:read at ${audience} in ours: by viewer.\n`,
    )
    expect(await may('invoices:write', '--api', audience)).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining('no role of theirs allows it (viewer)'),
    })
    expect(await may('members.read')).toMatchObject({ exit: 0 })
    expect((await run('access', 'can', userId.generate(), 'members.read', '--org', 'ours')).stdout).toContain(
      'not a member',
    )
    expect(await run('access', 'can', 'anna', 'members.read', '--org', 'ours')).toMatchObject({ exit: 64 })
    const nobody = await run('access', 'can', 'nobody@example.com', 'members.read', '--org', 'ours')
    expect(nobody.stderr).toContain('user-not-found')
    expect((await may('members.reed')).stderr).toContain('no permission called members.reed at hearthkey')
    expect((await may('invoices:nothing', '--api', audience)).stderr).toContain('Give one of: ')
    expect((await may('x', '--api', 'https://other.example.com')).stderr).toContain('api-invalid')
  })
})

describe('hearthkey role', () => {
  it('makes, shows, changes and removes a role of an organisation', async () => {
    const role = (...args: string[]) => run('role', ...args, '--org', 'ours')
    expect(
      await role(
        'create',
        'helper',
        '--name',
        'Helper',
        '--own',
        'members.read',
        '--own',
        'roles.assign',
        '--gives',
        'viewer',
      ),
    ).toMatchObject({ exit: 0 })
    expect((await role('list')).stdout).toMatch(/^helper +own +Helper$/m)
    expect((await role('update', 'helper', '--mfa', 'required')).stdout).toContain('(own, MFA required)')
    expect((await role('update', 'helper', '--mfa', 'none')).stdout).toContain('(own)')
    expect(
      await role('update', 'helper', '--api', audience, '--allow', 'invoices:read', '--allow', 'payments:read'),
    ).toMatchObject({ exit: 0 })
    expect(
      await role('update', 'helper', '--api', audience, '--deny', 'payments:read', '--not-own', 'members.read'),
    ).toMatchObject({ exit: 0 })
    const { stdout } = await role('show', 'helper')
    expect(stdout).toContain(`at ${audience}: invoices:read\nhere: roles.assign\ngives and takes: viewer`)
    await give('helper')
    expect(await role('remove', 'helper', '--yes')).toMatchObject({ exit: 65, stderr: expect.stringContaining(anna) })
    await inOrganisation(services.database.app, ours, (tx) => sql`DELETE FROM membership_roles`.execute(tx))
    expect(await role('remove', 'helper')).toMatchObject({ exit: expect.not.stringMatching('0') })
    expect(await role('remove', 'helper', '--yes')).toMatchObject({ exit: 0 })
    expect((await role('show', 'helper')).stderr).toContain('role-not-found')
  })

  it('says where roles do not decide over the scopes that it gives', async () => {
    const open = 'https://open.example.com'
    await run('api', 'create', '--audience', open, '--name', 'Open', '--scope', 'things:read')
    const role = (...args: string[]) => run('role', ...args, '--org', 'ours', '--api', open, '--allow', 'things:read')
    const said = `Roles do not decide over the scopes of ${open}`
    expect((await role('create', 'open-reader', '--name', 'Reader')).stdout).toContain(said)
    expect((await role('update', 'open-reader')).stdout).toContain(said)
    await run('api', 'update', open, '--by-role')
    expect((await role('update', 'open-reader')).stdout).not.toContain(said)
  })

  it.each([
    [['create', 'Clerk', '--name', 'x'], 'lower case'],
    [['create', 'viewer', '--name', 'x'], 'already'],
    [['create', 'x', '--name', ' '], '--name'],
    [['create', 'x', '--name', 'x', '--allow', 'invoices:read'], '--api'],
    [['create', 'x', '--name', 'x', '--own', 'all'], 'no permission called all'],
    [['create', 'x', '--name', 'x', '--gives', 'nobody'], 'nobody'],
    [['update', 'viewer', '--name', 'x'], 'built in'],
    [['remove', 'nobody', '--yes'], 'role-not-found'],
  ])('refuses %o, and says why: %s', async (args, said) => {
    const { exit, stderr } = await run('role', ...args, '--org', 'ours')
    expect([exit === 64 || exit === 65, stderr]).toEqual([true, expect.stringContaining(said)])
  })
})
