import { describe, expect, it } from 'vitest'
import { openWebhookDeliveries } from '../../../src/instance/webhook-deliveries.ts'
import { type DeliveryId, deliveryId } from '../../../src/webhooks/deliveries/delivery.ts'
import type { ReplayWish } from '../../../src/webhooks/deliveries/replay.ts'
import { receiver } from './receiver.ts'
import { deliveriesWorld, instanceAuthority, operator } from './support.ts'

const DAY = 24 * 60 * 60_000

async function servicesWorld() {
  const world = await deliveriesWorld()
  let works = true
  const backEnd = await receiver((it) => {
    it.statusCode = works ? 200 : 500
    it.end(works ? 'thanks' : 'not today')
  })
  const { id } = await world.endpoint(backEnd.url)
  const place = { organisation: null, id }
  const service = openWebhookDeliveries(world)
  const replay = (wish: ReplayWish) => service.replay(operator, instanceAuthority, place, wish)
  const goOn = async () => {
    await world.follow()
    await world.deliver()
  }
  return {
    ...world,
    backEnd,
    place,
    service,
    replay,
    goOn,
    works: (now: boolean) => {
      works = now
    },
    /** Something that was given up. */
    fail: async () => {
      works = false
      const event = await world.happen()
      await goOn()
      world.clock.advance(4 * DAY)
      await world.deliver()
      works = true
      await world.endpoints.enable(operator, instanceAuthority, place)
      return event
    },
  }
}

describe('[TOS-5] what was sent', () => {
  it('is listed the newest first, by pages, and each shows its request, its attempts and the answer', async () => {
    const world = await servicesWorld()
    const events = [await world.happen(), await world.happen(), await world.happen()]
    await world.goOn()
    const page = (before?: DeliveryId) =>
      world.service.list(instanceAuthority, world.place, { failed: false, before, limit: 2 })
    const first = (await page()) ?? []
    const rest = (await page(first.at(-1)?.id)) ?? []
    expect([...first, ...rest].map(({ event }) => event)).toEqual(events.toReversed())

    const shown = await world.service.show(instanceAuthority, null, first[0]?.id ?? deliveryId.generate())
    expect(shown).toMatchObject({
      delivery: { state: 'delivered', attempts: 1 },
      attempts: [{ attempt: 1, status: 200, failure: null, response: 'thanks' }],
      request: { url: world.backEnd.url, body: world.backEnd.received.at(-1)?.body },
    })
    const { 'webhook-signature': signature, ...others } = world.backEnd.received.at(-1)?.headers ?? {}
    expect(signature).toBeDefined()
    const headers = shown?.request?.headers ?? {}
    expect(others, 'with the time of the attempt').toMatchObject(headers)
    expect(Object.keys(headers).toSorted()).toEqual(['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp'])
  })

  it('is for whoever may look after it', async () => {
    const world = await servicesWorld()
    await world.happen()
    await world.goOn()
    const nobody = { allows: () => false, isOfInstance: true }
    expect(await world.service.list(nobody, world.place, { failed: false, limit: 2 })).toBeUndefined()
    const { org, owner } = await world.company()
    const member = await world.authorityOf(org, owner)
    expect(await world.service.list(member, world.place, { failed: false, limit: 2 })).toBeUndefined()
    expect(
      await world.service.list(member, { ...world.place, organisation: org }, { failed: false, limit: 2 }),
      'nor by saying that it is theirs',
    ).toBeUndefined()
    expect(await world.service.replay(operator, member, world.place, { what: 'failed', from: null, to: null })).toEqual(
      {
        ok: false,
        error: 'not-found',
      },
    )
  })
})

describe('[TOS-5] a replay', () => {
  it('of one event is a delivery of its own, with the id that the receiver knows, and is written down', async () => {
    const world = await servicesWorld()
    const event = await world.happen()
    await world.goOn()
    const done = await world.replay({ what: 'event', event })
    expect(done).toMatchObject({ ok: true, value: { deliveries: 1 } })
    await world.goOn()
    expect(world.backEnd.ids()).toEqual([event, event])
    expect((await world.deliveries()).map(({ state, replay_of }) => [state, replay_of !== null])).toEqual([
      ['delivered', false],
      ['delivered', true],
    ])
    expect((await world.recorded()).at(-1)).toMatchObject({
      action: 'webhook.replayed',
      actor_kind: 'operator',
      target_id: world.place.id,
      after: { what: 'event', event, deliveries: 1 },
    })
  })

  it('of what failed takes each once, and nothing that was delivered since', async () => {
    const world = await servicesWorld()
    const failed = await world.fail()
    const fine = await world.happen()
    await world.goOn()
    const wish = { what: 'failed', from: null, to: null } as const
    expect(await world.service.countReplay(instanceAuthority, world.place, wish)).toEqual({ ok: true, value: 1 })
    expect(await world.replay(wish)).toMatchObject({ ok: true, value: { deliveries: 1 } })
    expect(await world.replay(wish), 'it is on its way').toEqual({ ok: false, error: 'nothing' })
    await world.deliver()
    expect(world.backEnd.ids().slice(-2)).toEqual([fine, failed])
    expect(await world.replay(wish)).toEqual({ ok: false, error: 'nothing' })
  })

  it('of what failed in some time leaves out the rest', async () => {
    const world = await servicesWorld()
    const early = world.clock.now()
    await world.fail()
    const between = world.clock.now()
    const late = await world.fail()
    expect(
      await world.service.countReplay(instanceAuthority, world.place, { what: 'failed', from: early, to: between }),
    ).toEqual({ ok: true, value: 1 })
    await world.replay({ what: 'failed', from: between, to: null })
    await world.deliver()
    expect(world.backEnd.ids().at(-1)).toBe(late)
  })

  it('of what it missed tells of what happened while it was disabled, and of what it has chosen', async () => {
    const world = await servicesWorld()
    const from = world.clock.now()
    await world.endpoints.disable(operator, instanceAuthority, world.place)
    const missed = [await world.happen(), await world.happen()]
    await world.follow()
    expect(await world.replay({ what: 'missed', from, to: null })).toEqual({ ok: false, error: 'disabled' })
    await world.endpoints.enable(operator, instanceAuthority, world.place)
    await world.goOn()
    expect(world.backEnd.received).toEqual([])
    expect(await world.replay({ what: 'missed', from, to: null })).toMatchObject({ ok: true, value: { deliveries: 2 } })
    await world.deliver()
    expect(world.backEnd.ids()).toEqual(missed)
    expect(await world.replay({ what: 'missed', from, to: null })).toEqual({ ok: false, error: 'nothing' })
  })

  it('never tells an organisation of what is not in its log', async () => {
    const world = await servicesWorld()
    const { org } = await world.company()
    const { id } = await world.endpoint(world.backEnd.url, { events: ['*'] }, org)
    const event = await world.happen()
    await world.goOn()
    const place = { organisation: org, id }
    expect(await world.service.replay(operator, instanceAuthority, place, { what: 'event', event })).toEqual({
      ok: false,
      error: 'nothing',
    })
  })
})

describe('[TOS-5] a test', () => {
  it('is told to that endpoint alone, whatever it chose, and is in the log', async () => {
    const world = await servicesWorld()
    const other = await receiver()
    await world.endpoint(other.url, { events: ['*'] })
    const tested = await world.service.test(operator, instanceAuthority, world.place)
    if (!tested.ok) throw new Error(tested.error)
    expect(await world.service.historyOf(instanceAuthority, world.place, tested.value)).toBeUndefined()
    await world.goOn()
    expect(world.backEnd.ids()).toEqual([tested.value])
    expect(JSON.parse(world.backEnd.received[0]?.body ?? '{}')).toMatchObject({
      type: 'webhook.tested',
      data: { target: { kind: 'webhook', id: world.place.id } },
    })
    expect(other.ids()).not.toContain(tested.value)
    expect(await world.service.historyOf(instanceAuthority, world.place, tested.value)).toMatchObject({
      delivery: { state: 'delivered' },
      attempts: [{ status: 200 }],
    })
  })

  it('is over with one answer, and shows whether a disabled endpoint is mended', async () => {
    const world = await servicesWorld()
    await world.endpoints.disable(operator, instanceAuthority, world.place)
    world.works(false)
    await world.service.test(operator, instanceAuthority, world.place)
    await world.goOn()
    expect(await world.deliveries()).toMatchObject([{ state: 'failed', attempts: 1 }])
    world.works(true)
    await world.service.test(operator, instanceAuthority, world.place)
    await world.goOn()
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(['failed', 'delivered'])
  })
})
