import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../../src/db/database.ts'
import { inInstance } from '../../../src/db/transaction.ts'
import { receiver } from './receiver.ts'
import { deliveriesWorld } from './support.ts'

describe('[TOS-5] a process that dies', () => {
  it('after the answer and before its mark leaves a message that is sent again, with the same id', async () => {
    const world = await deliveriesWorld()
    const dying = openDatabase({ target: world.database.target, poolSize: 1, log: world.quiet })
    const backEnd = await receiver((it, _received, count) => {
      // What it was connected to is gone by the time of the mark, as it is for a process that was killed.
      const cut = count === 1 ? dying.close() : Promise.resolve()
      void cut.then(() => it.end())
    })
    await world.endpoint(backEnd.url)
    const event = await world.happen()
    await world.follow()
    await expect(world.deliver(world.instance({ owner: dying.owner }))).rejects.toThrow()
    expect(await world.deliveries()).toMatchObject([{ state: 'queued', attempts: 0 }])
    await world.deliver()
    expect(backEnd.ids()).toEqual([event, event])
    expect(await world.deliveries()).toMatchObject([{ state: 'delivered', attempts: 1 }])
    expect(await world.attempts()).toHaveLength(1)
  })

  it('while it puts down who is to be told leaves nothing half done', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver()
    await world.endpoint(backEnd.url)
    await world.happen()
    const { dispatch } = world
    await expect(
      world.follow({
        ...dispatch,
        take: async (tx, entries) => {
          await dispatch.take(tx, entries)
          throw new Error('killed')
        },
      }),
    ).rejects.toThrow('killed')
    expect(await world.deliveries()).toEqual([])
    expect(await world.queued()).toEqual([])
    await world.follow()
    expect(await world.deliveries()).toHaveLength(1)
    expect(await world.queued()).toHaveLength(1)
  })

  it('and whose job nobody rings for any more is found by the upkeep', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver()
    await world.endpoint(backEnd.url)
    await world.happen()
    await world.follow()
    await world.query("DELETE FROM pgboss.job WHERE name = 'webhooks.deliver'")
    await world.run('webhooks.clean', {})
    expect(await world.queued(), 'not before others had their time').toHaveLength(0)
    world.clock.advance(4 * 60 * 60_000)
    await world.run('webhooks.clean', {})
    expect(await world.queued()).toHaveLength(1)
  })
})

describe('[TOS-5] two servers', () => {
  it.each([200, 500])('that have the same attempt in hand count it once, when it is answered by %d', async (status) => {
    const world = await deliveriesWorld()
    // Answered once both are there: so neither has marked it before the other has read it.
    const held: { end(): unknown }[] = []
    const backEnd = await receiver((it) => {
      it.statusCode = status
      if (held.push(it) === 2) for (const each of held) each.end()
    })
    await world.endpoint(backEnd.url)
    const event = await world.happen()
    await world.follow()
    await Promise.all([world.deliver(world.instance()), world.deliver(world.instance())])
    expect(backEnd.ids()).toEqual([event, event])
    expect(await world.deliveries()).toMatchObject([{ state: status === 200 ? 'delivered' : 'queued', attempts: 1 }])
    expect(await world.attempts()).toHaveLength(1)
    expect(await world.queued(), 'and ring for the next one once').toHaveLength(status === 200 ? 1 : 2)
  })
})

describe('[TOS-5] the log of deliveries', () => {
  it('forgets what ended a month ago, along with its attempts, and nothing that waits for its turn', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it, { body }) => {
      it.statusCode = body.includes('"Acme"') ? 200 : 500
      it.end()
    })
    await world.endpoint(backEnd.url)
    await world.happen()
    await world.follow()
    await world.deliver()
    world.clock.advance(29 * 24 * 60 * 60_000)
    await world.run('webhooks.clean', {})
    expect(await world.deliveries()).toHaveLength(1)
    world.clock.advance(2 * 24 * 60 * 60_000)
    await world.happen()
    await world.follow()
    await world.run('webhooks.clean', {})
    expect(await world.deliveries()).toMatchObject([{ state: 'queued' }])
    expect(await world.attempts()).toEqual([])
  })

  it('keeps the beginning of an answer, sealed', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver((it) => it.end(`remember me ${'x'.repeat(100_000)}`))
    await world.endpoint(backEnd.url)
    await world.happen()
    await world.follow()
    await world.deliver()
    const [attempt] = await world.attempts()
    expect(attempt).toMatchObject({ status: 200, failure: null })
    expect(attempt?.response?.includes('remember')).toBe(false)
    expect(attempt?.response?.length).toBeLessThan(5_000)
    const { id } = (await world.query<{ id: string }>('SELECT id FROM webhook_attempts'))[0] ?? { id: '' }
    const place = { table: 'webhook_attempts', column: 'response', row: id }
    const opened = await world.services.keyring.instance.openText(place, attempt?.response ?? Buffer.alloc(0))
    expect(opened.reveal()).toMatch(/^remember me x+$/)
    expect(opened.reveal()).toHaveLength(4096)
  })

  it('shows an organisation its own, by row security as well', async () => {
    const world = await deliveriesWorld()
    const backEnd = await receiver()
    const { org } = await world.company()
    await world.endpoint(backEnd.url, {}, org)
    await world.happen(org)
    await world.follow()
    await world.deliver()
    const { owner } = world.services.database
    const seen = await inInstance(owner, (tx) => tx.selectFrom('webhook_attempts').select('org_id').execute())
    expect(
      seen.every(({ org_id }) => org_id === org.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')),
    ).toBe(true)
    expect(seen.length).toBeGreaterThan(0)
  })
})
