import { describe, expect, it } from 'vitest'
import type { Authority } from '../../../src/access/authority.ts'
import type { EventId } from '../../../src/audit/event.ts'
import { describeDelivery } from '../../../src/cli/webhook/describe-deliveries.ts'
import { openWebhookDeliveries } from '../../../src/instance/webhook-deliveries.ts'
import { defineId } from '../../../src/lib/ids.ts'
import { deliveryId } from '../../../src/webhooks/deliveries/delivery.ts'
import { receiver } from './receiver.ts'
import { type DeliveriesWorld, deliveriesWorld, instanceAuthority, operator } from './support.ts'

const orgId = defineId('org')
const DAY = 24 * 60 * 60_000
const keeper = { allows: (permission: string): boolean => permission === 'webhooks.manage', isOfInstance: true }

/** As a disk might. */
const broken = ({ query }: Pick<DeliveriesWorld, 'query'>, change: string) =>
  query(`BEGIN; SET LOCAL session_replication_role = replica; ${change}; COMMIT`)

async function readingWorld(wish: { personal?: boolean } = {}) {
  const world = await deliveriesWorld()
  const backEnd = await receiver((it, { body }) => it.end(body))
  const { id } = await world.endpoint(backEnd.url, wish)
  const service = openWebhookDeliveries(world)
  const place = { organisation: null, id }
  const goOn = async () => {
    await world.follow()
    await world.deliver()
  }
  const latest = async () => deliveryId.fromUuid((await world.deliveries()).at(-1)?.id ?? '')
  return { ...world, backEnd, id, place, service, goOn, latest }
}

describe('[TOS-5] what was sent with what speaks of people', () => {
  it('is shown without it to whoever may not read the log', async () => {
    const world = await readingWorld({ personal: true })
    await world.happen()
    await world.goOn()
    const shown = async (authority: typeof keeper) =>
      JSON.parse((await world.service.show(authority, null, await world.latest()))?.request?.body ?? '{}').data
    expect(await shown({ ...keeper, allows: () => true })).toHaveProperty('userAgent')
    expect(await shown(keeper)).not.toHaveProperty('userAgent')
  })

  it('does not stay in answers that repeat it', async () => {
    const world = await readingWorld({ personal: true })
    await world.happen()
    await world.goOn()
    expect(await world.attempts()).toMatchObject([{ status: 200, response: null }])
  })
})

describe('[TOS-5] the log of deliveries', () => {
  it('keeps the latest answer alone', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it) => it.writeHead(500).end('no'))
    await world.endpoint(backEnd.url)
    await world.happen()
    await world.follow()
    await world.deliver()
    world.clock.advance(60_000)
    await world.deliver()
    expect((await world.attempts()).map(({ response }) => response !== null)).toEqual([false, true])
    backEnd.answersWith(() => undefined)
    world.clock.advance(60_000)
    await world.deliver(world.instance({ timeout: 300 }))
    expect((await world.attempts()).map(({ response }) => response !== null)).toEqual([false, true, false])
  })

  it('says where each attempt went, wherever the endpoint leads now, and makes no signature to show', async () => {
    const world = await readingWorld()
    const other = await receiver()
    world.backEnd.answersWith((it) => it.writeHead(500).end())
    await world.happen()
    await world.goOn()
    await world.endpoints.update(operator, instanceAuthority, world.place, { url: other.url })
    const before = await world.service.show(instanceAuthority, null, await world.latest())
    expect(before?.request?.url, 'what was sent').toBe(world.backEnd.url)
    expect(before && describeDelivery(before).text).toContain(`, at ${other.url}; given up at`)
    world.clock.advance(60_000)
    await world.deliver()
    await world.endpoints.update(operator, instanceAuthority, world.place, { url: world.backEnd.url })
    await world.endpoints.rotateSecret(operator, instanceAuthority, world.place, { overlap: 0 })

    const shown = await world.service.show(instanceAuthority, null, await world.latest())
    expect(shown?.attempts.map(({ url }) => url)).toEqual([world.backEnd.url, other.url])
    const text = (shown && describeDelivery(shown).text) ?? ''
    expect(text).toContain(`POST ${other.url}`)
    expect(text.indexOf(world.backEnd.url), 'in the first attempt').toBeLessThan(text.indexOf(other.url))
    expect(JSON.stringify(shown)).not.toMatch(/v1,|webhook-signature/)
  })

  it('says so where it was not recorded where an attempt went', async () => {
    const world = await readingWorld()
    await world.happen()
    await world.goOn()
    await world.query('UPDATE webhook_attempts SET url = NULL')
    const shown = await world.service.show(instanceAuthority, null, await world.latest())
    expect(shown).toMatchObject({ request: { url: null }, attempts: [{ url: null }] })
    expect(shown && describeDelivery(shown).text).toMatch(
      /not recorded\n[\s\S]*POST \(where it went was not recorded\)/,
    )
    expect(shown && describeDelivery(shown).text).not.toContain(world.backEnd.url)
  })

  it('shows why nothing was sent where a secret does not open', async () => {
    const world = await readingWorld()
    await world.happen()
    await world.follow()
    await broken(world, 'UPDATE webhook_secrets SET sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1)')
    await world.deliver()
    const shown = await world.service.show(instanceAuthority, null, await world.latest())
    expect(shown).toMatchObject({ request: null, isBroken: true, attempts: [{ failure: 'not-readable' }] })
    expect(shown && describeDelivery(shown).text).toMatch(/not-readable +nowhere[\s\S]*does not open/)
  })

  it('shows the rest where an answer does not open', async () => {
    const world = await readingWorld()
    await world.happen()
    await world.goOn()
    await broken(world, 'UPDATE webhook_attempts SET response = set_byte(response, 60, get_byte(response, 60) # 1)')
    const shown = await world.service.show(instanceAuthority, null, await world.latest())
    expect(shown).toMatchObject({ isBroken: false, attempts: [{ status: 200, response: null, isBroken: true }] })
    expect(shown?.request).not.toBeNull()
  })

  it('shows what an endpoint was sent that was removed since', async () => {
    const world = await readingWorld()
    await world.happen()
    await world.goOn()
    await world.endpoints.remove(operator, instanceAuthority, world.place)
    expect(await world.service.list(instanceAuthority, world.place, { failed: false, limit: 5 })).toHaveLength(1)
    expect(await world.service.show(instanceAuthority, null, await world.latest())).toMatchObject({ request: null })
    const wish = { what: 'all', from: new Date(0), to: null } as const
    expect(await world.service.replay(operator, instanceAuthority, world.place, wish)).toEqual({
      ok: false,
      error: 'not-found',
    })
  })
})

describe('[TOS-5] a replay of a range', () => {
  it('of all tells again what was delivered, for a receiver that has lost it', async () => {
    const world = await readingWorld()
    const from = world.clock.now()
    const events = [await world.happen(), await world.happen()]
    await world.goOn()
    const wish = { what: 'all', from, to: null } as const
    expect(await world.service.countReplay(instanceAuthority, world.place, wish)).toEqual({ ok: true, value: 2 })
    expect(await world.service.replay(operator, instanceAuthority, world.place, wish)).toMatchObject({ ok: true })
    expect(
      await world.service.replay(operator, instanceAuthority, world.place, wish),
      'nothing that is on its way',
    ).toEqual({ ok: false, error: 'nothing' })
    await world.deliver()
    expect(world.backEnd.ids()).toEqual([...events, ...events])
  })

  it('of what it missed does not repeat what was forgotten to have been delivered', async () => {
    const world = await readingWorld()
    const from = world.clock.now()
    await world.happen()
    await world.goOn()
    world.clock.advance(32 * DAY)
    await world.run('webhooks.clean', {})
    expect(await world.deliveries()).toEqual([])
    const wish = { what: 'missed', from, to: null } as const
    expect(await world.service.countReplay(instanceAuthority, world.place, wish)).toEqual({
      ok: false,
      error: 'forgotten',
    })
    expect(await world.service.countReplay(instanceAuthority, world.place, { ...wish, what: 'all' })).toMatchObject({
      ok: true,
    })
  })

  it('reaches before the endpoint for whoever may read the log alone', async () => {
    const world = await deliveriesWorld()
    const from = world.clock.now()
    await world.happen()
    await world.follow()
    world.clock.advance(DAY)
    const backEnd = await receiver()
    const { id } = await world.endpoint(backEnd.url)
    const place = { organisation: null, id }
    const service = openWebhookDeliveries(world)
    const wish = { what: 'missed', from, to: null } as const
    expect(await service.replay(operator, keeper, place, wish)).toEqual({ ok: false, error: 'too-early' })
    expect(await service.replay(operator, instanceAuthority, place, wish)).toMatchObject({ ok: true })
  })

  it('by the id of an event says no more: not what was before it, nor what it has not chosen', async () => {
    const world = await deliveriesWorld()
    const before = await world.happen()
    await world.follow()
    world.clock.advance(DAY)
    const { id } = await world.endpoint((await receiver()).url, { events: ['organisation.updated'] })
    const after = await world.happen()
    const other = await world.record({ action: 'organisation.suspended', target: orgId.generate() })
    await world.follow()
    const service = openWebhookDeliveries(world)
    const ask = (event: EventId, authority: Pick<Authority, 'allows' | 'isOfInstance'> = keeper) =>
      service.replay(operator, authority, { organisation: null, id }, { what: 'event', event })
    expect(await ask(before)).toEqual({ ok: false, error: 'too-early' })
    expect(await ask(before, instanceAuthority)).toMatchObject({ ok: true })
    expect(await ask(other, instanceAuthority)).toEqual({ ok: false, error: 'nothing' })
    expect(await ask(after)).toMatchObject({ ok: true })
  })
})
