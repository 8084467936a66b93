import { Client } from 'pg'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { inInstance } from '../../../src/db/transaction.ts'
import { Resting } from '../../../src/webhooks/deliveries/resting.ts'
import { hasPutOff } from '../../../src/webhooks/deliveries/store.ts'
import { endpointId } from '../../../src/webhooks/endpoints/endpoint.ts'
import { frozenClock } from '../../support/clock.ts'
import { receiver } from './receiver.ts'
import { deliveriesWorld, instanceAuthority, operator } from './support.ts'

/** Its back end asks to be spared for four hours, and two messages wait for that. */
async function restingWorld() {
  const world = await deliveriesWorld()
  const busy = await receiver((it) => it.writeHead(503, { 'retry-after': '14400' }).end())
  const good = await receiver()
  const { id } = await world.endpoint(busy.url)
  for (let n = 0; n < 3; n++) await world.happen()
  await world.follow()
  await world.deliver()
  expect(busy.received).toHaveLength(1)
  return { ...world, busy, good, place: { organisation: null, id } }
}

const statementOf = (asked: unknown): string[] =>
  typeof asked === 'object' &&
  asked !== null &&
  'text' in asked &&
  /FROM "?webhook_deliveries/i.test(String(asked.text))
    ? [String(asked.text)]
    : []

describe('[TOS-5] a rest', () => {
  it('is over when the endpoint leads elsewhere and is enabled', async () => {
    const world = await restingWorld()
    const { endpoints, place } = world
    await endpoints.disable(operator, instanceAuthority, place)
    await endpoints.update(operator, instanceAuthority, place, { url: world.good.url })
    await endpoints.enable(operator, instanceAuthority, place)
    await world.resume()
    await world.deliver()
    expect(world.good.received).toHaveLength(3)
  })

  it('is over for what happens from then on when the endpoint leads elsewhere', async () => {
    const world = await restingWorld()
    await world.endpoints.update(operator, instanceAuthority, world.place, { url: world.good.url })
    await world.happen()
    await world.follow()
    await world.deliver()
    expect(world.good.received).toHaveLength(1)
    await world.resume()
    await world.deliver()
    expect(world.good.received, 'with those that were put off').toHaveLength(3)
  })

  it('that was made by a clock that was years ahead is none when that is right again', () => {
    const clock = frozenClock()
    const resting = new Resting(clock)
    const endpoint = { id: endpointId.generate(), version: '1', failingSince: null }
    const years = 5 * 365 * 24 * 60 * 60_000
    clock.advance(years)
    resting.hung(endpoint)
    expect(resting.until(endpoint)).toEqual(new Date(clock.now().getTime() + 60_000))
    clock.advance(-years)
    expect(resting.until(endpoint)).toBeUndefined()
    resting.asked(endpoint, 4 * 60 * 60_000)
    expect(resting.until(endpoint), 'as long as anybody may ask for').toBeDefined()
  })

  it('is over when another server has told it something', async () => {
    const world = await restingWorld()
    const other = world.instance()
    await world.happen()
    await world.follow()
    const all = world.busy.received.length
    world.busy.answersWith((it) => it.end())
    await world.deliver(other)
    expect(world.busy.received).toHaveLength(all + 1)
    await world.resume()
    await world.deliver()
    expect(world.busy.received).toHaveLength(all + 3)
  })

  it('is not looked for among all that waits for somebody else', async () => {
    const { query, place, ...world } = await restingWorld()
    const healthy = await world.endpoint(world.good.url)
    await query(
      `INSERT INTO webhook_deliveries (id, endpoint_id, event_id, seq, action, state, created_at, give_up_at)
       SELECT gen_random_uuid(), endpoint_id, gen_random_uuid(), n, action, state, created_at, give_up_at
       FROM webhook_deliveries, generate_series(1, 10000) n WHERE next_at IS NULL`,
    )
    const id = endpointId.toUuid(healthy.id)
    // Its own backlog is on its way.
    await query(
      `INSERT INTO webhook_deliveries (id, endpoint_id, event_id, seq, action, state, created_at, next_at, give_up_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid(), n, 'user.created', 'queued', now(), now(), now()
       FROM generate_series(1, 5000) n`,
      [id],
    )
    await query('ANALYZE webhook_deliveries')
    const spy = vi.spyOn(Client.prototype, 'query')
    onTestFinished(() => spy.mockRestore())
    const asked = await inInstance(world.services.database.owner, (tx) => hasPutOff(tx, healthy.id))
    const [text] = spy.mock.calls.flatMap(([one]) => statementOf(one))
    spy.mockRestore()
    expect(asked).toBe(false)
    const plan = await query(`EXPLAIN ${text}`, [id, 'queued', 1])
    expect(JSON.stringify(plan)).toMatch(/Index[^"]* using webhook_deliveries_put_off/)
  })

  it('ends by itself, and what waited for it is told one by one until one is taken', async () => {
    const world = await restingWorld()
    world.clock.advance(4 * 3_600_000 + 60_000)
    world.busy.answersWith((it) => it.end())
    await world.resume()
    await world.query("UPDATE webhook_deliveries SET next_at = NULL WHERE attempts > 0 AND state = 'queued'")
    await world.deliver()
    expect(world.busy.received).toHaveLength(2)
    await world.resume()
    await world.deliver()
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered'])
  })
})
