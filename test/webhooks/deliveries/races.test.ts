import { describe, expect, it } from 'vitest'
import { fail, ok } from '../../../src/lib/result.ts'
import { deliveryId } from '../../../src/webhooks/deliveries/delivery.ts'
import { lockEndpoint } from '../../../src/webhooks/endpoints/store.ts'
import { eventually } from '../../support/eventually.ts'
import { receiver } from './receiver.ts'
import { type DeliveriesWorld, deliveriesWorld, instanceAuthority, operator } from './support.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR

async function queuedWorld() {
  const world = await deliveriesWorld()
  const backEnd = await receiver()
  const { id } = await world.endpoint(backEnd.url)
  await world.happen()
  await world.follow()
  const [row] = await world.deliveries()
  return { ...world, backEnd, id, place: { organisation: null, id }, delivery: deliveryId.fromUuid(row?.id ?? '') }
}

const isAnyoneWaiting = async ({ query }: Pick<DeliveriesWorld, 'query'>) =>
  (await query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).length >
  0
    ? true
    : undefined

/** As a restore of a part, or a disk, might. */
const behindTheGuards = ({ query }: Pick<DeliveriesWorld, 'query'>, change: string) =>
  query(`BEGIN; SET LOCAL session_replication_role = replica; ${change}; COMMIT`)

describe('[TOS-5] a message', () => {
  it('is sent by a server whose clock is behind that of the one that follows the log', async () => {
    const world = await queuedWorld()
    world.clock.advance(-2 * 60_000)
    await world.run('webhooks.deliver', { delivery: world.delivery })
    expect(world.backEnd.received).toHaveLength(1)
  })

  it('whose job rings early has another job', async () => {
    const world = await queuedWorld()
    await world.query("UPDATE webhook_deliveries SET attempts = 1, next_at = next_at + interval '5 minutes'")
    const before = (await world.queued()).length
    await world.run('webhooks.deliver', { delivery: world.delivery })
    expect(world.backEnd.received).toEqual([])
    expect(await world.queued()).toHaveLength(before + 1)
  })

  it('that waits for nothing any more is found by the upkeep', async () => {
    const world = await queuedWorld()
    await world.query('UPDATE webhook_deliveries SET next_at = NULL')
    await world.run('webhooks.clean', {})
    await world.deliver()
    expect(await world.deliveries()).toMatchObject([{ state: 'delivered' }])
  })

  it('for an endpoint that was removed while it was put down is discarded', async () => {
    const world = await queuedWorld()
    await world.endpoints.remove(operator, instanceAuthority, world.place)
    await world.query("UPDATE webhook_deliveries SET state = 'queued', ended_at = NULL")
    await world.deliver()
    expect(await world.deliveries()).toMatchObject([{ state: 'discarded' }])
    expect(world.backEnd.received).toEqual([])
  })

  it('that ends with a 410 keeps nobody from removing its endpoint at that moment', async () => {
    const world = await queuedWorld()
    world.backEnd.answersWith((it) => it.writeHead(500).end())
    await world.deliver()
    world.backEnd.answersWith((it) => it.writeHead(410).end())
    world.clock.advance(60_000)
    let removed: ReturnType<typeof world.endpoints.remove> | undefined
    const by = world.instance({
      disableFailing: async (tx) => {
        removed = world.endpoints.remove(operator, instanceAuthority, world.place)
        await eventually(() => isAnyoneWaiting(world))
        return (await lockEndpoint(tx, world.id)) !== undefined
      },
    })
    await world.deliver(by)
    expect(await removed).toMatchObject({ ok: true })
  })

  it('whose event retention has taken is discarded, and the log says so', async () => {
    const world = await queuedWorld()
    await behindTheGuards(world, "DELETE FROM events WHERE action = 'organisation.updated'")
    await world.deliver()
    expect(await world.deliveries()).toMatchObject([{ state: 'discarded' }])
    expect(world.logged()).toMatch(/discarded: retention has taken its event/)
  })

  it('that waits for a disabled endpoint is discarded when the log of deliveries ends, and the log says so', async () => {
    const world = await queuedWorld()
    await world.endpoints.disable(operator, instanceAuthority, world.place)
    await world.deliver()
    world.clock.advance(29 * DAY)
    await world.run('webhooks.clean', {})
    expect(await world.deliveries()).toMatchObject([{ state: 'queued' }])
    world.clock.advance(2 * DAY)
    await world.run('webhooks.clean', {})
    expect(await world.deliveries()).toMatchObject([{ state: 'discarded' }])
    expect(world.logged()).toMatch(/discarded: their endpoint stayed disabled/)
  })

  it('of one that was enabled late has all its time, however old it is', async () => {
    const world = await queuedWorld()
    for (let n = 0; n < 2; n++) await world.happen()
    await world.follow()
    await world.endpoints.disable(operator, instanceAuthority, world.place)
    await world.deliver()
    world.clock.advance(29 * DAY)
    await world.endpoints.enable(operator, instanceAuthority, world.place)
    await world.resume()
    await world.deliver(world.instance({ outgoing: { send: async () => fail({ reason: 'timeout' }) } }))
    world.clock.advance(2 * DAY)
    // One is woken, to see how it fares; the other one is put off still.
    await world.run('webhooks.clean', {})
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(['queued', 'queued', 'queued'])
  })

  it('never leaves without a signature', async () => {
    const world = await queuedWorld()
    await behindTheGuards(world, 'DELETE FROM webhook_secrets')
    await world.deliver()
    expect(world.backEnd.received).toEqual([])
    expect(await world.deliveries()).toMatchObject([{ state: 'discarded' }])
  })

  it('that cannot be made is an attempt as any other: it ends, and the endpoint is disabled', async () => {
    const world = await queuedWorld()
    await behindTheGuards(world, "UPDATE webhook_secrets SET sealed = substring(sealed FOR 40) || '\\x00'")
    for (let passed = 0; passed <= 80; passed += 5) {
      await world.deliver()
      world.clock.advance(5 * HOUR)
    }
    expect((await world.attempts())[0]).toMatchObject({ status: null, failure: 'not-readable' })
    expect(await world.deliveries()).toMatchObject([{ state: 'failed' }])
    expect(await world.endpointRow(world.id)).toEqual({ disabled_because: 'failing' })
  })
})

/** While it is asked its owner lets it lead elsewhere, and then the one who was asked says no. */
async function leftWorld(status: number) {
  const world = await queuedWorld()
  const good = await receiver()
  const left = world.instance({
    outgoing: {
      send: async () => {
        await world.endpoints.update(operator, instanceAuthority, world.place, { url: good.url })
        return ok({ status, headers: {}, body: Buffer.from('no') })
      },
    },
  })
  return { ...world, good, left }
}

describe('[TOS-5] a no of somebody who is not asked any more', () => {
  it.each([410, 500])(
    '%i ends nothing and counts against nobody: the message is told where it leads now',
    async (status) => {
      const world = await leftWorld(status)
      await world.deliver(world.left)
      expect(await world.deliveries()).toMatchObject([{ state: 'queued', attempts: 1 }])
      expect(await world.endpointRow(world.id)).toEqual({ disabled_because: null })
      expect(await world.query('SELECT failing_since FROM webhook_health')).toEqual([])
      await world.deliver()
      expect(world.good.received).toHaveLength(1)
      expect(await world.deliveries()).toMatchObject([{ state: 'delivered', attempts: 2 }])
    },
  )

  it('does not end what had no more time', async () => {
    const world = await leftWorld(500)
    await world.query('UPDATE webhook_deliveries SET give_up_at = created_at')
    await world.deliver(world.left)
    await world.deliver()
    expect(world.good.received).toHaveLength(1)
    expect(await world.deliveries()).toMatchObject([{ state: 'delivered', attempts: 2 }])
  })
})

describe('[TOS-5] an organisation that was deleted', () => {
  it('is told nothing any more, and its endpoints are gone with their secrets', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver()
    const { org } = await world.company()
    await world.endpoint(backEnd.url, { events: ['*'] }, org)
    await world.follow()
    await world.happen(org)
    await world.follow()
    expect((await world.organisations.remove(operator, org)).ok).toBe(true)
    await world.deliver()
    await world.follow()
    await world.deliver()
    expect(backEnd.received, 'nor of what was queued').toEqual([])
    expect(await world.rows('webhook_secrets')).toBe(0)
    expect((await world.recorded()).at(-1)).toMatchObject({ action: 'webhook.removed', actor_kind: 'system' })
  })
})

describe('[TOS-5] an endpoint', () => {
  it('that is added before anybody has followed the log is told of what happens then, and not of what was before', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver()
    const before = await world.happen()
    world.clock.advance(2 * HOUR)
    await world.query("DELETE FROM audit_followers WHERE name = 'webhooks'")
    await world.endpoint(backEnd.url)
    const event = await world.happen()
    await world.follow()
    await world.follow()
    await world.deliver()
    expect(backEnd.ids()).toEqual([event])
    expect(backEnd.ids()).not.toContain(before)
  })
})
