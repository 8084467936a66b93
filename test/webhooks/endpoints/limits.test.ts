import { describe, expect, it } from 'vitest'
import type { Id } from '../../../src/lib/ids.ts'
import { endpointsWorld, given, instanceAuthority, must, operator } from './support.ts'

const HOW_MANY = 6

describe('how many webhooks there may be', () => {
  it('[TOS-5] of an organisation as many as the configuration says, also when many are added at once', async () => {
    const world = await endpointsWorld({ webhooks: { mostPerOrganisation: 3 } })
    const { org } = await world.company()
    const { org: other } = await world.company('other')
    const add = (organisation: Id<'org'> | null) =>
      world.endpoints.add(operator, instanceAuthority, given(organisation))
    await world.add(org)
    await world.add(org)
    const tried = await Promise.all(Array.from({ length: HOW_MANY }, () => add(org)))
    expect(tried.filter(({ ok }) => ok)).toHaveLength(1)
    expect(tried.filter(({ ok }) => !ok)).toEqual(
      Array.from({ length: HOW_MANY - 1 }, () => ({ ok: false, error: { reason: 'too-many', most: 3 } })),
    )
    expect(await world.rows('webhook_endpoints')).toBe(3)
    // Others, and the instance, have a number of their own.
    must(await add(other))
    must(await add(null))
  })

  it('of the instance as well', async () => {
    const world = await endpointsWorld({ webhooks: { mostOfInstance: 2, mostPerOrganisation: 0 } })
    const { org } = await world.company()
    const tried = await Promise.all(
      Array.from({ length: HOW_MANY }, () => world.endpoints.add(operator, instanceAuthority, given(null))),
    )
    expect(tried.filter(({ ok }) => ok)).toHaveLength(2)
    expect(await world.endpoints.add(operator, instanceAuthority, given(org))).toEqual({
      ok: false,
      error: { reason: 'too-many', most: 0 },
    })
  })

  it('one that is removed makes room, and one that is disabled does not', async () => {
    const world = await endpointsWorld({ webhooks: { mostPerOrganisation: 1 } })
    const { org } = await world.company()
    const at = await world.add(org)
    must(await world.endpoints.disable(operator, instanceAuthority, at))
    expect(await world.endpoints.add(operator, instanceAuthority, given(org))).toMatchObject({ ok: false })
    must(await world.endpoints.remove(operator, instanceAuthority, at))
    await world.add(org)
  })

  it('a list goes on behind the last one', async () => {
    const world = await endpointsWorld()
    const made = [await world.add(null), await world.add(null), await world.add(null)].map(({ id }) => id)
    const page = (after?: (typeof made)[number]) =>
      world.endpoints.list(instanceAuthority, { organisation: null, after, limit: 2 })
    const first = await page()
    expect(first.map(({ id }) => id)).toEqual(made.slice(0, 2))
    expect((await page(first.at(-1)?.id)).map(({ id }) => id)).toEqual(made.slice(2))
  })
})
