import { describe, expect, it } from 'vitest'
import { type Authority, instanceAuthority } from '../../src/access/authority.ts'
import type { Asked } from '../../src/db/asked.ts'
import type { InvitationId } from '../../src/orgs/invitations/invitation.ts'
import type { OrgId } from '../../src/orgs/org.ts'
import type { UserId } from '../../src/users/user.ts'
import { whileRemoved } from './losing-power.ts'
import { by, must, type OrgsWorld, orgsWorld } from './support.ts'

interface Given {
  readonly world: OrgsWorld
  readonly org: OrgId
  readonly bob: UserId
  readonly invited: InvitationId
}

type Act = (given: Given, asked: Asked<Authority>) => Promise<{ readonly ok: boolean }>

const acts: Record<string, Act> = {
  suspends: ({ world, org, bob }, asked) => world.memberships.suspend(by, asked, org, bob),
  'gives roles': ({ world, org, bob }, asked) => world.memberships.setRoles(by, asked, org, bob, []),
  adds: async ({ world, org }, asked) => world.memberships.add(by, asked, org, await world.program(org), ['member']),
  'makes a role': ({ world, org }, asked) =>
    world.access.create(by, asked, org, { key: 'x', name: 'X', permissions: {} }),
  'widens a role': ({ world, org }, asked) => world.access.update(by, asked, org, 'own', { name: 'Mine' }),
  'removes a role': ({ world, org }, asked) => world.access.remove(by, asked, org, 'own'),
  invites: ({ world, org }, asked) =>
    world.invitations.invite(by, asked, org, { email: 'new@example.com', roles: ['member'] }),
  'sends an invitation again': ({ world, org, invited }, asked) => world.invitations.resend(by, asked, org, invited),
  'withdraws an invitation': ({ world, org, invited }, asked) => world.invitations.withdraw(by, asked, org, invited),
  'renames the organisation': ({ world, org }, asked) => world.organisations.update(by, asked, org, { name: 'Mine' }),
  'changes its policy': ({ world, org }, asked) =>
    world.organisations.update(by, asked, org, { policy: { sessionMaxAge: 60 } }),
  'adds a domain': ({ world, org }, asked) => world.domains.add(by, asked, org, 'new.example'),
  'has a domain verified': ({ world, org }, asked) => world.domains.verify(by, asked, org, 'acme.example', 'dns'),
  'removes a domain': ({ world, org }, asked) => world.domains.remove(by, asked, org, 'acme.example'),
}

async function given() {
  const world = await orgsWorld()
  const { org } = await world.company()
  const [admin, bob] = [await world.join(org, ['owner']), await world.join(org, ['member'])]
  must(await world.access.create(by, instanceAuthority, org, { key: 'own', name: 'Own', permissions: {} }))
  const wish = { email: 'invited@example.com', roles: ['member'] }
  const invited = must(await world.invitations.invite(by, instanceAuthority, org, wish)).id
  const { challenge } = must(await world.domains.add(by, instanceAuthority, org, 'acme.example'))
  world.dns.set('_hearthkey.acme.example', [challenge])
  return { world, org, admin, bob, invited }
}

describe('on whose authority', () => {
  it.each(Object.entries(acts))(
    'somebody %s: it is asked when it is their turn, and not before they lost their roles',
    async (_what, act) => {
      const { admin, ...there } = await given()
      const { world, org, bob } = there
      const before = await world.events()
      const done = await whileRemoved(world, { org, who: admin }, (asked) => act(there, asked))
      expect([
        { ok: false, error: 'forbidden' },
        { ok: false, error: { reason: 'forbidden' } },
      ]).toContainEqual(done)
      const since = (await world.events()).slice(before.length).map(({ action }) => action)
      expect(since, 'nothing else has happened').toEqual(['membership.removed'])
      expect(await world.keysOf(org, bob)).toEqual(['member'])
    },
  )

  it.each(Object.entries(acts))('somebody %s who has not lost them', async (_what, act) => {
    const { admin, ...there } = await given()
    expect(await act(there, there.world.authorityThen(there.org, admin))).toMatchObject({ ok: true })
  })
})
