import { describe, expect, it } from 'vitest'
import type { Actor, ActorContext } from '../../src/audit/actor.ts'
import type { EventInput } from '../../src/audit/event.ts'
import type { EventFilter, Order } from '../../src/audit/query/filter.ts'
import { fitting } from '../../src/audit/query/filter.ts'
import type { AuditQuery, PageAsked } from '../../src/audit/query/service.ts'
import { inOrganisation, inTransaction } from '../../src/db/transaction.ts'
import { openAuditLog } from '../../src/instance/audit-log.ts'
import { defineId, type Id } from '../../src/lib/ids.ts'
import { NEAR_ITS_TIME_MS } from '../../src/lib/ids-in-order.ts'
import { createTestInstance } from '../support/instance.ts'

const org = defineId('org')
const usr = defineId('usr')
const [ours, theirs] = [org.generate(), org.generate()]
const bob = usr.generate()
const system: Actor = { kind: 'system', id: 'test' }
const operator: Actor = { kind: 'operator', id: 'key rotate' }
const mayRead = { allows: () => true }

async function queryWorld() {
  const instance = await createTestInstance()
  const { services, config, clock, log } = instance
  const { query } = openAuditLog({ services, config, clock, log: log.log })
  const write = (event: EventInput, by: Partial<ActorContext> = {}) => {
    const context = { actor: system, ...by }
    const { app } = services.database
    return context.organisation
      ? inOrganisation(app, context.organisation, (tx) => services.events.recordEvent(tx, context, event))
      : inTransaction(app, (tx) => services.events.recordEvent(tx, context, event))
  }
  return { ...instance, query, write, since: clock.now() }
}

const idsOf = async (asked: Promise<Awaited<ReturnType<AuditQuery['page']>>>) => {
  const page = await asked
  if (!page.ok) throw new Error(page.error)
  return page.value.entries.map(({ id }) => id)
}
const asking = (filter: EventFilter, more: Partial<PageAsked> = {}): PageAsked => ({
  filter,
  order: 'newest',
  limit: 100,
  ...more,
})

describe('a search of the log [MON-13]', () => {
  it('finds by organisation, actor, action, noun, target, time and request, alone and together', async () => {
    const { query, write, clock, since } = await queryWorld()
    clock.advance(1)
    const from = clock.now()
    const a = await write({ action: 'key.created', target: 'key_a' }, { requestId: 'req-1' })
    clock.advance(1_000)
    const b = await write({ action: 'key.retired', target: 'key_a' }, { actor: operator })
    clock.advance(1_000)
    const later = clock.now()
    const c = await write({ action: 'client.updated', target: 'key_a' }, { requestId: 'req-1', organisation: ours })
    const d = await write({ action: 'sign_in.failed', target: bob }, { actor: { kind: 'anonymous' } })
    const found = (filter: EventFilter) => idsOf(query.pageOfInstance(asking({ from, ...filter })))
    expect(await found({})).toEqual([d, c, b, a])
    expect(await found({ organisation: ours })).toEqual([c])
    expect(await found({ actor: { kind: 'operator', id: 'key rotate' } })).toEqual([b])
    expect(await found({ actor: { kind: 'anonymous', id: null } })).toEqual([d])
    expect(await found({ action: 'key.created' })).toEqual([a])
    expect(await found({ action: 'key.*' })).toEqual([b, a])
    expect(await found({ action: 'nothing.*' })).toEqual([])
    expect(await found({ target: { id: 'key_a' } })).toEqual([c, b, a])
    expect(await found({ target: { kind: 'key', id: 'key_a' } })).toEqual([b, a])
    expect(await found({ requestId: 'req-1' })).toEqual([c, a])
    expect(await found({ to: later })).toEqual([b, a])
    expect(await found({ from: later })).toEqual([d, c])
    expect(await found({ action: 'key.*', target: { id: 'key_a' }, to: later, actor: system })).toEqual([a])
    expect(await found({ requestId: 'req-1', organisation: ours, action: 'client.*' })).toEqual([c])
    expect(await found({ from: since, organisation: theirs })).toEqual([])
  })

  it('asks of the time what the event says, though its id was held back by a clock that was set back', async () => {
    const { query, write, clock } = await queryWorld()
    await write({ action: 'key.created', target: 'key_a' })
    clock.advance(-NEAR_ITS_TIME_MS + 1_000)
    const from = clock.now()
    const held = await write({ action: 'key.retired', target: 'key_a' })
    const to = new Date(from.getTime() + 1)
    expect(await idsOf(query.pageOfInstance(asking({ from, to })))).toEqual([held])
    clock.advance(-3_600_000)
    const before = clock.now()
    const back = await write({ action: 'key.revoked', target: 'key_a' })
    expect(await idsOf(query.pageOfInstance(asking({ from: before, to: from })))).toEqual([back])
  })

  it('asks the same as whoever walks along the chain', async () => {
    const { query, write, clock } = await queryWorld()
    const from = clock.now()
    for (const target of ['key_a', 'key_b']) {
      await write({ action: 'key.created', target }, { requestId: target })
      await write({ action: 'key.retired', target }, { organisation: ours })
      await write({ action: 'sign_in.failed', target: bob }, { actor: { kind: 'anonymous' } })
      clock.advance(1_000)
    }
    const all = await query.pageOfInstance(asking({ from }))
    const filters: EventFilter[] = [
      { organisation: ours },
      { action: 'key.*' },
      { target: { id: 'key_b' } },
      { target: { kind: 'person', id: bob }, to: clock.now() },
      { actor: { kind: 'anonymous', id: null }, from: clock.now() },
      { requestId: 'key_a', action: 'key.created' },
    ]
    if (!all.ok) throw new Error(all.error)
    for (const filter of filters) {
      const fits = fitting({ from, ...filter })
      expect(await idsOf(query.pageOfInstance(asking({ from, ...filter })))).toEqual(
        all.value.entries.filter((entry) => fits(entry)).map(({ id }) => id),
      )
    }
  })

  it('shows an event before it is in the chain, and says so', async () => {
    const { query, write } = await queryWorld()
    const id = await write({ action: 'key.created', target: 'key_a' })
    expect(await query.findInInstance(id)).toMatchObject({ id, seq: null, action: 'key.created' })
  })
})

it('a row that nobody can read is on its page, marked, and keeps nobody from the others', async () => {
  const { query, write, database, since } = await queryWorld()
  const ids: string[] = []
  for (let n = 0; n < 3; n++) ids.unshift(await write({ action: 'key.created', target: `key_${n}` }))
  const superuser = await database.superuser()
  await superuser.query("SET session_replication_role = 'replica'")
  await superuser.query("UPDATE events SET occurred_at = '20000-01-01' WHERE target_id = 'key_1'")
  const page = await query.pageOfInstance(asking({ action: 'key.created', from: since }, { limit: 2 }))
  const shown = page.ok ? page.value : undefined
  expect(shown?.entries.map(({ id, broken }) => [id, broken])).toEqual([
    [ids[0], false],
    [ids[1], true],
  ])
  expect(shown?.next).toBeDefined()
  const [, odd] = shown?.entries ?? []
  expect(odd && (await query.findInInstance(odd.id))).toMatchObject({ broken: true, action: 'key.created' })
})

describe('an organisation’s log', () => {
  it('is what concerns it and nothing else, whatever the filter says, for whoever may read it', async () => {
    const { query, write } = await queryWorld()
    const [a, b] = [
      await write({ action: 'key.created', target: 'key_a' }, { organisation: ours }),
      await write({ action: 'key.created', target: 'key_a' }, { organisation: theirs }),
    ]
    await write({ action: 'key.created', target: 'key_a' })
    const found = (filter: EventFilter) => idsOf(query.page(mayRead, ours, asking(filter)))
    expect(await found({})).toEqual([a])
    expect(await found({ organisation: theirs })).toEqual([a])
    expect(await found({ target: { id: 'key_a' }, action: 'key.*' })).toEqual([a])
    expect(await query.find(mayRead, ours, a)).toMatchObject({ id: a })
    expect(await query.find(mayRead, ours, b)).toBeUndefined()
    const nobody = { allows: () => false }
    expect(await query.page(nobody, ours, asking({}))).toEqual({ ok: false, error: 'not-allowed' })
    expect(await query.find(nobody, ours, a)).toBeUndefined()
  })
})

describe('the place where a page ended', () => {
  const paged = async () => {
    const world = await queryWorld()
    const from = world.clock.now()
    for (const number of [1, 2, 3]) {
      world.clock.advance(1_000)
      await world.write({ action: 'key.created', target: `key_${number}` }, { organisation: ours })
    }
    const asked = (order: Order, after?: string) => asking({ from, action: 'key.*' }, { order, limit: 2, after })
    const pageOf = async (asked: PageAsked) => {
      const page = await world.query.pageOfInstance(asked)
      if (!page.ok) throw new Error(page.error)
      return { targets: page.value.entries.map(({ target }) => target.id), next: page.value.next }
    }
    return { ...world, from, asked, pageOf }
  }

  it('leads on, in both orders, and is gone at the end', async () => {
    const { asked, pageOf } = await paged()
    const newest = await pageOf(asked('newest'))
    expect([newest.targets, await pageOf(asked('newest', newest.next))]).toEqual([
      ['key_3', 'key_2'],
      { targets: ['key_1'], next: undefined },
    ])
    const oldest = await pageOf(asked('oldest'))
    expect([oldest.targets, await pageOf(asked('oldest', oldest.next))]).toEqual([
      ['key_1', 'key_2'],
      { targets: ['key_3'], next: undefined },
    ])
  })

  it('is good for the very search alone: tampered with, foreign or of another search it is refused in one way', async () => {
    const { query, from, asked, pageOf } = await paged()
    const { next = '' } = await pageOf(asked('newest'))
    const refused = { ok: false, error: 'cursor-invalid' }
    const other = (filter: EventFilter, more: Partial<PageAsked> = {}) =>
      query.pageOfInstance(asking({ from, action: 'key.*', ...filter }, { limit: 2, after: next, ...more }))
    expect((await other({})).ok).toBe(true)
    expect(await other({ action: 'key.created' })).toEqual(refused)
    expect(await other({ organisation: ours })).toEqual(refused)
    expect(await other({ from: new Date(from.getTime() + 1) })).toEqual(refused)
    expect(await other({ target: { id: 'key_1' } })).toEqual(refused)
    expect(await other({}, { order: 'oldest' })).toEqual(refused)
    expect(await query.page(mayRead, ours, asked('newest', next))).toEqual(refused)
    const flipped = next.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
    for (const bad of [flipped, next.slice(0, -1), `${next}A`, `${next}=`, ` ${next}`, '', 'x', next.slice(0, 22)])
      expect(await query.pageOfInstance(asked('newest', bad))).toEqual(refused)
    const foreign = await paged()
    const { next: theirNext } = await foreign.pageOf(foreign.asked('newest'))
    expect(theirNext).toBeDefined()
  })

  it('of one organisation is none of another', async () => {
    const { query, write } = await queryWorld()
    for (const organisation of [ours, theirs] as Id<'org'>[])
      for (const target of ['key_1', 'key_2']) await write({ action: 'key.created', target }, { organisation })
    const first = await query.page(mayRead, ours, asking({}, { limit: 1 }))
    const after = first.ok ? first.value.next : undefined
    expect(after).toBeDefined()
    expect((await query.page(mayRead, ours, asking({}, { limit: 1, after }))).ok).toBe(true)
    expect(await query.page(mayRead, theirs, asking({}, { limit: 1, after }))).toEqual({
      ok: false,
      error: 'cursor-invalid',
    })
  })
})
