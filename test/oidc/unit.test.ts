import type { MiddlewareContext } from 'oidc-provider'
import { expect, it } from 'vitest'
import { Exchange } from '../../src/http/exchange.ts'
import { settling } from '../../src/oidc/engine/settle.ts'
import { Unit } from '../../src/oidc/unit/unit.ts'
import { currentUnit, within } from '../../src/oidc/unit/units.ts'
import { openHouse } from './support.ts'

/** Whoever keeps the one connection keeps everybody else waiting. */
async function poolOfOne() {
  const { services } = await openHouse({ poolSize: 1 })
  const { app: db } = services.database
  // Nobody logs and nobody is answered here.
  const exchange: Exchange = Object.create(Exchange.prototype)
  const isFree = async () => (await db.selectFrom('users').select('id').execute()).length === 0
  return { services, db, unit: new Unit(db, exchange), isFree }
}

it('a request that fails past every handler of the engine gives its connection back', async () => {
  const { services, db, unit, isFree } = await poolOfOne()
  const context: MiddlewareContext = Object.create(null)
  const settled = settling({ db, events: services.events, tellOfReplay: async () => undefined })
  const failing = within(unit, () =>
    settled(context, async () => {
      await currentUnit().writer()
      throw new Error('past every handler')
    }),
  )
  await expect(failing).rejects.toThrow('past every handler')
  expect(await isFree()).toBe(true)
})

it.each(['commit', 'rollback'] as const)(
  'a branch of a request that comes after its %s begins nothing that nobody would end',
  async (end) => {
    const { unit, isFree } = await poolOfOne()
    await unit.writer()
    await unit[end]()
    await expect(unit.writer()).rejects.toThrow('the request has ended')
    expect(await isFree()).toBe(true)
  },
)
