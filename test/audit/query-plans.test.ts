import { beforeAll, describe, expect, it } from 'vitest'
import { type EventId, eventId } from '../../src/audit/event.ts'
import type { EventFilter, Order } from '../../src/audit/query/filter.ts'
import { INSTANCE, type Scope } from '../../src/audit/query/scope.ts'
import { LOOKED_THROUGH, look } from '../../src/audit/query/store.ts'
import { targetKinds } from '../../src/audit/vocabulary.ts'
import { inInstance, inOrganisation } from '../../src/db/transaction.ts'
import { defineId } from '../../src/lib/ids.ts'
import { lowestUuidAt } from '../../src/lib/ids-in-order.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { ranBy } from './plans.ts'

/** `EVENTS=1000000 npm test -- audit/query-plans` shows that plans stay as they are, and takes minutes to fill. */
const EVENTS = Number(process.env['EVENTS'] ?? 60_000)
const FILL_WITHIN_MS = 60_000 + EVENTS

const organisationId = defineId('org')
const BEGAN = Date.parse('2030-01-01T00:00:00Z')
const STEP_MS = 1000
const atNumber = (number: number) => new Date(BEGAN + number * STEP_MS)

/**
 * One a second. Half are of one large organisation, a few of a small one, many of one that left; programs did most of it,
 * one in the first half of the time and its successor in the second.
 */
const FILL = `
  SET session_replication_role = replica;
  CREATE FUNCTION pg_temp.id_of(g integer) RETURNS uuid LANGUAGE sql AS $$
    SELECT (substr(h, 1, 8) || '-' || substr(h, 9) || '-7000-8000-' || lpad(to_hex(g), 12, '0'))::uuid
    FROM (SELECT lpad(to_hex(${BEGAN}::bigint + g::bigint * ${STEP_MS}), 12, '0') AS h) t $$;
  INSERT INTO events (id, occurred_at, org_id, action, actor_kind, actor_id, target_kind, target_id, request_id)
    SELECT pg_temp.id_of(g), to_timestamp((${BEGAN}::bigint + g::bigint * ${STEP_MS}) / 1000.0),
      CASE WHEN g % 2 = 0 THEN '10000000-0000-7000-8000-000000000001'::uuid
        WHEN g % 997 = 0 THEN '10000000-0000-7000-8000-000000000002'::uuid
        WHEN g < ${EVENTS / 2} THEN '10000000-0000-7000-8000-000000000003'::uuid END,
      CASE WHEN g % 5000 = 7 THEN 'license.installed' WHEN g % 50 = 0 THEN 'user.created' WHEN g % 50 = 1 THEN 'user.disabled'
        ELSE 'sign_in.completed' END,
      CASE WHEN g % 7 = 0 THEN 'anonymous' ELSE 'client' END,
      CASE WHEN g % 7 = 0 THEN NULL WHEN g % 3001 = 0 THEN 'rare' WHEN g < ${EVENTS / 2} THEN 'former' ELSE 'busy' END,
      'person', 'usr_' || g % 5000, 'req_' || g / 3
    FROM generate_series(1, ${EVENTS}) g;
  INSERT INTO audit_chain (seq, event_id, at, org_id, entry_hash, hash)
    SELECT row_number() OVER (ORDER BY id), id, occurred_at, org_id, sha256(''), sha256('') FROM events;
  ANALYZE;`

const large = organisationId.fromUuid('10000000-0000-7000-8000-000000000001')
const small = organisationId.fromUuid('10000000-0000-7000-8000-000000000002')
const left = organisationId.fromUuid('10000000-0000-7000-8000-000000000003')
const busy = { kind: 'client', id: 'busy' } as const
const former = { kind: 'client', id: 'former' } as const
const rare = { kind: 'client', id: 'rare' } as const
const target = { kind: 'person', id: 'usr_77' } as const
const [from, to] = [atNumber(EVENTS / 2), atNumber(EVENTS / 2 + 1000)]

const LIMIT = 100
/** A page and one more are found, and read whole by their ids. */
const PAGE = 2 * (LIMIT + 1)
/** A minute before and after what was asked for. */
const EDGE = 120_000 / STEP_MS + 4

describe('where there are very many events, a page is found by an index and looks at few [MON-13]', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
    await (await database.superuser()).query(FILL)
    return () => database.close()
  }, FILL_WITHIN_MS)

  const run = (filter: EventFilter, order: Order, scope: Scope, after?: EventId) => {
    const asked = { scope, filter, order, after, limit: LIMIT }
    return scope.kind === 'instance'
      ? inInstance(database.owner, (tx) => look(tx, asked))
      : inOrganisation(database.app, scope.organisation, (tx) => look(tx, asked))
  }
  const ran = async (filter: EventFilter, order: Order, scope: Scope, after?: EventId) => {
    const client = await database.superuser()
    await client.query('BEGIN')
    await client.query(
      scope.kind === 'instance'
        ? "SET LOCAL ROLE hearthkey_owner; SET LOCAL hearthkey.scope = 'instance'"
        : `SET LOCAL ROLE hearthkey_app; SET LOCAL hearthkey.org = '${organisationId.toUuid(scope.organisation)}'`,
    )
    try {
      return await ranBy(
        () => run(filter, order, scope, after),
        async (text, values) => (await client.query(text, values)).rows,
      )
    } finally {
      await client.query('ROLLBACK')
    }
  }
  const orders = ['newest', 'oldest'] as const

  const single: Readonly<Record<string, { filter: EventFilter; index: string; more?: number }>> = {
    everything: { filter: {}, index: 'events_pkey' },
    'an organisation': { filter: { organisation: large }, index: 'events_by_org' },
    'a small organisation': { filter: { organisation: small }, index: 'events_by_org' },
    'an actor': { filter: { actor: busy }, index: 'events_by_actor' },
    'a rare actor': { filter: { actor: rare }, index: 'events_by_actor' },
    'an actor that has left': { filter: { actor: former }, index: 'events_by_actor' },
    'an organisation that has left': { filter: { organisation: left }, index: 'events_by_org' },
    nobody: { filter: { actor: { kind: 'anonymous', id: null } }, index: 'events_by_actor' },
    'an action': { filter: { action: 'sign_in.completed' }, index: 'events_by_action' },
    'a rare action': { filter: { action: 'license.installed' }, index: 'events_by_action' },
    'a target': { filter: { target }, index: 'events_by_target' },
    'a request': { filter: { requestId: 'req_77' }, index: 'events_by_request' },
    'a time': { filter: { from, to }, index: 'events_pkey', more: EDGE },
    'an organisation in a time': { filter: { organisation: large, from, to }, index: 'events_by_org', more: EDGE },
    'an actor in a time': { filter: { actor: busy, from, to }, index: 'events_by_actor', more: EDGE },
    'an action in a time': { filter: { action: 'user.created', from, to }, index: 'events_by_action', more: EDGE },
    // Each of its words is asked for a page.
    'all actions of a noun': { filter: { action: 'user.*' }, index: 'events_by_action', more: 12 * LIMIT },
    // Each kind is asked; one has it.
    'a target of whatever kind': {
      filter: { target: { id: 'usr_77' } },
      index: 'events_by_target',
      more: targetKinds.length,
    },
  }
  const inOrder = orders.flatMap((order) => Object.entries(single).map(([name, it]) => [name, order, it] as const))

  it.each(inOrder)('in all of the instance: %s, %s first', async (_, order, { filter, index, more = 0 }) => {
    const { found } = await run(filter, order, INSTANCE)
    expect(found.length).toBeGreaterThan(0)
    const { whole, indexes, looked, sorted } = await ran(filter, order, INSTANCE)
    expect(whole).toEqual([])
    expect(indexes).toContain(index)
    expect(looked).toBeLessThanOrEqual(PAGE + more)
    expect(sorted).toBeLessThanOrEqual(PAGE + more)
  })

  const pairs: Readonly<Record<string, { filter: EventFilter; index: string }>> = {
    'an organisation and an action': {
      filter: { organisation: large, action: 'license.installed' },
      index: 'events_by_org',
    },
    'an organisation and a noun': { filter: { organisation: large, action: 'user.*' }, index: 'events_by_org' },
    'an organisation and an actor': { filter: { organisation: large, actor: busy }, index: 'events_by_actor' },
    'an organisation and a target': { filter: { organisation: large, target }, index: 'events_by_target' },
    'an actor and an action': { filter: { actor: busy, action: 'license.installed' }, index: 'events_by_actor' },
    'a target and an action': { filter: { target, action: 'sign_in.completed' }, index: 'events_by_target' },
    'an actor and a target': { filter: { actor: busy, target }, index: 'events_by_target' },
    'an actor and a request': { filter: { actor: busy, requestId: 'req_77' }, index: 'events_by_request' },
    'an actor and an action in a time': {
      filter: { actor: busy, action: 'user.created', from, to },
      index: 'events_by_actor',
    },
  }
  const pairsInOrder = orders.flatMap((order) => Object.entries(pairs).map(([name, it]) => [name, order, it] as const))

  it.each(inOrder)('and a page from the middle on: %s, %s first', async (_, order, { filter, index, more = 0 }) => {
    const middle = eventId.fromUuid(lowestUuidAt(atNumber(EVENTS / 2 + 500)))
    const { whole, indexes, looked } = await ran(filter, order, INSTANCE, middle)
    expect(whole).toEqual([])
    expect(indexes).toContain(index)
    expect(looked).toBeLessThanOrEqual(PAGE + more)
  })

  it.each(pairsInOrder)(
    `no index has both: %s, %s first, looks at ${LOOKED_THROUGH} at most`,
    async (_, order, { filter, index }) => {
      const { whole, indexes, looked, sorted } = await ran(filter, order, INSTANCE)
      expect(whole).toEqual([])
      expect(indexes).toContain(index)
      expect(looked).toBeLessThanOrEqual(LOOKED_THROUGH + LIMIT + 1 + EDGE)
      expect(sorted).toBeLessThanOrEqual(LOOKED_THROUGH)
    },
  )

  const within: Readonly<Record<string, { filter: EventFilter; most?: number }>> = {
    everything: { filter: {}, most: PAGE },
    'a time': { filter: { from, to }, most: PAGE + EDGE },
    'an action': { filter: { action: 'license.installed' } },
    'a noun': { filter: { action: 'user.*' } },
    'an actor': { filter: { actor: busy } },
    'a rare actor': { filter: { actor: rare } },
    'an actor that has left': { filter: { actor: former } },
    nobody: { filter: { actor: { kind: 'anonymous', id: null } } },
    'a target': { filter: { target } },
    'a target of whatever kind': { filter: { target: { id: 'usr_77' } } },
    'a request': { filter: { requestId: 'req_77' }, most: PAGE },
  }
  const withinInOrder = [large, small, left].flatMap((organisation) =>
    orders.flatMap((order) => Object.entries(within).map(([name, it]) => [name, order, organisation, it] as const)),
  )

  it.each(withinInOrder)(
    'within an organisation, under row security: %s, %s first (%s)',
    async (_, order, organisation, { filter, most = LOOKED_THROUGH + LIMIT + 1 }) => {
      const { whole, looked, sorted } = await ran(filter, order, { kind: 'organisation', organisation })
      expect(whole).toEqual([])
      expect(looked).toBeLessThanOrEqual(most)
      expect(sorted).toBeLessThanOrEqual(LOOKED_THROUGH)
    },
  )

  it.each(orders)('page after page, %s first, every event that fits is found once, and no other', async (order) => {
    const filter = { organisation: large, action: 'user.*', from: atNumber(3), to: atNumber(EVENTS - 3) }
    const numbers: number[] = []
    const steps: number[] = []
    let after: Awaited<ReturnType<typeof look>>['upTo']
    do {
      const { found, upTo } = await inInstance(database.owner, (tx) =>
        look(tx, { scope: INSTANCE, filter, order, after, limit: LIMIT }),
      )
      numbers.push(...found.map(({ id }) => Number.parseInt(eventId.toUuid(id).slice(-12), 16)))
      steps.push(found.length)
      after = upTo
    } while (after !== undefined)
    const expected = Array.from({ length: EVENTS }, (_, at) => at + 1).filter(
      (number) => number % 50 === 0 && number >= 3 && number < EVENTS - 3 && number % 5000 !== 7,
    )
    expect(numbers).toEqual(order === 'newest' ? expected.toReversed() : expected)
    expect(Math.max(...steps)).toBe(LIMIT)
  })

  it('and a plan without its index is seen', async () => {
    await (await database.superuser()).query('DROP INDEX events_by_actor')
    const { indexes, looked } = await ran({ actor: rare }, 'newest', INSTANCE)
    expect(indexes).not.toContain('events_by_actor')
    expect(looked).toBeGreaterThan(PAGE)
  })
})
