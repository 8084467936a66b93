import { z } from 'zod'
import { hearthkey } from './support/command.ts'
import type { Bench, Figure } from './support/figures.ts'
import { type Home, temporaryHome, withoutRefusals } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { createPeople, type Person } from './support/people.ts'
import { schedulerSeconds } from './support/processes.ts'
import { type Chain, chainOf } from './support/refresh-chain.ts'
import { startServer } from './support/server.ts'
import type { Application } from './support/visitor.ts'

/** Many and short: what else the machine does in one half of a round it does in the other, or the median leaves it out. */
const ROUNDS = 201
const REFRESHES = 50
const WARM_UP = 10
const ORGANISATIONS = 50
const ROLES = 20
const PERMISSIONS = 200
const audience = 'https://invoices.bench.example'
const asked = { scope: 'openid offline_access records:p0', resource: audience }

const claims = z.object({ roles: z.array(z.string()).optional(), permissions: z.array(z.string()).optional() })

/** A refresh is the issuance that happens most: every quarter of an hour, for everybody who works. */
export const issuance: Bench = {
  promise:
    'A token for somebody with many companies, roles and permissions costs little more than one for somebody with none',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    withoutRefusals(home)
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
    const [busy, plain] = await createPeople(home, 2)
    if (!busy || !plain) throw new Error('nobody was created')
    await createCompanies(home, busy)
    const application = await createApplication(home)
    const chains = {
      plain: await chainOf(server, application, plain, asked),
      busy: await chainOf(server, application, busy, { ...asked, organization: 'company-0' }),
    }
    const { roles = [], permissions = [] } = claimsIn((await chains.busy.next()).access_token)
    if (roles.length !== ROLES || permissions.length !== PERMISSIONS)
      throw new Error(`the token has ${roles.length} roles and ${permissions.length} permissions`)

    const cpuMs = (chain: Chain) => async () => {
      const measured = server.processes()
      const before = schedulerSeconds(measured)
      for (let turn = 0; turn < REFRESHES; turn++) await chain.next()
      return ((schedulerSeconds(measured) - before) / REFRESHES) * 1000
    }
    const contenders = { plain: cpuMs(chains.plain), busy: cpuMs(chains.busy) }
    await interleave(WARM_UP, contenders)
    const measured = await interleave(ROUNDS, contenders)
    const ratios = measured.busy.map((busyMs, round) => busyMs / (measured.plain[round] ?? Number.NaN))
    return [
      {
        name: `a refresh with ${ORGANISATIONS} companies, ${ROLES} roles, ${PERMISSIONS} permissions / with none`,
        unit: '× CPU',
        samples: ratios,
        bound: { atMost: 1.1 },
      },
      { name: '  with them', unit: 'CPU ms', samples: measured.busy },
      { name: '  with none', unit: 'CPU ms', samples: measured.plain },
    ]
  },
}

async function createCompanies(home: Home, { email }: Person): Promise<void> {
  const permissions = Array.from({ length: PERMISSIONS }, (_, index) => `records:p${index}`)
  const scopes = permissions.flatMap((name) => ['--scope', name])
  await hearthkey(home, ['api', 'create', '--audience', audience, '--name', 'Bench', '--by-role', ...scopes])
  for (let company = 0; company < ORGANISATIONS; company++)
    await hearthkey(home, ['org', 'create', `company-${company}`, '--name', `Company ${company}`, '--owner', email])
  const each = PERMISSIONS / (ROLES - 1)
  const keys = Array.from({ length: ROLES - 1 }, (_, index) => `role-${index}`)
  for (const [index, key] of keys.entries()) {
    const own = permissions.slice(Math.floor(index * each), Math.floor((index + 1) * each))
    const allowed = own.flatMap((name) => ['--allow', name])
    await hearthkey(home, ['role', 'create', key, '--org', 'company-0', '--name', key, '--api', audience, ...allowed])
  }
  await hearthkey(home, ['member', 'set-roles', email, 'owner', ...keys, '--org', 'company-0'])
}

const created = z.object({ clientId: z.string() })

async function createApplication(home: Home): Promise<Application> {
  const redirectUri = 'http://127.0.0.1:9/callback'
  const options = ['--public', '--first-party', '--redirect-uri', redirectUri, '--api', audience]
  return { ...created.parse(await hearthkey(home, ['client', 'create', '--name', 'Bench', ...options])), redirectUri }
}

const claimsIn = (token: string) =>
  claims.parse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()))
