import { describe, expect, it, vi } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { inOrganisation, inTransaction } from '../../src/db/transaction.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { OrgId } from '../../src/orgs/org.ts'
import { eventually } from '../support/eventually.ts'
import { by, must, type OrgsWorld, orgsWorld, password } from './support.ts'

const DAY = 24 * 3_600_000
const refused = (error: unknown) => ({ ok: false, error })
type Outcome = { readonly ok: boolean }
const chosen = { name: 'Nora New', password: new Secret(password), locale: 'de' }
const email = 'Nora.New@example.com'

const invite = (world: OrgsWorld, org: OrgId, to = email, roles: readonly string[] = ['member']) =>
  world.invitations.invite(by, instanceAuthority, org, { email: to, roles })

/** Answers how many letters they were. */
async function usingUp(world: OrgsWorld, org: OrgId): Promise<number> {
  const { id } = must(await invite(world, org))
  const again = () => world.invitations.resend(by, instanceAuthority, org, id)
  for (let letters = 1; ; letters += 1) if (!(await again()).ok) return letters
}

async function invited(to = email) {
  const world = await orgsWorld()
  const { org, owner } = await world.company()
  const invitation = must(await invite(world, org, to))
  return { world, org, owner, invitation, token: await world.newestToken() }
}

describe('an invitation', () => {
  it('opens a page that says where, as what, until when and who asks; looking uses nothing up', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const authority = await world.authorityOf(org, owner)
    must(await world.invitations.invite(world.as(owner), authority, org, { email, roles: ['admin', 'member'] }))
    const token = await world.newestToken()
    for (let times = 0; times < 3; times += 1)
      expect(await world.invitations.look(token)).toMatchObject({
        organisation: { slug: 'acme', name: 'Acme' },
        roles: [{ name: 'Administrator' }, { name: 'Member' }],
        email,
        inviter: 'Olga Owner',
        expiresAt: new Date(world.clock.now().getTime() + 7 * DAY),
        hasAccount: false,
      })
  })

  it('makes an account for whoever has none: verified by the link, with the password chosen, as a member', async () => {
    const { world, org, token } = await invited()
    const { person } = must(await world.invitations.acceptAsNew(by, token, chosen))
    expect(await world.people.users.find(person)).toMatchObject({
      email,
      name: 'Nora New',
      emailVerified: true,
      locale: 'de',
    })
    expect(await world.people.passwords.verify(person, new Secret(password))).toBe('match')
    expect(await world.keysOf(org, person)).toEqual(['member'])
    const [membership, accepted] = (await world.events()).slice(-2)
    expect(membership).toMatchObject({ action: 'membership.created', target_id: person })
    expect(accepted).toMatchObject({ action: 'invitation.accepted', after: { member: person, roles: ['member'] } })
  })

  it('works once, also when twenty accept at the same moment (threat 33)', async () => {
    const { world, org, token } = await invited()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.invitations.acceptAsNew(by, token, chosen)),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await world.memberships.list({ org, limit: 10 })).toHaveLength(2)
    expect(await world.people.users.list({ limit: 10 })).toHaveLength(2)
    expect(await world.invitations.look(token)).toBeUndefined()
    expect(await world.invitations.acceptAsNew(by, token, chosen)).toEqual(refused('dead'))
  })

  it('has passwords for a new account judged so often and no oftener, and stays good', async () => {
    const { world, token } = await invited()
    const judging = vi
      .spyOn(world.people.passwords, 'prepare')
      .mockResolvedValue({ ok: false, error: { reason: 'breached' } })
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.invitations.acceptAsNew(by, token, chosen)),
    )
    expect(
      answers.filter((one) => !one.ok && typeof one.error === 'object' && one.error.reason === 'limited'),
    ).toHaveLength(10)
    expect(judging).toHaveBeenCalledTimes(10)
    judging.mockRestore()
    world.clock.advance(60 * 60_000)
    expect(await world.invitations.acceptAsNew(by, token, chosen)).toMatchObject({ ok: true })
  })

  it('of somebody with an account works once, also when they accept twenty times at once', async () => {
    const { world, org, token } = await invited()
    const nora = await world.person('Nora', { email })
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.invitations.accept(world.as(nora), token, nora)),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await world.keysOf(org, nora)).toEqual(['member'])
    expect((await world.events()).filter(({ action }) => action === 'invitation.accepted')).toHaveLength(1)
  })

  it.each(['withdraw', 'resend'] as const)(
    'opens nothing when the moment before it is accepted belongs to a %s',
    async (act) => {
      const { world, org, invitation, token } = await invited()
      const nora = await world.person('Nora', { email })
      const { app } = world.services.database
      const waiting = (count: number) =>
        eventually(async () => {
          const admin = await world.database.superuser()
          const { rows } = await admin.query(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          )
          return rows.length >= count ? true : undefined
        })
      // Both have seen an open invitation before either may write, and the one that ends it is first in the queue.
      const begun: { ended?: Promise<Outcome>; accepted?: Promise<Outcome> } = {}
      await inOrganisation(app, org, async (tx) => {
        await tx.selectFrom('organisations').select('id').where('slug', '=', 'acme').forNoKeyUpdate().execute()
        begun.ended = world.invitations[act](by, instanceAuthority, org, invitation.id)
        await waiting(1)
        begun.accepted = world.invitations.accept(world.as(nora), token, nora)
        await waiting(2)
      })
      expect(await begun.ended).toMatchObject({ ok: true })
      expect(await begun.accepted).toEqual(refused('dead'))
      expect(await world.keysOf(org, nora)).toBeUndefined()
    },
  )

  it('is for the invited address alone, and only once it is proven (threat 22)', async () => {
    const { world, org, token } = await invited()
    const other = await world.person('Mallory')
    expect(await world.invitations.accept(world.as(other), token, other)).toEqual(refused('other-person'))
    const nora = await world.person('Nora', {
      email: email.toUpperCase().replace('@EXAMPLE', '@example'),
      verified: false,
    })
    expect(await world.invitations.accept(world.as(nora), token, nora)).toEqual(refused('unverified'))
    expect(await world.keysOf(org, nora)).toBeUndefined()
    const { app } = world.services.database
    must(await inTransaction(app, (tx) => world.people.users.verifyEmail(tx, by, nora, email)))
    must(await world.invitations.accept(world.as(nora), token, nora))
  })

  it('is nothing for an account that may not sign in, whoever still holds a session of it', async () => {
    const { world, org, token } = await invited()
    const nora = await world.person('Nora', { email })
    must(await world.people.users.disable(by, nora))
    expect(await world.invitations.accept(world.as(nora), token, nora)).toEqual(refused('other-person'))
    expect(await world.keysOf(org, nora)).toBeUndefined()
    must(await world.people.users.enable(by, nora))
    must(await world.invitations.accept(world.as(nora), token, nora))
  })

  it('never makes a second account for an address that has one, and says so to the holder of the link', async () => {
    const { world, token } = await invited()
    await world.person('Nora', { email, verified: false })
    expect(await world.invitations.look(token)).toMatchObject({ hasAccount: true })
    expect(await world.invitations.acceptAsNew(by, token, chosen)).toEqual(refused('has-account'))
    expect(await world.invitations.look(token), 'the link stays good for its owner').toBeDefined()
  })

  it('says what is wrong with a name or a password, and stays good', async () => {
    const { world, token } = await invited()
    const weak = { ...chosen, name: ' ', password: new Secret('short') }
    expect(await world.invitations.acceptAsNew(by, token, weak)).toMatchObject({
      ok: false,
      error: { reason: 'refused', problems: { name: 'missing', password: { reason: 'too-short' } } },
    })
    must(await world.invitations.acceptAsNew(by, token, chosen))
  })

  it('goes out for no organisation that is suspended: neither a new letter nor another one, until it is active again', async () => {
    const { world, org, invitation } = await invited()
    const again = () => world.invitations.resend(by, instanceAuthority, org, invitation.id)
    must(await world.organisations.suspend(by, org))
    const before = [await world.letters(), await world.events()]
    expect(await invite(world, org, 'second@example.com')).toEqual(refused('not-active'))
    expect(await again()).toEqual(refused('not-active'))
    expect([await world.letters(), await world.events()]).toEqual(before)
    must(await world.organisations.activate(by, org))
    must(await invite(world, org, 'second@example.com'))
    must(await again())
    expect(await world.letters()).toHaveLength(3)
  })

  it('is dead for every reason alike: made up, too old, withdrawn, of a suspended or deleted organisation', async () => {
    const { world, org, invitation, token } = await invited()
    const dead = async (what: string) => {
      expect(await world.invitations.look(token), what).toBeUndefined()
      expect(await world.invitations.acceptAsNew(by, token, chosen), what).toEqual(refused('dead'))
    }
    expect(await world.invitations.look('A'.repeat(43))).toBeUndefined()
    expect(await world.invitations.look("' OR 1=1")).toBeUndefined()
    must(await world.organisations.suspend(by, org))
    await dead('suspended')
    must(await world.organisations.activate(by, org))
    expect(await world.invitations.look(token)).toBeDefined()
    world.clock.advance(7 * DAY)
    await dead('too old')
    world.clock.advance(-7 * DAY)
    must(await world.invitations.withdraw(by, instanceAuthority, org, invitation.id))
    await dead('withdrawn')
    expect(await world.invitations.withdraw(by, instanceAuthority, org, invitation.id)).toEqual(refused('ended'))
  })

  it('sent again has another link, and the one before is dead; five letters are the most', async () => {
    const { world, org, invitation, token } = await invited()
    world.clock.advance(DAY)
    const again = must(await world.invitations.resend(by, instanceAuthority, org, invitation.id))
    expect(again.expiresAt.getTime()).toBe(invitation.expiresAt.getTime() + DAY)
    expect(await world.invitations.look(token)).toBeUndefined()
    const second = await world.newestToken()
    expect(await world.invitations.look(second)).toBeDefined()
    for (let times = 3; times <= 5; times += 1)
      must(await world.invitations.resend(by, instanceAuthority, org, invitation.id))
    expect(await world.invitations.resend(by, instanceAuthority, org, invitation.id)).toEqual(refused('most-letters'))
    expect(await world.letters()).toHaveLength(5)
    must(await world.invitations.acceptAsNew(by, await world.newestToken(), chosen))
    expect(await world.invitations.resend(by, instanceAuthority, org, invitation.id)).toEqual(refused('ended'))
  })

  it('is not used up by others: two organisations at their most leave a third one all of its own', async () => {
    const world = await orgsWorld()
    const companies = []
    for (let n = 0; n < 3; n += 1) companies.push((await world.company(`company-${n}`)).org)
    const letters = companies.map(async (org) => usingUp(world, org))
    expect(await Promise.all(letters)).toEqual([5, 5, 5])
    expect(await world.letters()).toHaveLength(15)
  })

  it('fills nobody’s mailbox: thirty letters an hour to one address, and whoever comes then is not told why', async () => {
    const world = await orgsWorld()
    for (let n = 0; n < 6; n += 1) await usingUp(world, (await world.company(`company-${n}`)).org)
    expect(await world.letters()).toHaveLength(30)
    const { org } = await world.company('late')
    expect(await invite(world, org)).toEqual(refused('not-now'))
    must(await invite(world, org, 'somebody-else@example.com'))
    world.clock.advance(2 * 3_600_000)
    must(await invite(world, org))
  })

  it('keeps nobody from a letter that they ask for themselves, of whatever kind', async () => {
    const world = await orgsWorld()
    for (let n = 0; n < 6; n += 1) await usingUp(world, (await world.company(`company-${n}`)).org)
    const { limits, emailKey } = world.people.guard
    const nora = { email: emailKey(email) }
    expect((await limits.take('recovery', nora)).ok).toBe(true)
    expect((await limits.take('mail', nora)).ok).toBe(true)
    for (const purpose of ['recovery', 'registration', 'email-change'] as const)
      expect((await limits.take('mail', { ...nora, purpose })).ok, purpose).toBe(true)
  })

  it('an organisation has five letters an hour for an address, and what is refused counts as none', async () => {
    const world = await orgsWorld()
    const [ours, theirs] = [await world.company('ours'), await world.company('theirs')]
    const member = await world.join(ours.org, ['admin'])
    const authority = await world.authorityOf(ours.org, member)
    for (let times = 0; times < 12; times += 1) {
      const beyond = await world.invitations.invite(world.as(member), authority, ours.org, { email, roles: ['owner'] })
      expect(beyond).toEqual(refused('beyond-authority'))
    }
    const first = must(await invite(world, ours.org))
    for (let times = 0; times < 12; times += 1)
      expect(await invite(world, ours.org)).toEqual(refused('already-invited'))
    for (let times = 2; times <= 5; times += 1)
      must(await world.invitations.resend(by, instanceAuthority, ours.org, first.id))
    must(await world.invitations.withdraw(by, instanceAuthority, ours.org, first.id))
    expect(await invite(world, ours.org)).toMatchObject({ error: { reason: 'too-many-letters' } })
    must(await invite(world, theirs.org))
    must(await invite(world, ours.org, 'other@example.com'))
  })

  it('is one at a time for an address, in any spelling, until it has expired', async () => {
    const { world, org } = await invited()
    expect(await invite(world, org, email.toLowerCase())).toEqual(refused('already-invited'))
    world.clock.advance(8 * DAY)
    must(await invite(world, org, email.toLowerCase()))
    expect(await world.invitations.list({ org, limit: 10 })).toMatchObject([
      { email: email.toLowerCase(), expired: false },
    ])
    const both = await Promise.all([invite(world, org, 'new@example.com'), invite(world, org, 'NEW@example.com')])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('is refused for a member, an address that is none, and a role that there is not', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    await world.join(org, ['member'], await world.person('Bob', { email: 'bob@example.com' }))
    expect(await invite(world, org, 'BOB@example.com')).toEqual(refused('already-member'))
    expect(await invite(world, org, 'nobody')).toEqual(refused('email-invalid'))
    expect(await invite(world, org, email, ['king'])).toEqual(refused({ reason: 'roles-unknown', unknown: ['king'] }))
    expect(await world.letters()).toEqual([])
  })

  it('tells an inviter nothing of whether an address has an account (threat 25)', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    await world.person('Known', { email: 'known@example.com' })
    const authority = await world.authorityOf(org, owner)
    const ask = async (to: string) =>
      must(await world.invitations.invite(world.as(owner), authority, org, { email: to, roles: [] }))
    const shape = ({ id: _, email: __, ...rest }: Awaited<ReturnType<typeof ask>>) => rest
    expect(shape(await ask('known@example.com'))).toEqual(shape(await ask('stranger@example.com')))
    const listed = await world.invitations.list({ org, limit: 10 })
    expect(new Set(listed.map((one) => Object.keys(one).sort().join())).size).toBe(1)
    const sent = (await world.events()).filter(({ action }) => action === 'invitation.sent')
    expect(new Set(sent.map(({ after }) => JSON.stringify(after))).size).toBe(1)
  })

  it('keeps the address and the token out of every table, but for the sealed one (no plain text anywhere)', async () => {
    const { world, token } = await invited('very.rare.mailbox@example.org')
    const admin = await world.database.superuser()
    const { rows: tables } = await admin.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    )
    for (const { name } of tables) {
      const { rows } = await admin.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`)
      for (const { text } of rows) {
        expect(text, name).not.toContain('very.rare.mailbox')
        expect(text, name).not.toContain(Buffer.from('very.rare.mailbox').toString('hex'))
        expect(text, name).not.toContain(token)
      }
    }
  })
})

describe('on whose authority', () => {
  it('nobody invites into a role that they could not give, or without the permission', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const [admin, member] = [await world.join(org, ['admin']), await world.join(org, ['member'])]
    const ask = async (who: typeof admin, roles: string[]) =>
      world.invitations.invite(world.as(who), await world.authorityOf(org, who), org, { email, roles })
    expect(await ask(admin, ['admin'])).toEqual(refused('beyond-authority'))
    expect(await ask(admin, ['member', 'owner'])).toEqual(refused('beyond-authority'))
    expect(await ask(member, ['member'])).toEqual(refused('forbidden'))
    expect(await world.letters()).toEqual([])
    const invitation = must(await invite(world, org, email, ['owner']))
    const authority = await world.authorityOf(org, admin)
    expect(await world.invitations.resend(world.as(admin), authority, org, invitation.id)).toEqual(
      refused('beyond-authority'),
    )
    expect(await world.invitations.withdraw(world.as(admin), authority, org, invitation.id)).toEqual(
      refused('beyond-authority'),
    )
  })

  it.each([
    [
      'was removed',
      async (world: OrgsWorld, org: OrgId, id) =>
        void must(await world.memberships.remove(by, instanceAuthority, org, id)),
    ],
    [
      'was suspended',
      async (world: OrgsWorld, org: OrgId, id) =>
        void must(await world.memberships.suspend(by, instanceAuthority, org, id)),
    ],
    [
      'was given less',
      async (world: OrgsWorld, org: OrgId, id) =>
        void must(await world.memberships.setRoles(by, instanceAuthority, org, id, ['member'])),
    ],
    [
      'may not sign in any more',
      async (world: OrgsWorld, _org: OrgId, id) => void must(await world.people.users.disable(by, id)),
    ],
  ] as [string, (world: OrgsWorld, org: OrgId, id: Parameters<OrgsWorld['as']>[0]) => Promise<void>][])(
    'it is dead when the member who sent it %s, until somebody else sends it again',
    async (_what, befalls) => {
      const world = await orgsWorld()
      const { org, owner } = await world.company()
      const admin = await world.join(org, ['admin'])
      const invitation = must(
        await world.invitations.invite(world.as(admin), await world.authorityOf(org, admin), org, {
          email,
          roles: ['member'],
        }),
      )
      const token = await world.newestToken()
      await befalls(world, org, admin)
      expect(await world.invitations.look(token)).toBeUndefined()
      expect(await world.invitations.acceptAsNew(by, token, chosen)).toEqual(refused('dead'))
      must(await world.invitations.resend(world.as(owner), await world.authorityOf(org, owner), org, invitation.id))
      must(await world.invitations.acceptAsNew(by, await world.newestToken(), chosen))
    },
  )

  it('it is dead while the program that sent it is disabled', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const robot = await world.program(org)
    must(await world.memberships.add(by, instanceAuthority, org, robot, ['admin']))
    const asRobot = { actor: { kind: 'client', id: robot } } as const
    const authority = await world.authorityOf(org, robot)
    must(await world.invitations.invite(asRobot, authority, org, { email, roles: ['member'] }))
    const token = await world.newestToken()
    expect(await world.invitations.look(token)).toBeDefined()
    await world.setStatus(org, robot, 'disabled')
    expect(await world.invitations.look(token)).toBeUndefined()
    expect(await world.invitations.acceptAsNew(by, token, chosen)).toEqual(refused('dead'))
  })

  it('a role that somebody is invited to is not widened by who could not have invited them to it', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const own = (key: string, ...names: string[]) =>
      world.access.create(by, instanceAuthority, org, { key, name: key, permissions: { hearthkey: names } })
    must(await own('keeper', 'roles.manage', 'members.read'))
    must(await own('reader'))
    const invitation = must(await invite(world, org, email, ['reader']))
    const keeper = await world.join(org, ['keeper'])
    const authority = await world.authorityOf(org, keeper)
    const widen = () =>
      world.access.update(world.as(keeper), authority, org, 'reader', { allow: { hearthkey: ['members.read'] } })
    expect(await widen()).toEqual(refused({ reason: 'widens-held' }))
    must(await world.invitations.withdraw(by, instanceAuthority, org, invitation.id))
    must(await widen())
  })

  it('an administrator of the instance invites without being a member, as long as they are one', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const [first, second] = [await world.person('Root', { admin: true }), await world.person('Spare', { admin: true })]
    must(await world.invitations.invite(world.as(first), instanceAuthority, org, { email, roles: ['owner'] }))
    const token = await world.newestToken()
    expect(await world.invitations.look(token)).toMatchObject({ inviter: 'Root', roles: [{ name: 'Owner' }] })
    must(await world.people.users.disable(world.as(second), first))
    expect(await world.invitations.look(token)).toBeUndefined()
  })

  it('[TOS-3] an invitation of another organisation is not there', async () => {
    const { world, invitation } = await invited()
    const other = await world.company('globex')
    const authority = await world.authorityOf(other.org, other.owner)
    const actor = world.as(other.owner)
    expect(await world.invitations.resend(actor, authority, other.org, invitation.id)).toEqual(refused('no-invitation'))
    expect(await world.invitations.withdraw(actor, authority, other.org, invitation.id)).toEqual(
      refused('no-invitation'),
    )
    expect(await world.invitations.list({ org: other.org, limit: 10 })).toEqual([])
  })
})

describe('the letter', () => {
  it('goes to the stored spelling of somebody known, in their language, and leads to the issuer (threats 23, 26)', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    await world.person('Zoë', { email: 'Zoe@Example.com' })
    must(
      await world.invitations.invite(world.as(owner), await world.authorityOf(org, owner), org, {
        email: 'ZOE@example.com',
        roles: ['member'],
        locale: 'de',
      }),
    )
    const [letter] = await world.letters()
    expect(letter).toMatchObject({
      to: 'Zoe@Example.com',
      name: 'Zoë',
      message: 'invitation',
      subject: 'Hearthkey: Einladung zu Acme',
    })
    expect(letter?.text).toContain('Olga Owner lädt Sie ein')
    expect(letter?.text).toContain('7 Tage')
    expect(letter?.links).toHaveLength(1)
    expect(new URL(letter?.links[0] ?? '').origin).toBe('https://id.example.com')
  })

  it('makes no link and no markup of a name that somebody chose (threat 29)', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    must(await world.organisations.update(by, instanceAuthority, org, { name: 'http://evil.example/<b>win</b>' }))
    must(await invite(world, org))
    const [letter] = await world.letters()
    expect(letter?.links).toHaveLength(1)
    for (const text of [letter?.subject, letter?.text, letter?.html]) {
      expect(text).not.toContain('evil.example')
      expect(text).not.toContain('://evil')
    }
    expect(letter?.html).not.toContain('<b>win')
  })
})
