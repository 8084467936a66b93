import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { inOrganisation, inTransaction } from '../../src/db/transaction.ts'
import { defineId } from '../../src/lib/ids.ts'
import { orgId } from '../../src/orgs/org.ts'
import { holdOrganisation } from '../../src/orgs/store.ts'
import { statementsDuring } from '../support/statements.ts'
import { untilSomebodyWaits } from '../support/waiting.ts'
import { by, must, orgsWorld } from './support.ts'

const serviceAccountId = defineId('sva')
const refused = (error: unknown) => ({ ok: false, error })

describe('a membership', () => {
  it('gives a seat with its roles while it is active, and none once it is suspended or removed', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const bob = await world.join(org, ['member'])
    const { app } = world.services.database
    const seat = () => inOrganisation(app, org, (tx) => world.seats.seatOf(tx, org, bob))
    expect(await seat()).toMatchObject({ status: 'active', organisation: { slug: 'acme' } })
    expect((await seat())?.roles).toHaveLength(1)
    must(await world.memberships.suspend(by, instanceAuthority, org, bob))
    expect((await seat())?.status).toBe('suspended')
    expect(await world.seats.toChoose(app, bob)).toEqual([])
    must(await world.memberships.readmit(by, instanceAuthority, org, bob))
    expect(await world.seats.toChoose(app, bob)).toHaveLength(1)
    expect(await world.keysOf(org, bob)).toEqual(['member'])
    must(await world.memberships.remove(by, instanceAuthority, org, bob))
    expect(await seat()).toBeUndefined()
    expect(await world.memberships.find(org, bob)).toBeUndefined()
    expect((await world.memberships.list({ org, limit: 10 })).map(({ member }) => member)).not.toContain(bob)
  })

  it('begins anew for whoever comes back: later, and with the new roles alone', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const bob = await world.join(org, ['admin'])
    const first = await world.memberships.find(org, bob)
    must(await world.memberships.remove(by, instanceAuthority, org, bob))
    world.clock.advance(1000)
    await world.join(org, ['member'], bob)
    const again = await world.memberships.find(org, bob)
    expect(again?.roleKeys).toEqual(['member'])
    expect(again?.joinedAt.getTime()).toBe((first?.joinedAt.getTime() ?? 0) + 1000)
    expect(await world.memberships.add(by, instanceAuthority, org, bob, ['admin'])).toEqual(refused('already'))
    expect(await world.keysOf(org, bob)).toEqual(['member'])
  })

  it('is recorded with the keys of the roles before and after, and announced to services', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const bob = await world.join(org, ['member'])
    must(await world.memberships.setRoles(by, instanceAuthority, org, bob, ['admin', 'member', 'member']))
    must(await world.memberships.setRoles(by, instanceAuthority, org, bob, ['member', 'admin']))
    must(await world.memberships.suspend(by, instanceAuthority, org, bob))
    must(await world.memberships.remove(by, instanceAuthority, org, bob))
    const events = (await world.events()).filter(({ target_id }) => target_id === bob)
    expect(events.map(({ action, before, after }) => [action, before?.['roles'], after?.['roles']])).toEqual([
      ['membership.created', undefined, ['member']],
      ['membership.roles_changed', ['member'], ['admin', 'member']],
      // They keep them: what did not change is not in the log.
      ['membership.suspended', undefined, undefined],
      ['membership.removed', ['admin', 'member'], []],
    ])
    const { entries } = must(await world.services.revocations.since(undefined, 10))
    expect(
      entries.map(({ organisation, sub, sid, clientId, reason }) => [organisation, sub, sid, clientId, reason]),
    ).toEqual([
      [org, bob, undefined, undefined, 'roles-changed'],
      [org, bob, undefined, undefined, 'membership-suspended'],
      [org, bob, undefined, undefined, 'membership-removed'],
    ])
  })

  it('that ends leaves the person everything else: their account, their sessions, their other organisations', async () => {
    const world = await orgsWorld()
    const [{ org }, other] = [await world.company('acme'), await world.company('globex')]
    const bob = await world.join(org, ['member'])
    await world.join(other.org, ['member'], bob)
    const before = await world.people.users.find(bob)
    must(await world.memberships.remove(by, instanceAuthority, org, bob))
    expect(await world.people.users.find(bob)).toEqual(before)
    expect(await world.keysOf(other.org, bob)).toEqual(['member'])
    const admin = await world.database.superuser()
    const { rows } = await admin.query(
      `SELECT action FROM events WHERE action ~ '^(session|user|grant)' AND action <> 'user.created'`,
    )
    expect(rows).toEqual([])
  })

  it('is refused for nobody, for somebody disabled, and with a role that there is not', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const add = (who: Parameters<typeof world.memberships.add>[3], ...roles: string[]) =>
      world.memberships.add(by, instanceAuthority, org, who, roles)
    const gone = await world.person()
    must(await world.people.users.disable(by, gone))
    expect(await add(gone, 'member')).toEqual(refused('person-unknown'))
    expect(await add(defineId('usr').generate(), 'member')).toEqual(refused('person-unknown'))
    const bob = await world.person()
    expect(await add(bob, 'member', 'king')).toEqual(refused({ reason: 'roles-unknown', unknown: ['king'] }))
    expect(await world.memberships.find(org, bob)).toBeUndefined()
    expect(await world.memberships.add(by, instanceAuthority, defineId('org').generate(), bob, [])).toEqual(
      refused('not-found'),
    )
  })

  it('of a program is one like that of a person, listed by its kind', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const robot = await world.program(org)
    must(await world.memberships.add(by, instanceAuthority, org, robot, ['member']))
    const of = async (kind?: 'person' | 'service') =>
      (await world.memberships.list({ org, limit: 10, ...(kind && { kind }) })).map(({ member }) => member)
    expect(await of('service')).toEqual([robot])
    expect(await of('person')).toEqual([owner])
    expect(await of()).toHaveLength(2)
  })

  it('[TOS-3] of a program is given by the organisation that looks after it, to itself, or by the instance; never while it is disabled', async () => {
    const world = await orgsWorld()
    const [home, other] = [await world.company('home'), await world.company('other')]
    const add = async (where: typeof home, program: Parameters<typeof world.memberships.add>[3], as = where.owner) =>
      world.memberships.add(world.as(as), await world.authorityOf(where.org, as), where.org, program, ['member'])
    const robot = await world.program(home.org)
    expect(await add(other, robot)).toEqual(refused('program-unknown'))
    expect(await add(other, serviceAccountId.generate()), 'as if there were none').toEqual(refused('program-unknown'))
    must(await add(home, robot))
    must(await world.memberships.add(by, instanceAuthority, other.org, robot, ['member']))

    const asleep = await world.program(home.org, 'disabled')
    expect(await add(home, asleep)).toEqual(refused('program-not-active'))
    expect(await world.memberships.add(by, instanceAuthority, other.org, asleep, [])).toEqual(
      refused('program-not-active'),
    )
    expect(await world.memberships.find(home.org, asleep)).toBeUndefined()
    expect(await world.memberships.add(by, instanceAuthority, other.org, serviceAccountId.generate(), [])).toEqual(
      refused('program-unknown'),
    )
  })

  it('is listed in pages, each behind the one before', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const more = [await world.join(org, ['member']), await world.join(org, ['member'])]
    const first = await world.memberships.list({ org, limit: 2 })
    const after = first.at(-1)?.member
    const rest = await world.memberships.list({ org, limit: 2, ...(after && { after }) })
    expect([...first, ...rest].map(({ member }) => member)).toEqual([owner, ...more].sort())
  })
})

describe('a role that an organisation must keep', () => {
  it('stays with its last active person, whoever asks, and whichever way it would go', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const { memberships } = world
    const last = refused('last-keeper')
    expect(await memberships.remove(by, instanceAuthority, org, owner)).toEqual(last)
    expect(await memberships.suspend(by, instanceAuthority, org, owner)).toEqual(last)
    expect(await memberships.leave(world.as(owner), org, owner)).toEqual(last)
    expect(await memberships.setRoles(by, instanceAuthority, org, owner, ['admin'])).toEqual(last)
    expect(await world.keysOf(org, owner)).toEqual(['owner'])
  })

  it('is not kept by somebody suspended, nor by a program', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const second = await world.join(org, ['owner'])
    must(await world.memberships.add(by, instanceAuthority, org, await world.program(org), ['owner']))
    must(await world.memberships.suspend(by, instanceAuthority, org, second))
    expect(await world.memberships.remove(by, instanceAuthority, org, owner)).toEqual(refused('last-keeper'))
    must(await world.memberships.readmit(by, instanceAuthority, org, second))
    must(await world.memberships.remove(by, instanceAuthority, org, owner))
  })

  it('is not kept by somebody who may not sign in: disabled, or locked by themselves', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const second = await world.join(org, ['owner'])
    const { memberships, people, services } = world
    const { users } = people
    const last = refused('last-keeper')
    const everyWay = async () => [
      await memberships.leave(world.as(owner), org, owner),
      await memberships.remove(by, instanceAuthority, org, owner),
      await memberships.suspend(by, instanceAuthority, org, owner),
      await memberships.setRoles(by, instanceAuthority, org, owner, ['admin']),
    ]
    must(await users.disable(by, second))
    expect(await everyWay(), 'disabled').toEqual([last, last, last, last])
    must(await users.enable(by, second))
    await inTransaction(services.database.app, (tx) => users.lock(tx, by, second, 'not-me'))
    expect(await everyWay(), 'locked').toEqual([last, last, last, last])
    await inTransaction(services.database.app, (tx) => users.unlock(tx, by, second))
    must(await memberships.leave(world.as(owner), org, owner))
  })

  it('is judged when the change has its turn: whoever is disabled while it waits keeps nothing', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const second = await world.join(org, ['owner'])
    const { app } = world.services.database
    const { leaving } = await inOrganisation(app, org, async (tx) => {
      await holdOrganisation(tx, org)
      const leaving = world.memberships.leave(world.as(owner), org, owner)
      await untilSomebodyWaits(world.services.database.owner)
      must(await world.people.users.disable(by, second))
      return { leaving }
    })
    expect(await leaving).toEqual(refused('last-keeper'))
  })

  it('is left with one of the last two, however many removals of both come at the same moment', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const second = await world.join(org, ['owner'])
    const { memberships } = world
    const both = [owner, second]
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const [target, actor] = n % 2 === 0 ? [owner, second] : [second, owner]
        if (n % 4 === 3) return memberships.leave(world.as(target), org, target)
        return memberships.remove(world.as(actor), instanceAuthority, org, target)
      }),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    const left = (await memberships.list({ org, limit: 10 })).filter(({ member }) => both.some((one) => one === member))
    expect(left).toHaveLength(1)
    expect(left[0]?.roleKeys).toEqual(['owner'])
  })
})

describe('authority in an organisation', () => {
  it('ends at the ceiling: nobody gives or takes a role that their own does not list, not even from themselves', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const [admin, other, member] = [
      await world.join(org, ['admin']),
      await world.join(org, ['admin']),
      await world.join(org, ['member']),
    ]
    const authority = await world.authorityOf(org, admin)
    const actor = world.as(admin)
    const { memberships } = world
    const beyond = refused('beyond-authority')
    for (const [target, roles] of [
      [member, ['admin']],
      [member, ['owner']],
      [member, ['member', 'owner']],
      [admin, ['admin', 'owner']],
      [owner, ['member']],
      [other, ['member']],
    ] as const)
      expect(await memberships.setRoles(actor, authority, org, target, roles), roles.join()).toEqual(beyond)
    for (const target of [owner, other]) {
      expect(await memberships.suspend(actor, authority, org, target)).toEqual(beyond)
      expect(await memberships.remove(actor, authority, org, target)).toEqual(beyond)
    }
    expect(await memberships.add(actor, authority, org, await world.person(), ['owner'])).toEqual(beyond)
    const both = await world.join(org, ['owner', 'member'])
    expect(await memberships.setRoles(actor, authority, org, both, ['owner']), 'though they may take it').toEqual(
      beyond,
    )
    must(await memberships.setRoles(actor, authority, org, member, []))
    must(await memberships.suspend(actor, authority, org, member))
    expect(await memberships.readmit(actor, authority, org, other)).toEqual(beyond)
    must(await memberships.remove(actor, authority, org, member))
    expect(await world.keysOf(org, owner)).toEqual(['owner'])
  })

  it('[MON-13] whoever reaches beyond it stands in the log of the organisation, and who may do it, does not', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const [admin, member] = [await world.join(org, ['admin']), await world.join(org, ['member'])]
    const authority = await world.authorityOf(org, admin)
    const { memberships, invitations } = world
    const stranger = await world.person()
    expect(await memberships.setRoles(world.as(admin), authority, org, member, ['owner'])).toEqual(
      refused('beyond-authority'),
    )
    expect(await memberships.add(world.as(admin), authority, org, stranger, ['owner'])).toEqual(
      refused('beyond-authority'),
    )
    const wanted = { email: 'new@example.com', roles: ['owner'] }
    expect(await invitations.invite(world.as(admin), authority, org, wanted)).toEqual(refused('beyond-authority'))
    must(await memberships.setRoles(world.as(admin), authority, org, member, []))
    const rows = await inOrganisation(world.services.database.app, org, (tx) =>
      tx
        .selectFrom('events')
        .select(['actor_id', 'target_id', 'org_id', 'after'])
        .where('action', '=', 'role.grant_refused')
        .orderBy('id')
        .execute(),
    )
    const of = { actor_id: admin, target_id: org, org_id: orgId.toUuid(org) }
    expect(rows).toEqual([
      { ...of, after: { roles: ['owner'], member } },
      { ...of, after: { roles: ['owner'], member: stranger } },
      { ...of, after: { roles: ['owner'] } },
    ])
  })

  it('takes the permission for each thing: a member does none of them', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const member = await world.join(org, ['member'])
    const [authority, actor] = [await world.authorityOf(org, member), world.as(member)]
    const { memberships } = world
    const forbidden = refused('forbidden')
    expect(await memberships.setRoles(actor, authority, org, member, ['owner'])).toEqual(forbidden)
    expect(await memberships.suspend(actor, authority, org, owner)).toEqual(forbidden)
    expect(await memberships.readmit(actor, authority, org, owner)).toEqual(forbidden)
    expect(await memberships.remove(actor, authority, org, owner)).toEqual(forbidden)
    expect(await memberships.add(actor, authority, org, await world.person(), [])).toEqual(forbidden)
    expect(await memberships.add(actor, authority, org, serviceAccountId.generate(), [])).toEqual(forbidden)
    must(await memberships.leave(actor, org, member))
  })

  it('[MON-11] [TOS-3] reaches no other organisation: what is named there is not there', async () => {
    const world = await orgsWorld()
    const [acme, globex] = [await world.company('acme'), await world.company('globex')]
    const bob = await world.join(globex.org, ['member'])
    const authority = await world.authorityOf(acme.org, acme.owner)
    const actor = world.as(acme.owner)
    const { memberships } = world
    expect(await memberships.remove(actor, authority, acme.org, bob)).toEqual(refused('no-member'))
    expect(await memberships.setRoles(actor, authority, acme.org, bob, ['owner'])).toEqual(refused('no-member'))
    expect(await memberships.find(acme.org, bob)).toBeUndefined()
    expect(await world.keysOf(globex.org, bob)).toEqual(['member'])
  })
})

describe('memberships, when there are many,', () => {
  it('are looked up by index alone, whatever is asked of one person or one organisation', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const admin = await world.database.superuser()
    await admin.query(`SET session_replication_role = replica`)
    await admin.query(`INSERT INTO organisations (id, slug, name, status, template, policy, settings, created_at)
      SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'o-' || n, 'O', 'active', 'basic', '{}', '{}', now()
      FROM generate_series(1, 2000) n`)
    await admin.query(`INSERT INTO memberships (org_id, member_id, member_kind, status, joined_at)
      SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % 2000), 12, '0'))::uuid,
        ('00000001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'person', 'active', now()
      FROM generate_series(1, 40000) n`)
    await admin.query(`INSERT INTO membership_roles (org_id, member_id, role_id, given_at)
      SELECT org_id, member_id, (SELECT id FROM roles WHERE template = 'basic' AND key = 'member'), now() FROM memberships
      WHERE NOT EXISTS (SELECT FROM membership_roles r WHERE r.member_id = memberships.member_id)`)
    await admin.query('ANALYZE organisations, memberships, membership_roles, roles')
    const { app } = world.services.database
    const texts = await statementsDuring(async () => {
      await world.memberships.find(org, owner)
      await world.memberships.list({ org, limit: 50, after: owner })
      await world.memberships.list({ org, limit: 50, kind: 'service' })
      await world.memberships.organisationsOf(owner)
      await world.seats.toChoose(app, owner)
      await world.seats.named(app, owner, 'acme')
      await world.organisations.find(org)
      const second = await world.join(org, ['owner'])
      must(await world.memberships.leave(world.as(second), org, second))
    })
    const ours = texts.filter((text) => /\b(memberships|organisations|membership_roles)\b/.test(text))
    expect(ours.length).toBeGreaterThan(8)
    for (const text of new Set(ours)) {
      const { rows } = await sql.raw<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${text}`).execute(app)
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan, text).not.toMatch(/Seq Scan on (memberships|organisations|membership_roles)/)
    }
  })
})
