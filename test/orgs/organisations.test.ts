import { describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { inMember, inOrganisation } from '../../src/db/transaction.ts'
import { orgId } from '../../src/orgs/org.ts'
import type { PolicyChange } from '../../src/orgs/policy/change.ts'
import { by, must, orgsWorld } from './support.ts'

describe('an organisation', () => {
  it('begins with an owner in one transaction: both are there, with their events in its scope', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    expect(await world.organisations.find(org)).toMatchObject({ slug: 'acme', status: 'active', template: 'basic' })
    expect(await world.keysOf(org, owner)).toEqual(['owner'])
    const events = await world.events()
    expect(events.map(({ action }) => action)).toEqual(['organisation.created', 'membership.created'])
    expect(new Set(events.map(({ organisation }) => organisation))).toEqual(new Set([orgId.toUuid(org)]))
    expect(events[1]).toMatchObject({ target_kind: 'membership', target_id: owner, after: { roles: ['owner'] } })
  })

  it('with what does not fit is refused by name, and nothing is left of it', async () => {
    const world = await orgsWorld()
    const create = async (change: object) => {
      const made = await world.organisations.create(by, { slug: 'acme', name: 'Acme', template: 'basic', ...change })
      return made.ok ? undefined : made.error
    }
    for (const slug of ['A B', '-a', 'a-', 'a--b', 'a', 'a'.repeat(64), 'org_acme', 'äcme'])
      expect(await create({ slug }), slug).toBe('slug-invalid')
    for (const name of [' ', 'Acme\nEvil', 'Acme\u202eemcA', 'x'.repeat(201)])
      expect(await create({ name }), name).toBe('name-invalid')
    for (const template of ['nobody-knows-it', 'Not A Key', ''])
      expect(await create({ template }), template).toBe('template-unknown')
    for (const quota of [0, -1, 1.5, 2 ** 31]) expect(await create({ quota })).toBe('quota-invalid')
    expect(await world.organisations.list({ limit: 10 })).toEqual([])
    expect(await world.events()).toEqual([])
  })

  it('is not made for an owner who is nobody, or who may not sign in', async () => {
    const world = await orgsWorld()
    const gone = await world.person()
    must(await world.people.users.disable(by, gone))
    const made = await world.organisations.create(by, { slug: 'acme', name: 'Acme', template: 'basic', owner: gone })
    expect(made).toEqual({ ok: false, error: 'owner-unknown' })
    expect(await world.organisations.findBySlug('acme')).toBeUndefined()
  })

  it('has its slug alone, also of twenty made at the same moment, and also after it is gone', async () => {
    const world = await orgsWorld()
    const make = () => world.organisations.create(by, { slug: 'acme', name: 'Acme', template: 'basic' })
    const made = await Promise.all(Array.from({ length: 20 }, make))
    const won = made.flatMap((one) => (one.ok ? [one.value.id] : []))
    expect(won).toHaveLength(1)
    expect(new Set(made.flatMap((one) => (one.ok ? [] : [one.error])))).toEqual(new Set(['slug-taken']))
    must(await world.organisations.remove(by, won[0] ?? orgId.generate()))
    expect(await make()).toEqual({ ok: false, error: 'slug-taken' })
  })

  it('[STO-8] that is deleted is shown by nothing, while the log of events keeps its name', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    must(await world.organisations.remove(by, org))
    expect(await world.organisations.find(org)).toBeUndefined()
    expect(await world.organisations.findBySlug('acme')).toBeUndefined()
    expect(await world.organisations.list({ limit: 10 })).toEqual([])
    expect(await world.memberships.organisationsOf(owner)).toEqual([])
    const { app } = world.services.database
    expect(await world.seats.toChoose(app, owner)).toEqual([])
    expect(await world.seats.named(app, owner, 'acme')).toBeUndefined()
    expect(await inOrganisation(app, org, (tx) => world.seats.seatOf(tx, org, owner))).toBeUndefined()
    expect(await world.organisations.activate(by, org)).toEqual({ ok: false, error: 'not-found' })
    const events = await world.events()
    expect(events[0]?.after).toMatchObject({ name: 'Acme' })
    expect(events.at(-1)).toMatchObject({ action: 'organisation.deleted', before: { status: 'active' } })
  })

  it('that is deleted leaves its domains to others, and no choice that points at it', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const other = await world.company('globex')
    const { app } = world.services.database
    for (const domain of ['example.org', 'example.net']) must(await world.domains.vouch(by, org, domain))
    must(await world.domains.add(by, instanceAuthority, org, 'unproven.example'))
    await app.transaction().execute((tx) => world.seats.remember(tx, owner, 'invoices', org))
    await app.transaction().execute((tx) => world.seats.remember(tx, owner, 'payments', other.org))
    must(await world.organisations.suspend(by, org))
    expect(await world.domains.vouch(by, other.org, 'example.org')).toEqual({ ok: false, error: 'taken' })
    must(await world.organisations.remove(by, org))
    expect(await world.domains.list(org)).toEqual([])
    expect(await world.seats.choicesOf(app, owner)).toMatchObject([{ clientId: 'payments' }])
    const removed = (await world.events()).filter(({ action }) => action === 'domain.removed')
    expect(removed.map(({ target_id, before }) => [target_id, before?.['domain'], before?.['verified']])).toEqual([
      [org, 'example.net', true],
      [org, 'example.org', true],
      [org, 'unproven.example', false],
    ])
    await world.domains.remove(by, instanceAuthority, other.org, 'example.org')
    must(await world.domains.vouch(by, other.org, 'example.org'))
  })

  it('that is suspended seats nobody as active, and comes back as it was', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const { app } = world.services.database
    must(await world.organisations.suspend(by, org))
    expect(await world.organisations.suspend(by, org)).toEqual({ ok: false, error: 'already' })
    expect(await world.seats.toChoose(app, owner)).toEqual([])
    expect(await world.seats.named(app, owner, 'acme')).toBeUndefined()
    const seat = await inOrganisation(app, org, (tx) => world.seats.seatOf(tx, org, owner))
    expect(seat?.organisation.status).toBe('suspended')
    must(await world.organisations.activate(by, org))
    expect(await world.seats.toChoose(app, owner)).toEqual([{ id: org, slug: 'acme', name: 'Acme' }])
  })

  it('announces to services that what was issued for it is dead, when it is suspended or its policy changes', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    must(await world.organisations.update(by, instanceAuthority, org, { name: 'Acme Ltd' }))
    must(await world.organisations.update(by, instanceAuthority, org, { policy: { ipRanges: ['192.0.2.0/24'] } }))
    must(await world.organisations.suspend(by, org))
    const page = must(await world.services.revocations.since(undefined, 10))
    expect(page.entries.map(({ organisation, sub, reason }) => [organisation, sub, reason])).toEqual([
      [org, undefined, 'policy-changed'],
      [org, undefined, 'organisation-suspended'],
    ])
  })

  it('is changed by whoever may manage it, and says what was before', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const member = await world.join(org, ['member'])
    const change = { name: 'Acme Ltd', policy: { mfa: 'required', sessionMaxAge: 3600 } } as const
    const weak = await world.organisations.update(world.as(member), await world.authorityOf(org, member), org, change)
    expect(weak).toEqual({ ok: false, error: 'forbidden' })
    must(await world.organisations.update(world.as(owner), await world.authorityOf(org, owner), org, change))
    expect(await world.organisations.find(org)).toMatchObject(change)
    expect((await world.events()).at(-1)).toMatchObject({
      action: 'organisation.updated',
      before: { name: 'Acme', policy: {} },
      after: { name: 'Acme Ltd', policy: { mfa: 'required', sessionMaxAge: '3600' } },
    })
    const count = (await world.events()).length
    must(await world.organisations.update(by, instanceAuthority, org, change))
    expect(await world.events(), 'what is as it was is no change').toHaveLength(count)
  })

  it('keeps every rule of all who change its policy at the same moment: what one does not name stays', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const rules = {
      mfa: 'required',
      factors: ['passkey', 'totp'],
      grace: 86_400,
      sessionMaxAge: 3600,
      ipRanges: ['192.0.2.0/24'],
    }
    const change = (policy: PolicyChange) => world.organisations.update(by, instanceAuthority, org, { policy })
    const all = Object.entries(rules).map(([field, value]) => ({ [field]: value }))
    for (const done of await Promise.all(all.map(change))) must(done)
    expect((await world.organisations.find(org))?.policy).toEqual(rules)
    const none = Object.keys(rules).map((field) => ({ [field]: null }))
    for (const done of await Promise.all([...none, { membersFrom: 'anywhere' }].map(change))) must(done)
    expect((await world.organisations.find(org))?.policy).toEqual({ membersFrom: 'anywhere' })
  })

  it('has its policy judged as a whole when a change of it has its turn: of two that contradict, one is refused', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const change = (policy: PolicyChange) => world.organisations.update(by, instanceAuthority, org, { policy })
    const done = await Promise.all([change({ mfa: 'phishing-resistant' }), change({ factors: ['totp'] })])
    expect(done.map(({ ok }) => ok).sort()).toEqual([false, true])
    expect(done.find(({ ok }) => !ok)).toMatchObject({
      error: { reason: 'policy-invalid', problems: [{ where: 'factors', reason: expect.stringContaining('passkey') }] },
    })
    expect(await change({ nonsense: null })).toMatchObject({
      error: { problems: [{ where: 'nonsense', reason: expect.stringContaining('is no field') }] },
    })
    for (const policy of [{ mfa: undefined }, {}]) must(await change(policy))
    expect(
      Object.keys((await world.organisations.find(org))?.policy ?? {}),
      'what is undefined is not named',
    ).toHaveLength(1)
  })

  it('gets its quota from the instance alone', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    must(await world.organisations.updateByInstance(by, org, { quota: 600 }))
    expect(await world.organisations.find(org)).toMatchObject({ quota: 600 })
    expect(await world.organisations.updateByInstance(by, org, { quota: 1.5 })).toEqual({
      ok: false,
      error: 'quota-invalid',
    })
    must(await world.organisations.updateByInstance(by, org, { quota: null }))
    expect(await world.organisations.find(org)).toMatchObject({ quota: null })
  })

  it('is changed by the instance in one step, whatever it names: what is refused at the end leaves nothing of the rest', async () => {
    const world = await orgsWorld()
    must(await world.access.apply(by, 'monetro', 'https://monetro.example'))
    const { org } = await world.company()
    const { updateByInstance } = world.organisations
    const whole = {
      name: 'Acme Ltd',
      policy: { mfa: 'required' },
      settings: { currency: 'EUR' },
      quota: 600,
      template: 'monetro',
      auditRetentionDays: 30,
    } as const
    const before = [await world.organisations.find(org), await world.events()]
    const wrong = [
      [{ name: ' ' }, 'name-invalid'],
      [{ policy: { mfa: 'sometimes' } }, { reason: 'policy-invalid' }],
      [{ policy: { membersFrom: 'verified-domains' } }, { reason: 'policy-invalid' }],
      [{ settings: { 'two words': 'x' } }, { reason: 'setting-invalid' }],
      [{ quota: 2 ** 31 }, 'quota-invalid'],
      [{ template: 'nobody-knows-it' }, 'template-unknown'],
      [{ template: 'basic' }, 'already'],
      [{ auditRetentionDays: 0 }, 'retention-invalid'],
    ] as const
    for (const [change, error] of wrong)
      expect(await updateByInstance(by, org, { ...whole, ...change })).toMatchObject({ ok: false, error })
    expect([await world.organisations.find(org), await world.events()]).toEqual(before)
    expect(must(await world.services.revocations.since(undefined, 10)).entries).toEqual([])
    expect(must(await updateByInstance(by, org, whole))).toEqual(await world.organisations.find(org))
    expect(await world.organisations.find(org)).toMatchObject(whole)
    const updated = (await world.events()).filter(({ action }) => action === 'organisation.updated')
    expect(Object.assign({}, ...updated.map(({ after }) => after))).toEqual({
      ...whole,
      policy: { mfa: 'required' },
    })
    expect(await updateByInstance(by, orgId.generate(), whole)).toEqual({ ok: false, error: 'not-found' })
  })

  it('changes nothing that the instance alone may, whoever hands it over beside what they may', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const smuggled = { name: 'Acme Ltd', quota: 1, template: 'storno', status: 'deleted', auditRetentionDays: 1 }
    must(await world.organisations.update(world.as(owner), await world.authorityOf(org, owner), org, smuggled))
    expect(await world.organisations.find(org)).toMatchObject({
      name: 'Acme Ltd',
      quota: null,
      template: 'basic',
      status: 'active',
      auditRetentionDays: null,
    })
  })

  it('is listed in pages, each behind the one before', async () => {
    const world = await orgsWorld()
    for (const slug of ['aa', 'bb', 'cc'])
      must(await world.organisations.create(by, { slug, name: slug, template: 'basic' }))
    const first = await world.organisations.list({ limit: 2 })
    const after = first.at(-1)?.id
    const rest = await world.organisations.list({ limit: 2, ...(after && { after }) })
    expect([...first, ...rest].map(({ slug }) => slug)).toEqual(['aa', 'bb', 'cc'])
  })
})

describe('[STO-6] what a sign-in asks of organisations', () => {
  it('names by id or slug those alone in which somebody is active', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company('acme')
    const other = await world.company('globex')
    const { app } = world.services.database
    expect(await world.seats.named(app, owner, 'acme')).toBe(org)
    expect(await world.seats.named(app, owner, org)).toBe(org)
    for (const text of ['globex', other.org, 'ACME', ' acme', 'nobody', '', `${org} `])
      expect(await world.seats.named(app, owner, text), text).toBeUndefined()
    expect(
      await inMember(app, owner, async (tx) => (await tx.selectFrom('organisations').selectAll().execute()).length),
    ).toBe(1)
  })

  it('remembers a choice by person and application until it is forgotten, or the membership ends', async () => {
    const world = await orgsWorld()
    const { org, owner } = await world.company()
    const { app } = world.services.database
    await app.transaction().execute((tx) => world.seats.remember(tx, owner, 'invoices', org))
    await app.transaction().execute((tx) => world.seats.remember(tx, owner, 'invoices', org))
    expect(await world.seats.remembered(app, owner, 'invoices')).toBe(org)
    expect(await world.seats.remembered(app, owner, 'payments')).toBeUndefined()
    expect(await world.seats.choicesOf(app, owner)).toMatchObject([{ clientId: 'invoices', organisation: org }])
    const second = await world.join(org, ['owner'])
    await app.transaction().execute((tx) => world.seats.remember(tx, second, 'invoices', org))
    const other = await world.company('globex')
    await world.join(other.org, ['member'], second)
    await app.transaction().execute((tx) => world.seats.remember(tx, second, 'payments', other.org))
    must(await world.memberships.suspend(by, instanceAuthority, org, second))
    expect(await world.seats.choicesOf(app, second), 'for whoever is readmitted').toHaveLength(2)
    must(await world.memberships.remove(by, instanceAuthority, org, second))
    expect(await world.seats.choicesOf(app, second)).toMatchObject([{ clientId: 'payments' }])
    expect(await world.seats.forget(owner, 'invoices')).toBe(true)
    expect(await world.seats.forget(owner, 'invoices')).toBe(false)
    expect(await world.seats.remembered(app, owner, 'invoices')).toBeUndefined()
  })
})
