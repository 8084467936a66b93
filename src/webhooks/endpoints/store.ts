import { sql } from 'kysely'
import { z } from 'zod'
import type { InstanceTx, OrgTx } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { type DisabledCause, type Endpoint, type EndpointDraft, type EndpointId, endpointId } from './endpoint.ts'

const orgId = defineId('org')
const cause = z.enum(['by-hand', 'failing']).nullable()

/** In the scope of its organisation, or in the instance's: row security lets no other one see it. */
export type EndpointTx = OrgTx | InstanceTx

const recorded = (db: Db) =>
  db
    .selectFrom('webhook_endpoints')
    .select(['id', 'org_id', 'name', 'url', 'events', 'personal', 'created_at', 'disabled_at', 'disabled_because'])

const standing = (db: Db) => recorded(db).where('removed_at', 'is', null)

type Row = Awaited<ReturnType<ReturnType<typeof standing>['execute']>>[number]

const toEndpoint = (row: Row): Endpoint => ({
  id: endpointId.fromUuid(row.id),
  organisation: row.org_id === null ? null : orgId.fromUuid(row.org_id),
  name: row.name,
  url: row.url,
  events: row.events,
  personal: row.personal,
  createdAt: row.created_at,
  disabledAt: row.disabled_at,
  disabledBecause: cause.parse(row.disabled_because),
})

/** Also one that was removed: what it was told stays in the log of deliveries for its time. */
export async function recordedEndpointOf(tx: EndpointTx, id: EndpointId): Promise<Endpoint | undefined> {
  const row = await recorded(tx).where('id', '=', endpointId.toUuid(id)).executeTakeFirst()
  return row && toEndpoint(row)
}

/** Undefined for one that was removed. */
export async function endpointOf(tx: EndpointTx, id: EndpointId): Promise<Endpoint | undefined> {
  const row = await standing(tx).where('id', '=', endpointId.toUuid(id)).executeTakeFirst()
  return row && toEndpoint(row)
}

/** How it fares. */
export interface Health {
  readonly lastSuccessAt: Date | null
  readonly lastFailureAt: Date | null
  /** The first failure since the last success. */
  readonly failingSince: Date | null
}

/** Of one that was never told anything there is nothing to say. */
export async function healthOf(tx: EndpointTx, id: EndpointId): Promise<Health> {
  const row = await tx
    .selectFrom('webhook_health')
    .select(['last_success_at', 'last_failure_at', 'failing_since'])
    .where('endpoint_id', '=', endpointId.toUuid(id))
    .executeTakeFirst()
  return {
    lastSuccessAt: row?.last_success_at ?? null,
    lastFailureAt: row?.last_failure_at ?? null,
    failingSince: row?.failing_since ?? null,
  }
}

/** Until the transaction ends: of two changes the second sees what the first has done. */
export async function lockEndpoint(tx: EndpointTx, id: EndpointId): Promise<Endpoint | undefined> {
  const row = await standing(tx).where('id', '=', endpointId.toUuid(id)).forUpdate().executeTakeFirst()
  return row && toEndpoint(row)
}

type Organisation = Id<'org'> | null

/** Null is the instance itself, and not everything in it. */
const ofOne = (db: Db, organisation: Organisation) =>
  standing(db).where('org_id', organisation === null ? 'is' : '=', organisation && orgId.toUuid(organisation))

export interface EndpointsPage {
  readonly organisation: Organisation
  readonly after?: EndpointId | undefined
  readonly limit: number
}

export async function listEndpoints(tx: EndpointTx, page: EndpointsPage): Promise<Endpoint[]> {
  const { organisation, after, limit } = page
  const rows = await ofOne(tx, organisation)
    .$if(after !== undefined, (query) => query.where('id', '>', after ? endpointId.toUuid(after) : ''))
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(toEndpoint)
}

/** All of a deleted organisation. */
export async function lockEndpointsOf(tx: InstanceTx, organisation: Id<'org'>): Promise<Endpoint[]> {
  const rows = await ofOne(tx, organisation).orderBy('id').forUpdate().execute()
  return rows.map(toEndpoint)
}

/**
 * All that may be told of something: those of the instance, and those of these organisations, in the order of their ids. Of
 * an organisation that was deleted none: what is cleared away behind it is not for whoever had it.
 */
export async function tellable(tx: InstanceTx, organisations: readonly Id<'org'>[]): Promise<Endpoint[]> {
  const rows = await standing(tx)
    .where('disabled_at', 'is', null)
    .where((of) =>
      of.or([of('org_id', 'is', null), of('org_id', '=', of.fn.any(of.val(organisations.map(orgId.toUuid))))]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('organisations')
            .select('organisations.id')
            .whereRef('organisations.id', '=', 'webhook_endpoints.org_id')
            .where('status', '=', 'deleted'),
        ),
      ),
    )
    .orderBy('id')
    .execute()
  return rows.map(toEndpoint)
}

/** One at a time adds an endpoint there, so that their number can be counted. */
export const holdEndpointsOf = (tx: Tx, organisation: Organisation): Promise<unknown> =>
  sql`SELECT pg_advisory_xact_lock(hashtextextended(${`webhook_endpoints ${organisation ?? 'instance'}`}, 0))`.execute(
    tx,
  )

export async function countEndpoints(tx: EndpointTx, organisation: Organisation): Promise<number> {
  const { rows } = await sql<{ many: number }>`SELECT count(*)::int AS many FROM webhook_endpoints
    WHERE removed_at IS NULL AND org_id IS NOT DISTINCT FROM ${organisation && orgId.toUuid(organisation)}`.execute(tx)
  return rows[0]?.many ?? 0
}

export async function insertEndpoint(tx: EndpointTx, endpoint: Endpoint): Promise<void> {
  await tx
    .insertInto('webhook_endpoints')
    .values({
      id: endpointId.toUuid(endpoint.id),
      org_id: endpoint.organisation && orgId.toUuid(endpoint.organisation),
      name: endpoint.name,
      url: endpoint.url,
      events: [...endpoint.events],
      personal: endpoint.personal,
      created_at: endpoint.createdAt,
    })
    .execute()
}

const change = (tx: EndpointTx, id: EndpointId) =>
  tx.updateTable('webhook_endpoints').where('id', '=', endpointId.toUuid(id))

export const updateEndpoint = (tx: EndpointTx, id: EndpointId, draft: EndpointDraft): Promise<unknown> =>
  change(tx, id)
    .set({ name: draft.name, url: draft.url, events: [...draft.events], personal: draft.personal })
    .execute()

export const markDisabled = (tx: EndpointTx, id: EndpointId, because: DisabledCause, at: Date): Promise<unknown> =>
  change(tx, id).set({ disabled_at: at, disabled_because: because }).execute()

export const markEnabled = (tx: EndpointTx, id: EndpointId): Promise<unknown> =>
  change(tx, id).set({ disabled_at: null, disabled_because: null }).execute()

/** What it failed before counts no longer: it has all the time again. */
export const forgetFailures = (tx: EndpointTx, id: EndpointId): Promise<unknown> =>
  tx
    .updateTable('webhook_health')
    .set({ failing_since: null })
    .where('endpoint_id', '=', endpointId.toUuid(id))
    .execute()

/** What waits for it goes nowhere any more; what it was told stays in the log. */
export async function markRemoved(tx: EndpointTx, id: EndpointId, at: Date): Promise<void> {
  await change(tx, id).set({ removed_at: at }).execute()
  await tx
    .updateTable('webhook_deliveries')
    .set({ state: 'discarded', ended_at: at })
    .where('endpoint_id', '=', endpointId.toUuid(id))
    .where('state', '=', 'queued')
    .execute()
}
