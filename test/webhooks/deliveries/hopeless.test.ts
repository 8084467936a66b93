import { describe, expect, it } from 'vitest'
import type { OutgoingClient } from '../../../src/http/outgoing/outgoing.ts'
import { openWebhookDeliveries } from '../../../src/instance/webhook-deliveries.ts'
import { fail, ok } from '../../../src/lib/result.ts'
import { deliveryId } from '../../../src/webhooks/deliveries/delivery.ts'
import { eventually } from '../../support/eventually.ts'
import { receiver } from './receiver.ts'
import { deliveriesWorld, instanceAuthority, operator } from './support.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR

type Send = OutgoingClient['send']

const hangs: Send = async () => fail({ reason: 'timeout' })
const refuses: Send = async () => fail({ reason: 'unreachable' })
const asks: Send = async () => ok({ status: 503, headers: { 'retry-after': '14400' }, body: Buffer.from('later') })

interface Flood {
  readonly send: Send
  /** How many messages come with each step. */
  readonly many: number
  readonly hours: number
}

/** Messages never cease to come, and more of them than are tried. */
async function floodedWorld({ send, many, hours }: Flood) {
  const world = await deliveriesWorld()
  await world.person('Ingrid Instance', { admin: true })
  await world.follow()
  const { id } = await world.endpoint('http://127.0.0.1:9/in')
  const by = world.instance({ outgoing: { send } })
  const began = world.clock.now().getTime()
  return {
    ...world,
    id,
    /** Until it is disabled, or for so long. Answers after how long it was. */
    until: async (most: number): Promise<number | undefined> => {
      for (;;) {
        for (let n = 0; n < many; n++) await world.happen()
        await world.follow()
        await world.resume()
        await world.deliver(by)
        await world.run('webhooks.clean', {})
        const passed = world.clock.now().getTime() - began
        if ((await world.endpointRow(id))?.disabled_because) return passed
        if (passed >= most) return undefined
        world.clock.advance(hours * HOUR)
      }
    },
  }
}

describe('[TOS-5] who takes nothing of what never ceases to come', () => {
  it.each<[string, Flood]>([
    ['never answers', { send: hangs, many: 2, hours: 6 }],
    ['refuses all of it at once', { send: refuses, many: 11, hours: 12 }],
    ['asks each time to be spared for four hours', { send: asks, many: 2, hours: 4.5 }],
  ])('and %s is disabled after three days, and told of', async (_, flood) => {
    const world = await floodedWorld(flood)
    const passed = await world.until(5 * DAY)
    expect(passed).toBeGreaterThanOrEqual(3 * DAY)
    expect(passed).toBeLessThanOrEqual(3 * DAY + flood.hours * HOUR)
    expect((await world.recorded()).at(-1)).toMatchObject({ action: 'webhook.disabled', actor_kind: 'system' })
    expect((await world.letters()).map(({ message }) => message)).toEqual(['webhook-disabled'])
    const states = (await world.deliveries()).map(({ state }) => state)
    expect(new Set(states.slice(-flood.many)), 'what is young waits until it is enabled').toEqual(new Set(['queued']))
  })
})

describe('[TOS-5] two servers that find out at once that nothing is taken', () => {
  it('disable it once, while somebody changes it', async () => {
    const world = await floodedWorld({ send: refuses, many: 2, hours: 1 })
    const place = { organisation: null, id: world.id }
    for (let n = 0; n < 2; n++) await world.happen()
    await world.follow()
    const servers = [1, 2].map(() => world.instance({ outgoing: { send: refuses } }))
    await Promise.all(servers.map((by) => world.deliver(by)))
    await world.query("UPDATE webhook_health SET failing_since = failing_since - interval '3 days'")
    world.clock.advance(10_000)
    const rows = (await world.deliveries()).map(({ id }) => ({ delivery: deliveryId.fromUuid(id) }))
    const all = servers.flatMap((by, n) => [by('webhooks.deliver', rows[n]), by('webhooks.deliver', rows[1 - n])])
    const renamed = world.endpoints.update(operator, instanceAuthority, place, { name: 'renamed' })
    await Promise.all(all)
    expect((await renamed).ok).toBe(true)
    // Whoever was asked before the change says nothing of who is there now: the next attempt does.
    world.clock.advance(20_000)
    await Promise.all(servers.map((by) => world.deliver(by)))
    const disabled = (await world.recorded()).filter(({ action }) => action === 'webhook.disabled')
    expect(disabled).toHaveLength(1)
    expect(await world.letters()).toHaveLength(1)
  })
})

describe('[TOS-5] who is told something once in weeks', () => {
  it('and does not take it is disabled when it is given up, though the first attempt came late', async () => {
    const world = await deliveriesWorld()
    const { id } = await world.endpoint('http://127.0.0.1:9/in')
    const by = world.instance({ outgoing: { send: refuses } })
    await world.happen()
    await world.follow()
    const [{ give_up_at: end } = { give_up_at: new Date() }] = await world.query<{ give_up_at: Date }>(
      'SELECT give_up_at FROM webhook_deliveries',
    )
    world.clock.advance(40_000)
    while (world.clock.now() < end) {
      await world.deliver(by)
      world.clock.advance(Math.min(5 * HOUR, end.getTime() - world.clock.now().getTime()))
    }
    await world.deliver(by)
    expect(await world.deliveries()).toMatchObject([{ state: 'failed' }])
    expect(await world.endpointRow(id)).toEqual({ disabled_because: 'failing' })
  })
})

/** Its first message has hung, the others were put off. */
async function putOffWorld() {
  const world = await deliveriesWorld()
  const backEnd = await receiver()
  const { id } = await world.endpoint(backEnd.url)
  for (let n = 0; n < 4; n++) await world.happen()
  await world.follow()
  await world.deliver(world.instance({ outgoing: { send: hangs } }))
  return { ...world, backEnd, place: { organisation: null, id } }
}

const states = async ({ deliveries }: Pick<Awaited<ReturnType<typeof putOffWorld>>, 'deliveries'>) =>
  (await deliveries()).map(({ state }) => state)

describe('[TOS-5] a message whose time is over while it is put off', () => {
  it('has failed, but for the one that tries how its endpoint fares, and the log says so', async () => {
    const world = await putOffWorld()
    await world.query("UPDATE webhook_deliveries SET give_up_at = created_at + interval '1 hour' WHERE next_at IS NULL")
    world.clock.advance(2 * HOUR)
    await world.run('webhooks.clean', {})
    expect((await states(world)).toSorted()).toEqual(['failed', 'failed', 'queued', 'queued'])
    expect(world.logged()).toMatch(/given up/)
    await world.deliver()
    expect(world.backEnd.received).toHaveLength(2)
  })

  it('waits on where somebody may still enable its endpoint', async () => {
    const world = await putOffWorld()
    await world.endpoints.disable(operator, instanceAuthority, world.place)
    world.clock.advance(4 * DAY)
    await world.deliver()
    await world.run('webhooks.clean', {})
    expect(await states(world)).toEqual(['queued', 'queued', 'queued', 'queued'])
  })
})

describe('[TOS-5] a message for which there is no place among the slow ones', () => {
  it.each([
    ['waits for one', DAY, 'queued'],
    ['has failed when its time is over', 4 * DAY, 'failed'],
  ])('%s', async (_, after, state) => {
    const world = await deliveriesWorld()
    for (let n = 0; n < 7; n++) await world.endpoint('http://127.0.0.1:9/in')
    await world.happen()
    await world.follow()
    let arrived = 0
    let answer: (() => void)[] | undefined
    const send: Send = async () => {
      arrived++
      if (answer) await new Promise<void>((resolve) => answer?.push(resolve))
      return fail({ reason: 'timeout' })
    }
    const by = world.instance({ outgoing: { send } })
    await world.deliver(by)
    expect(arrived).toBe(7)
    world.clock.advance(after)
    answer = []
    const all = (await world.deliveries()).map(({ id }) =>
      by('webhooks.deliver', { delivery: deliveryId.fromUuid(id) }),
    )
    // Whoever finds no place is through at once, the others hang.
    await Promise.race(all)
    await eventually(() => (answer?.length === 6 ? true : undefined))
    const seventh = (await world.deliveries()).filter(({ attempts, next_at }) => attempts === 1 && next_at === null)
    expect(seventh).toMatchObject([{ state }])
    for (const go of answer) go()
    await Promise.all(all)
  })
})

describe('[TOS-5] what failed long ago', () => {
  it('is no reason to disable whoever was not asked since', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it) => it.writeHead(500).end())
    const { id } = await world.endpoint(backEnd.url)
    await openWebhookDeliveries(world).test(operator, instanceAuthority, { organisation: null, id })
    await world.follow()
    await world.deliver()
    world.clock.advance(10 * DAY)
    await world.happen()
    await world.follow()
    await world.deliver()
    expect(backEnd.received).toHaveLength(2)
    expect(await world.endpointRow(id)).toEqual({ disabled_because: null })
  })

  it('at another address is none either', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it) => it.writeHead(500).end())
    const { id } = await world.endpoint(backEnd.url)
    await world.happen()
    await world.follow()
    for (let passed = 0; passed < 70; passed += 5) {
      await world.deliver()
      world.clock.advance(5 * HOUR)
    }
    await world.endpoints.update(operator, instanceAuthority, { organisation: null, id }, { url: `${backEnd.url}/new` })
    world.clock.advance(5 * HOUR)
    await world.deliver()
    expect(backEnd.received.at(-1)?.path).toBe('/in/new')
    expect(await world.endpointRow(id)).toEqual({ disabled_because: null })
  })
})
