import { Webhook } from 'standardwebhooks'
import { describe, expect, it, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { receiver } from './receiver.ts'
import { deliveriesWorld, instanceAuthority, operator } from './support.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR

describe('[TOS-5] whoever chose an event', () => {
  it('is told of it once, signed, by a request that the library of Standard Webhooks takes', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver()
    const { secret } = await world.endpoint(backEnd.url)
    const event = await world.happen()
    await world.follow()
    await world.follow()
    await world.deliver()
    expect(backEnd.received).toHaveLength(1)
    const [{ headers, body } = { headers: {}, body: '' }] = backEnd.received
    expect(headers).toMatchObject({ 'webhook-id': event, 'content-type': 'application/json' })
    vi.useFakeTimers({ now: world.clock.now(), toFake: ['Date'] })
    try {
      const read = new Webhook(secret).verify(body, { ...headers } as Record<string, string>)
      expect(read).toMatchObject({ type: 'organisation.updated', data: { id: event, sequence: expect.any(Number) } })
    } finally {
      vi.useRealTimers()
    }
    expect(await world.deliveries()).toMatchObject([{ state: 'delivered', attempts: 1, next_at: null }])
    expect(await world.attempts()).toMatchObject([{ attempt: 1, status: 200, failure: null }])
  })

  it('hears of their own organisation alone; who looks after the instance hears of all', async () => {
    const world = await deliveriesWorld()
    const [{ org: acme }, { org: globex }] = [await world.company('acme'), await world.company('globex')]
    const [ofAcme, ofInstance] = [await receiver(), await receiver()]
    await world.endpoint(ofAcme.url, {}, acme)
    await world.endpoint(ofInstance.url)
    await world.follow()
    await world.deliver()
    const before = { acme: ofAcme.received.length, instance: ofInstance.received.length }
    const told = await world.happen(acme)
    const other = await world.happen(globex)
    await world.follow()
    await world.deliver()
    expect(ofAcme.ids().slice(before.acme)).toEqual([told])
    expect(ofInstance.ids().slice(before.instance)).toEqual([told, other])
  })

  it('is told once, however often the log is followed anew from an older place', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver()
    await world.endpoint(backEnd.url)
    await world.happen()
    await world.follow()
    // A follower that is killed in the middle, or a database that is restored beside it.
    await world.query("UPDATE audit_followers SET seq = 0 WHERE name = 'webhooks'")
    await world.follow()
    await world.deliver()
    expect(backEnd.received).toHaveLength(1)
    expect(await world.queued()).toHaveLength(1)
  })

  it('is told by both secrets while one follows the other', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver()
    const { id, secret } = await world.endpoint(backEnd.url)
    const rotated = await world.endpoints.rotateSecret(operator, instanceAuthority, { organisation: null, id }, {})
    expect(rotated.ok).toBe(true)
    await world.happen()
    await world.follow()
    await world.deliver()
    const [{ headers } = { headers: {} as Record<string, string> }] = backEnd.received
    expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2)
    expect(secret).toMatch(/^whsec_/)
  })
})

describe('[TOS-5] what is not taken', () => {
  it('is sent again later and later with the same id, and each attempt is in the log', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it, _received, count) => {
      it.statusCode = count < 3 ? 500 : 204
      it.end()
    })
    await world.endpoint(backEnd.url)
    const event = await world.happen()
    await world.follow()
    await world.deliver()
    const [first] = await world.deliveries()
    expect(first).toMatchObject({ state: 'queued', attempts: 1 })
    const wait = (first?.next_at?.getTime() ?? 0) - world.clock.now().getTime()
    expect(wait).toBeGreaterThanOrEqual(4_000)
    expect(wait).toBeLessThanOrEqual(6_000)
    expect((await world.queued()).at(-1)?.start_after, 'a job rings then').toEqual(first?.next_at)
    await world.deliver()
    expect(backEnd.received, 'and not before').toHaveLength(1)
    world.clock.advance(6_000)
    await world.deliver()
    world.clock.advance(18_000)
    await world.deliver()
    expect(backEnd.ids()).toEqual([event, event, event])
    const stamps = backEnd.received.map(({ headers }) => Number(headers['webhook-timestamp']))
    expect(
      stamps.map((stamp) => stamp - (stamps[0] ?? 0)),
      'signed anew each time',
    ).toEqual([0, 6, 24])
    expect(await world.deliveries()).toMatchObject([{ state: 'delivered', attempts: 3 }])
    expect((await world.attempts()).map(({ attempt, status, failure }) => [attempt, status, failure])).toEqual([
      [1, 500, 'status-500'],
      [2, 500, 'status-500'],
      [3, 204, null],
    ])
  })

  it('waits as long as the receiver asks, and so does all else for that receiver', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it) => it.writeHead(429, { 'retry-after': '600' }).end())
    await world.endpoint(backEnd.url)
    await world.happen()
    await world.happen()
    await world.follow()
    await world.deliver()
    expect(backEnd.received, 'the second one was not tried').toHaveLength(1)
    const goOn = async (ms: number) => {
      world.clock.advance(ms)
      await world.resume()
      await world.deliver()
      return backEnd.received.length
    }
    expect(await goOn(599_000)).toBe(1)
    expect(await goOn(21_000), 'one, to see how it fares').toBe(2)
  })

  it('has failed after three days; an endpoint that took nothing all the while is disabled, what waits for it waits', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it) => {
      it.statusCode = 500
      it.end()
    })
    const { id } = await world.endpoint(backEnd.url)
    await world.happen()
    await world.follow()
    await world.deliver()
    for (let passed = 0; passed < 3 * DAY; passed += 5 * HOUR) {
      world.clock.advance(5 * HOUR)
      await world.deliver()
    }
    expect(await world.deliveries()).toMatchObject([{ state: 'failed' }])
    expect(await world.endpointRow(id)).toEqual({ disabled_because: 'failing' })
    const tries = backEnd.received.length
    expect(tries).toBeGreaterThan(10)
    expect((await world.recorded()).at(-1)).toMatchObject({ action: 'webhook.disabled', actor_kind: 'system' })
    await world.happen()
    await world.follow()
    await world.deliver()
    expect(backEnd.received, 'nothing leaves any more').toHaveLength(tries)
  })

  it('disables nobody who took something else meanwhile', async () => {
    const world = await deliveriesWorld()
    const refused: string[] = []
    const backEnd = await receiver((it, { headers }) => {
      it.statusCode = refused.includes(String(headers['webhook-id'])) ? 422 : 200
      it.end()
    })
    const { id } = await world.endpoint(backEnd.url)
    refused.push(await world.happen())
    await world.follow()
    for (let passed = 0; passed <= 3 * DAY; passed += 5 * HOUR) {
      await world.deliver()
      world.clock.advance(5 * HOUR)
      if (passed === 35 * HOUR) await world.happen()
      await world.follow()
    }
    await world.deliver()
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(['failed', 'delivered'])
    expect(await world.endpointRow(id)).toEqual({ disabled_because: null })
  })

  it('ends at once with 410, and nobody is told there any more', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it) => {
      it.statusCode = 410
      it.end()
    })
    const { id } = await world.endpoint(backEnd.url)
    await world.happen()
    await world.happen()
    await world.follow()
    await world.deliver()
    expect(backEnd.received).toHaveLength(1)
    expect(await world.endpointRow(id)).toEqual({ disabled_because: 'failing' })
    expect((await world.deliveries()).map(({ state, next_at }) => [state, next_at])).toEqual([
      ['failed', null],
      ['queued', null],
    ])
  })

  it('goes on when the endpoint is enabled again, with all the time that there is', async () => {
    const world = await deliveriesWorld()
    let works = false
    const backEnd = await receiver((it) => {
      it.statusCode = works ? 200 : 500
      it.end()
    })
    const { id } = await world.endpoint(backEnd.url)
    const [first, second] = [await world.happen(), await world.happen()]
    await world.follow()
    await world.deliver()
    const place = { organisation: null, id }
    await world.endpoints.disable(operator, instanceAuthority, place)
    world.clock.advance(2 * DAY)
    await world.deliver()
    const missed = await world.happen()
    await world.follow()
    expect(
      (await world.deliveries()).map(({ next_at }) => next_at),
      'they wait',
    ).toEqual([null, null])
    works = true
    world.clock.advance(2 * DAY)
    expect((await world.endpoints.enable(operator, instanceAuthority, place)).ok).toBe(true)
    await world.run('webhooks.resume', { endpoint: id })
    await world.deliver()
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(['delivered', 'delivered'])
    expect(backEnd.ids().slice(-2).sort()).toEqual([first, second].sort())
    expect(backEnd.ids(), 'what happened meanwhile is for a replay').not.toContain(missed)
  })

  it('gives all the time that there is also to what was due while the queue was behind', async () => {
    const world = await deliveriesWorld()
    const { id } = await world.endpoint((await receiver()).url)
    await world.happen()
    await world.follow()
    world.clock.advance(2 * DAY)
    await world.run('webhooks.resume', { endpoint: id })
    const until = await world.query<{ give_up_at: Date }>('SELECT give_up_at FROM webhook_deliveries')
    expect(until).toEqual([{ give_up_at: new Date(world.clock.now().getTime() + 3 * DAY) }])
    expect(await world.queued(), 'its one job is there').toHaveLength(1)
  })

  it('comes back from a year that a clock was ahead by', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it) => it.writeHead(500).end())
    await world.endpoint(backEnd.url, {}, null)
    await world.happen()
    await world.follow()
    world.clock.advance(365 * DAY)
    await world.query("UPDATE webhook_deliveries SET give_up_at = give_up_at + interval '2 years'")
    await world.deliver()
    world.clock.advance(-365 * DAY)
    await world.run('webhooks.clean', {})
    await world.deliver()
    expect(backEnd.received).toHaveLength(2)
    await world.run('webhooks.clean', {})
    await world.deliver()
    expect(backEnd.received, 'what waits for its turn stays there').toHaveLength(2)
  })

  it('is not waited for by others: who hangs is tried by one, and the rest of theirs comes later', async () => {
    const world = await deliveriesWorld({ timeout: 1_000 })
    const dead = await receiver(() => undefined)
    const alive = await receiver()
    await world.endpoint(dead.url)
    for (let n = 0; n < 50; n++) await world.happen()
    await world.follow()
    await world.endpoint(alive.url)
    await world.happen()
    await world.follow()
    await world.deliver()
    expect(dead.received, 'one of fifty-one took the time of a time-out').toHaveLength(1)
    expect(alive.received).toHaveLength(1)
    expect(await world.attempts()).toMatchObject([{ failure: 'timeout', status: null }, { status: 200 }])
    const waiting = (await world.deliveries()).filter(({ state }) => state === 'queued')
    expect(waiting.every(({ next_at }) => next_at === null || next_at > world.clock.now())).toBe(true)
  })

  it('is no burden for others: of a thousand for one that is dead, each of theirs is there in seconds', async () => {
    const world = await deliveriesWorld({ timeout: 1_000 })
    const [dead, alive] = [await receiver(() => undefined), await receiver()]
    const { id } = await world.endpoint(dead.url)
    await world.happen()
    await world.follow()
    await world.query(
      `INSERT INTO webhook_deliveries (id, endpoint_id, event_id, seq, action, state, replay_of, created_at, next_at, give_up_at)
       SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '70008000000000000000')::uuid, endpoint_id, event_id, seq, action, state,
         event_id, created_at, next_at, give_up_at FROM webhook_deliveries, generate_series(1, 999) AS n`,
    )
    await world.startWorker()
    await world.query("UPDATE webhook_deliveries SET next_at = next_at + interval '1 ms' WHERE state = 'queued'")
    await world.run('webhooks.resume', { endpoint: id })
    await world.endpoint(alive.url)
    for (let n = 0; n < 20; n++) await world.happen()
    await world.follow()
    await eventually(() => (alive.received.length === 20 ? true : undefined))
    expect(dead.received.length, 'and it was tried, by one at a time').toBeLessThanOrEqual(3)
  })
})
