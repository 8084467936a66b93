import { expect, it } from 'vitest'
import { Exchange } from '../../src/http/exchange.ts'
import { createAdapters } from '../../src/oidc/artifacts/adapter.ts'
import { Unit } from '../../src/oidc/unit/unit.ts'
import { within } from '../../src/oidc/unit/units.ts'
import { openHouse } from './support.ts'

it('whoever read a code as unused and was too late has replayed it', async () => {
  const { services, sessions, clock, exchange } = await parts()
  const adapter = createAdapters({
    sealer: services.keyring.instance,
    sessions,
    clock,
    expectAccount: async () => undefined,
  })('AuthorizationCode')
  const unit = () => new Unit(services.database.app, exchange)
  const [issuing, first, second] = [unit(), unit(), unit()]
  await within(issuing, () => adapter.upsert('the-code', { grantId: 'the-grant', exp: 4_000_000_000 }, 60))
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
  expect([...first.revokedGrants]).toEqual([])
  expect([...second.revokedGrants]).toEqual(['the-grant'])
})

async function parts() {
  // Nobody logs and nobody is answered here.
  const exchange: Exchange = Object.create(Exchange.prototype)
  return { ...(await openHouse()), exchange }
}
