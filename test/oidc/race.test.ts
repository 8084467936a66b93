import { expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { Exchange } from '../../src/http/exchange.ts'
import { hangingOnSessions } from '../../src/instance/hanging-on-sessions.ts'
import { createAdapters } from '../../src/oidc/artifacts/adapter.ts'
import { Unit } from '../../src/oidc/unit/unit.ts'
import { committing, within } from '../../src/oidc/unit/units.ts'
import { invoicing } from './organisations-support.ts'
import { openHouse } from './support.ts'

it.each(['alone', 'for an organisation'])(
  'whoever read a code as unused and was too late has replayed it: %s',
  async (what) => {
    const house = await parts()
    const { services, sessions, companies, clock, exchange } = house
    const { id: accountId } = await house.addPerson()
    const organisation =
      what === 'alone' ? undefined : (await (await invoicing(house)).company([[accountId, 'viewer']])).id
    const adapter = createAdapters({
      sealer: services.keyring.instance,
      sessions,
      organisations: companies.orgs.seats,
      clock,
      expectAccount: async () => undefined,
      expectSignIn: async () => undefined,
    })('AuthorizationCode')
    const unit = () => new Unit(services.database.app, exchange)
    const [issuing, first, second] = [unit(), unit(), unit()]
    issuing.organisation = organisation
    const code = { grantId: 'the-grant', accountId, exp: 4_000_000_000 }
    await within(issuing, () => adapter.upsert('the-code', code, 60))
    await issuing.commit()

    for (const reader of [first, second])
      expect((await within(reader, () => adapter.find('the-code')))?.consumed).toBeUndefined()
    await within(first, () => adapter.consume('the-code'))
    const late = expect(within(second, () => adapter.consume('the-code'))).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    await first.commit()
    await late
    await second.rollback()
    expect(first.seat?.seat?.organisation.id).toBe(organisation)
    expect(second.seat).toBeUndefined()
    expect([...first.revokedGrants]).toEqual([])
    expect([...second.revokedGrants]).toEqual(['the-grant'])
  },
)

it('an interaction that another tab has finished meanwhile does not rise again by the answer of this one', async () => {
  const { services, sessions, companies, clock, exchange } = await parts()
  const { app: db } = services.database
  const organisations = companies.orgs.seats
  const nobody = async () => undefined
  const sealer = services.keyring.instance
  const adapter = createAdapters({
    sealer,
    sessions,
    organisations,
    clock,
    expectAccount: nobody,
    expectSignIn: nobody,
  })('Interaction')
  const inUnit = async <T>(unit: Unit, work: () => Promise<T>): Promise<T> => {
    const result = await within(unit, work)
    await unit.commit()
    return result
  }
  const interaction = { uid: 'the-uid', params: { client_id: 'x' }, exp: 4_000_000_000 }
  const find = () => inUnit(new Unit(db, exchange), () => adapter.find('the-uid'))
  await inUnit(new Unit(db, exchange), () => adapter.upsert('the-uid', interaction, 60))
  const looked = new Unit(db, exchange)
  await inUnit(looked, () => adapter.find('the-uid'))

  const answering = () => new Unit(db, exchange, { before: looked })
  const answer = () => adapter.upsert('the-uid', { ...interaction, result: { consent: { grantId: 'g' } } }, 60)
  await inUnit(answering(), answer)
  expect(await find()).toMatchObject({ result: { consent: { grantId: 'g' } } })

  await inUnit(new Unit(db, exchange), () => adapter.destroy('the-uid'))
  await expect(inUnit(answering(), answer)).rejects.toMatchObject({ code: 'interaction-gone' })
  expect(await find()).toBeUndefined()
})

it('what was granted together with an answer that came too late is not kept: all of it, or nothing', async () => {
  const { services, sessions, companies, clock, exchange } = await parts()
  const { app: db } = services.database
  const nobody = async () => undefined
  const adapters = createAdapters({
    sealer: services.keyring.instance,
    sessions,
    organisations: companies.orgs.seats,
    clock,
    expectAccount: nobody,
    expectSignIn: nobody,
  })
  const interaction = { uid: 'the-uid', params: { client_id: 'x' }, exp: 4_000_000_000 }
  const inUnit = (unit: Unit, work: () => Promise<unknown>) => committing(unit, work)
  await inUnit(new Unit(db, exchange), () => adapters('Interaction').upsert('the-uid', interaction, 60))
  const looked = new Unit(db, exchange)
  await inUnit(looked, () => adapters('Interaction').find('the-uid'))
  await inUnit(new Unit(db, exchange), () => adapters('Interaction').destroy('the-uid'))

  const late = new Unit(db, exchange, { before: looked })
  const consenting = inUnit(late, async () => {
    await adapters('Grant').upsert('the-grant', { accountId: 'x', clientId: 'app', exp: 4_000_000_000 }, 60)
    await adapters('Interaction').upsert('the-uid', { ...interaction, result: { consent: { grantId: 'g' } } }, 60)
  })
  await expect(consenting).rejects.toMatchObject({ code: 'interaction-gone' })
  expect(await db.selectFrom('oidc_artifacts').select('kind').execute()).toEqual([])
})

it('a code that is on its way while its session is ended is not issued, nor anything with it', async () => {
  const house = await parts()
  const { services, sessions, companies, clock, exchange } = house
  const db = services.database.app
  const person = await house.addPerson()
  const by = { actor: { kind: 'person', id: person.id } } as const
  const signIn = { user: person.id, amr: ['pwd'], acr: 'aal1', userAgent: undefined, ip: '192.0.2.1', at: clock.now() }
  const session = await inTransaction(db, (tx) => sessions.start(tx, by, signIn))
  const adapters = createAdapters({
    sealer: services.keyring.instance,
    sessions,
    organisations: companies.orgs.seats,
    clock,
    expectAccount: async () => undefined,
    expectSignIn: async () => undefined,
  })
  const issuing = new Unit(db, exchange)
  await within(issuing, async () => {
    await adapters('Grant').upsert('the-grant', { accountId: person.id, clientId: 'app', exp: 4_000_000_000 }, 60)
    await adapters('AuthorizationCode').upsert('late', { grantId: 'the-grant', sid: session, exp: 4_000_000_000 }, 60)
  })
  await inTransaction(db, async (tx) => {
    await sessions.endAllOf(tx, by, person.id, { reason: 'password-changed' })
    await hangingOnSessions(services).grants.revokeAllOf(tx, by, person.id, 'password-changed')
  })
  await expect(issuing.commit()).rejects.toMatchObject({ code: 'interaction-gone' })
  await issuing.rollback()
  expect(await db.selectFrom('oidc_artifacts').select('kind').execute()).toEqual([])
})

it('[threat 7] a grant that is revoked while a sign-in builds on it does not rise again, and one that stands is kept longer', async () => {
  const house = await parts()
  const { services, sessions, companies, clock, exchange } = house
  const db = services.database.app
  const person = await house.addPerson()
  const by = { actor: { kind: 'person', id: person.id } } as const
  const signIn = { user: person.id, amr: ['pwd'], acr: 'aal1', userAgent: undefined, ip: '192.0.2.1', at: clock.now() }
  const session = await inTransaction(db, (tx) => sessions.start(tx, by, signIn))
  const grants = createAdapters({
    sealer: services.keyring.instance,
    sessions,
    organisations: companies.orgs.seats,
    clock,
    expectAccount: async () => undefined,
    expectSignIn: async () => undefined,
  })('Grant')
  const kept = () =>
    db
      .selectFrom('oidc_artifacts')
      .select(['payload', 'expires_at', 'session_id'])
      .where('kind', '=', 'Grant')
      .execute()
  const granted = { accountId: person.id, clientId: 'app' }
  const signingIn = () => Object.assign(new Unit(db, exchange), { agreedIn: session })
  const save = (given: object) => () => grants.upsert('the-grant', { ...granted, ...given }, 60)
  await committing(signingIn(), save({ exp: 4_000_000_000 }))
  const [going, late] = [signingIn(), signingIn()]
  for (const unit of [going, late]) await within(unit, () => grants.find('the-grant'))

  await committing(going, save({ exp: 4_000_000_060, openid: { scope: 'openid email' } }))
  expect(await kept()).toMatchObject([
    {
      payload: { openid: { scope: 'openid email' } },
      expires_at: new Date(4_000_000_060_000),
      session_id: expect.any(String),
    },
  ])
  await inTransaction(db, (tx) => hangingOnSessions(services).grants.revokeAllOf(tx, by, person.id, 'revoked'))
  await expect(committing(late, save({ exp: 4_000_000_120 }))).rejects.toMatchObject({ code: 'interaction-gone' })
  expect(await kept()).toEqual([])
})

async function parts() {
  // Nobody logs and nobody is answered here.
  const exchange: Exchange = Object.create(Exchange.prototype)
  return { ...(await openHouse()), exchange }
}
