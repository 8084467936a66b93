import { describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { inOrganisation } from '../../src/db/transaction.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { MemberId } from '../../src/orgs/memberships/membership.ts'
import type { OrgId } from '../../src/orgs/org.ts'
import { by, must, type OrgsWorld, orgsWorld, password } from './support.ts'

const AUDIENCE = 'https://monetro.example'

async function world(): Promise<OrgsWorld> {
  const made = await orgsWorld()
  const applied = await made.access.apply(by, 'monetro', AUDIENCE)
  if (!applied.ok) throw new Error(applied.error.reason)
  return made
}

const rolesOf = ({ services, seats, access }: OrgsWorld, org: OrgId, member: MemberId) =>
  inOrganisation(services.database.app, org, async (tx) => {
    const seat = await seats.seatOf(tx, org, member)
    return (await access.rolesFor(tx, seat?.roles ?? [])).map(({ template, key }) => [template, key])
  })

describe('another template', () => {
  it('leaves everybody their roles, by their keys, with what these may do there, and ends tokens of before', async () => {
    const house = await world()
    const { org, owner } = await house.company()
    const other = await house.company('globex')
    const admin = await house.join(org, ['admin', 'member'])
    const both = await house.join(org, ['owner', 'admin'])
    const wish = { email: 'nora@example.com', roles: ['member'] }
    must(await house.invitations.invite(by, instanceAuthority, org, wish))
    const token = await house.newestToken()
    expect(must(await house.organisations.updateByInstance(by, org, { template: 'monetro' }))).toMatchObject({
      template: 'monetro',
    })
    expect(await rolesOf(house, org, owner), 'the one that must be kept').toEqual([['monetro', 'admin']])
    expect(await rolesOf(house, org, both), 'once').toEqual([['monetro', 'admin']])
    expect(await house.memberships.remove(by, instanceAuthority, org, owner)).toMatchObject({ ok: true })
    expect(await house.memberships.leave(by, org, both)).toMatchObject({ ok: true })
    expect(await house.memberships.leave(by, org, admin)).toEqual({ ok: false, error: 'last-keeper' })
    expect((await rolesOf(house, org, admin)).sort()).toEqual([
      ['monetro', 'admin'],
      ['monetro', 'member'],
    ])
    expect(await rolesOf(house, other.org, other.owner), 'of another organisation').toEqual([['basic', 'owner']])
    const { person } = must(
      await house.invitations.acceptAsNew(by, token, {
        name: 'Nora',
        password: new Secret(password),
        locale: 'en',
      }),
    )
    expect(await rolesOf(house, org, person)).toEqual([['monetro', 'member']])
    expect((await house.events()).find(({ action }) => action === 'organisation.updated')).toMatchObject({
      before: { template: 'basic' },
      after: { template: 'monetro' },
    })
    const page = await house.services.revocations.since(undefined, 100)
    expect(page.ok && page.value.entries.map(({ organisation, reason }) => [organisation, reason])).toEqual([
      [org, 'template-changed'],
      [org, 'membership-removed'],
      [org, 'membership-removed'],
    ])
  })

  it('is refused where somebody would lose what has no counterpart, and where keys would mean two roles', async () => {
    const house = await world()
    const { org, owner } = await house.company()
    const { organisations, access } = house
    const refusal = async (template: string) => {
      const done = await organisations.updateByInstance(by, org, { template })
      return done.ok ? 'changed' : done.error
    }
    expect(await refusal('basic')).toBe('already')
    expect(await refusal('storno')).toBe('template-unknown')
    expect(await refusal("' OR 1=1")).toBe('template-unknown')
    must(await access.create(by, instanceAuthority, org, { key: 'viewer', name: 'Viewer', permissions: {} }))
    expect(await refusal('monetro')).toEqual({ reason: 'keys-taken', keys: ['viewer'] })
    must(await access.remove(by, instanceAuthority, org, 'viewer'))
    const clerk = { key: 'clerk', name: 'Clerk', permissions: {} }
    must(await access.create(by, instanceAuthority, org, clerk))
    await house.join(org, ['clerk'])
    must(await organisations.updateByInstance(by, org, { template: 'monetro' }))
    const viewer = await house.join(org, ['viewer'])
    expect(await refusal('basic')).toEqual({ reason: 'roles-missing', keys: ['viewer'] })
    expect(await rolesOf(house, org, viewer), 'nothing was changed').toEqual([['monetro', 'viewer']])
    must(await house.memberships.setRoles(by, instanceAuthority, org, viewer, ['clerk']))
    const giver = { key: 'giver', name: 'Giver', permissions: {}, mayAssign: ['viewer'] }
    must(await access.create(by, instanceAuthority, org, giver))
    expect(await refusal('basic')).toEqual({ reason: 'roles-missing', keys: ['viewer'] })
    must(await access.remove(by, instanceAuthority, org, 'giver'))
    expect(await refusal('basic')).toBe('changed')
    expect(await rolesOf(house, org, viewer)).toEqual([[undefined, 'clerk']])
    expect(await rolesOf(house, org, owner), 'from admin, that Monetro keeps').toEqual([['basic', 'owner']])
  })
})
