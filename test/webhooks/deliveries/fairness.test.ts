import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { OutgoingClient } from '../../../src/http/outgoing/outgoing.ts'
import { fail, ok } from '../../../src/lib/result.ts'
import { deliveryId } from '../../../src/webhooks/deliveries/delivery.ts'
import { eventually } from '../../support/eventually.ts'
import { receiver } from './receiver.ts'
import { deliveriesWorld } from './support.ts'

const MINUTE = 60_000

describe('[TOS-5] whoever answers slowly', () => {
  it('keeps no other organisation waiting, with however many endpoints, and an answer that never ends', async () => {
    const world = await deliveriesWorld({ timeout: 1_000 })
    const [{ org: slow }, { org: other }] = [await world.company('slow'), await world.company('other')]
    const drip = await receiver((it) => {
      it.writeHead(200)
      it.write('x')
    })
    const alive = await receiver()
    await world.follow()
    for (let n = 0; n < 10; n++) await world.endpoint(drip.url, {}, slow)
    await world.endpoint(alive.url, {}, other)
    for (let n = 0; n < 12; n++) await world.happen(slow)
    await world.follow()
    await world.startWorker()
    await eventually(() => (drip.received.length > 0 ? true : undefined))
    await world.happen(other)
    await world.follow()
    await eventually(() => (alive.received.length > 0 ? true : undefined))
    expect(drip.received.length, 'two at a time, and long before they are through').toBeLessThanOrEqual(12)
  }, 60_000)

  it('keeps no other organisation waiting, also where the messages of both come in one batch', async () => {
    const world = await deliveriesWorld({ timeout: 10_000 })
    const [{ org: slow }, { org: other }] = [await world.company('slow'), await world.company('other')]
    const polite = await receiver((it) => {
      setTimeout(() => it.end(), 2_000)
    })
    const alive = await receiver()
    await world.follow()
    await world.endpoint(polite.url, {}, slow)
    await world.endpoint(alive.url, {}, other)
    await world.follow()
    await world.startWorker()
    // All of them have looked, and sleep: what wakes them wakes them at once.
    await pause(1_500)
    for (let n = 0; n < 40; n++) await world.happen(slow)
    await world.happen(other)
    await world.follow()
    await eventually(() => (alive.received.length > 0 ? true : undefined))
    expect(polite.received.length).toBeLessThan(5)
  }, 60_000)

  it('has two workers less than there are, however many of them there are', async () => {
    const world = await deliveriesWorld({ timeout: 10_000 })
    let [at, most] = [0, 0]
    const slow = await receiver((it, _, count) => {
      at++
      // The first round shows who is slow, and is over by then.
      if (count > 16) most = Math.max(most, at)
      setTimeout(() => {
        at--
        it.end()
      }, 1_200)
    })
    await world.follow()
    for (let n = 0; n < 8; n++) await world.endpoint(slow.url)
    for (let n = 0; n < 4; n++) await world.happen()
    await world.follow()
    await world.startWorker()
    await eventually(() => (slow.received.length >= 24 ? true : undefined))
    expect(most).toBeLessThanOrEqual(6)
    const looksAgain = "SELECT id FROM pgboss.job WHERE name = 'webhooks.resume' AND singleton_key LIKE '%.room'"
    expect(await world.query(looksAgain)).not.toEqual([])
  }, 60_000)

  it('and at once in turn is among the slow ones all the while', async () => {
    const world = await deliveriesWorld()
    for (let n = 0; n < 7; n++) await world.endpoint('http://127.0.0.1:9/in')
    let send: OutgoingClient['send'] = async () => fail({ reason: 'timeout' })
    const by = world.instance({ outgoing: { send: (request) => send(request) } })
    const yes = ok({ status: 200, headers: {}, body: Buffer.alloc(0) })
    await world.happen()
    await world.follow()
    await world.deliver(by)
    world.clock.advance(5 * MINUTE)
    send = async () => yes
    await world.deliver(by)
    expect((await world.deliveries()).every(({ state }) => state === 'delivered')).toBe(true)

    const answers: (() => void)[] = []
    send = () => new Promise((resolve) => answers.push(() => resolve(yes)))
    await world.happen()
    await world.follow()
    const queued = (await world.deliveries()).filter(({ state }) => state === 'queued')
    const all = queued.map(({ id }) => by('webhooks.deliver', { delivery: deliveryId.fromUuid(id) }))
    await eventually(() => (answers.length >= 6 ? true : undefined))
    // Whoever finds no place is through at once.
    await Promise.race(all)
    expect(answers).toHaveLength(6)
    for (const answer of answers) answer()
    await Promise.all(all)
  })

  it('has taken the message whose answer never ends, and rests', async () => {
    const world = await deliveriesWorld()
    const hurried = world.instance({ timeout: 300 })
    let ends = false
    const drip = await receiver((it) => {
      it.writeHead(200)
      it.write('x')
      if (ends) it.end()
    })
    await world.endpoint(drip.url)
    for (let n = 0; n < 3; n++) await world.happen()
    await world.follow()
    await world.deliver(hurried)
    expect(drip.received).toHaveLength(1)
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(['delivered', 'queued', 'queued'])
    ends = true
    world.clock.advance(2 * MINUTE)
    for (let n = 0; n < 2; n++) {
      await world.resume()
      await world.deliver()
    }
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered'])
  })
})

describe('[TOS-5] a flood for one that is silent', () => {
  it('wakes one message a rest, not all of them, and all of them once it takes something', async () => {
    const world = await deliveriesWorld()
    const hurried = world.instance({ timeout: 100 })
    let works = false
    const backEnd = await receiver((it) => {
      if (works) it.end()
    })
    await world.endpoint(backEnd.url)
    for (let n = 0; n < 40; n++) await world.happen()
    await world.follow()
    const first = (await world.queued()).length
    for (let n = 0; n < 24; n++) {
      await world.resume()
      await world.deliver(hurried)
      world.clock.advance(5 * MINUTE)
    }
    expect((await world.queued()).length - first, 'jobs in two hours').toBeLessThan(40)
    works = true
    world.clock.advance(60 * MINUTE)
    for (let n = 0; n < 3; n++) {
      await world.resume()
      await world.deliver()
      world.clock.advance(60 * MINUTE)
    }
    expect((await world.deliveries()).filter(({ state }) => state !== 'delivered')).toEqual([])
  })

  it('rests also where it refuses all of them at once', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it) => it.writeHead(500).end())
    await world.endpoint(backEnd.url)
    for (let n = 0; n < 40; n++) await world.happen()
    await world.follow()
    await world.deliver()
    expect(backEnd.received).toHaveLength(10)
  })
})
