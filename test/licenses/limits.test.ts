import { describe, expect, it } from 'vitest'
import { openPeople } from '../../src/instance/people.ts'
import { openServices } from '../../src/instance/services.ts'
import { quickHasher } from '../support/hasher.ts'
import { captureLog } from '../support/log.ts'
import { instance, operator, people, person } from './instance.ts'
import { DAY } from './support.ts'

const near = /nine tenths/

describe('[STO-10] limits, by several processes', () => {
  it('hold when two give away the last places at the same moment', async () => {
    const { app, install } = await instance()
    const { config, clock, database } = app
    const { log } = captureLog()
    const actor = { kind: 'system', id: 'test' } as const
    const services = await openServices({ config, target: database.target, clock, log, actor, bootstrap: false })
    const others = openPeople({ ...services, config, clock, log, hasher: quickHasher(log) })
    await install({ limits: { users: 5 } })
    const tried = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        n % 2 === 0
          ? person(app, `here${n}`)
          : others.users.create(operator, { email: `there${n}@example.com`, name: `there${n}` }),
      ),
    )
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    const reasons = tried.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))
    expect(new Set(reasons)).toEqual(new Set(['license-limit-reached']))
    await others.close()
    await services.close()
  })
})

describe('[STO-10] what is nearly used up', () => {
  it('is said at a start and once a day, also of a licence that was small from its first day', async () => {
    const { app, licenses, install } = await instance()
    await people(app, 9)
    const said = () => app.log.lines().filter(({ msg }) => near.test(String(msg)))
    await licenses.check()
    await install({ limits: { users: 11 } })
    await licenses.check()
    expect(said(), 'nine of eleven').toEqual([])
    await install({ limits: { users: 10 } })
    await licenses.check()
    await licenses.check()
    expect(said()).toEqual([expect.objectContaining({ level: 'warn', limited: 'users', used: 9, limit: 10 })])
    app.clock.advance(DAY * 1000)
    await licenses.check()
    expect(said()).toHaveLength(2)
  })

  it.each([
    [1, 1],
    [3, 3],
    [7, 7],
    [10, 9],
    [11, 10],
  ])('of %i users is said with number %i', async (limit, first) => {
    const { app, install, events } = await instance()
    await install({ limits: { users: limit } })
    await people(app, first - 1)
    expect(app.log.text()).not.toMatch(near)
    await person(app, 'one-more')
    expect(app.log.text()).toMatch(near)
    expect((await events()).at(-1)).toMatchObject({ action: 'license.limit_near', after: { used: first, limit } })
  })
})
