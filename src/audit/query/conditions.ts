import { type RawBuilder, sql } from 'kysely'
import { defineId } from '../../lib/ids.ts'
import { targetKinds } from '../vocabulary.ts'
import { actionsIn, type EventFilter } from './filter.ts'
import type { Scope } from './scope.ts'

export type Sql = RawBuilder<unknown>
export type Condition = RawBuilder<boolean>

/**
 * Which index finds the rows, in the order of their ids: its columns before the id, and what stands in them. `each` is where
 * the first column has several values: each is looked for by itself.
 */
export interface Finding {
  readonly columns: readonly Sql[]
  readonly values: readonly Sql[]
  readonly each?: readonly string[] | undefined
  /** Of an index that does not have all rows: it is taken only where this is said. */
  readonly only?: Condition
}

/** One part of a filter finds the rows; the others are held against what it finds. */
export interface Plan {
  readonly finding: Finding
  readonly rest: readonly Condition[]
}

interface Part {
  readonly finding: Finding
  readonly asRest: Condition
}

const organisationId = defineId('org')

/** What stands for one of several values. */
export const ONE = sql`one.value`

const EVERYTHING: Part = { finding: { columns: [], values: [] }, asRest: sql<boolean>`true` }

/**
 * Within an organisation, the organisation finds them, whatever else is asked: of how many events of others somebody is
 * the actor or the target is not known, so no other bound could be promised. The events of one request are few.
 */
export function planOf(filter: EventFilter, scope: Scope): Plan {
  const within = scope.kind === 'organisation'
  const organisation = organisationPart(within ? scope.organisation : filter.organisation)
  const others = [targetPart(filter), actorPart(filter)]
  const inOrder = within ? [organisation, ...others] : [...others, organisation]
  const [{ finding } = EVERYTHING, ...rest] = [requestPart(filter), ...inOrder, actionPart(filter)].filter(
    (part) => part !== undefined,
  )
  return { finding, rest: rest.map(({ asRest }) => asRest) }
}

function requestPart({ requestId }: EventFilter): Part | undefined {
  if (requestId === undefined) return undefined
  return {
    finding: {
      columns: [sql`events.request_id`],
      values: [sql`${requestId}`],
      only: sql<boolean>`events.request_id IS NOT NULL`,
    },
    asRest: sql<boolean>`events.request_id = ${requestId}`,
  }
}

function organisationPart(organisation: EventFilter['organisation']): Part | undefined {
  if (organisation === undefined) return undefined
  const uuid = sql`${organisationId.toUuid(organisation)}::uuid`
  return {
    finding: { columns: [sql`events.org_id`], values: [uuid], only: sql<boolean>`events.org_id IS NOT NULL` },
    asRest: sql<boolean>`events.org_id = ${uuid}`,
  }
}

function actorPart({ actor }: EventFilter): Part | undefined {
  if (!actor) return undefined
  const columns = [sql`events.actor_kind`, sql`events.actor_id`]
  const { kind, id } = actor
  return {
    finding: { columns, values: [sql`${kind}`, id === null ? NOTHING : sql`${id}`] },
    asRest: sql<boolean>`events.actor_kind = ${kind} AND events.actor_id ${id === null ? sql`IS NULL` : sql`= ${id}`}`,
  }
}

function targetPart({ target }: EventFilter): Part | undefined {
  if (!target) return undefined
  const { kind, id } = target
  const columns = [sql`events.target_kind`, sql`events.target_id`]
  if (kind === undefined)
    return {
      finding: { columns, values: [ONE, sql`${id}`], each: targetKinds },
      asRest: sql<boolean>`events.target_id = ${id}`,
    }
  return {
    finding: { columns, values: [sql`${kind}`, sql`${id}`] },
    asRest: sql<boolean>`events.target_kind = ${kind} AND events.target_id = ${id}`,
  }
}

function actionPart({ action }: EventFilter): Part | undefined {
  if (action === undefined) return undefined
  const words = actionsIn(action) ?? []
  return {
    finding: { columns: [sql`events.action`], values: [ONE], each: words },
    asRest: sql<boolean>`events.action = ANY(${words}::text[])`,
  }
}

/** Where a column of an index is empty. It is compared by IS NULL: as part of a row, nothing is comparable to it. */
const NOTHING = sql`NULL`

interface Range {
  /** Neither of the two is in it. */
  readonly above: string
  readonly below: string
}

/**
 * Compared as whole rows of the index, and ordered by all of its columns, though all but the id are the same: otherwise the
 * planner may take the primary key and read past everybody else's events, because it believes that those of a busy actor
 * are everywhere, when they left a year ago.
 */
export function between({ columns, values, only }: Finding, { above, below }: Range): Condition {
  const [lower, upper] = [sql`${above}::uuid`, sql`${below}::uuid`]
  if (values.includes(NOTHING)) {
    const same = columns.map((column, at) =>
      values[at] === NOTHING ? sql`${column} IS NULL` : sql`${column} = ${values[at]}`,
    )
    return allOf([...same, sql`events.id > ${lower}`, sql`events.id < ${upper}`])
  }
  const row = sql`(${sql.join([...columns, sql`events.id`])})`
  const of = (id: Sql) => sql`(${sql.join([...values, id])})`
  const inRange = sql<boolean>`${row} > ${of(lower)} AND ${row} < ${of(upper)}`
  return only ? allOf([inRange, only]) : inRange
}

export const orderOf = ({ columns }: Finding, direction: Sql): Sql =>
  sql.join([...columns, sql`events.id`].map((column) => sql`${column} ${direction}`))

export const allOf = (conditions: readonly Sql[]): Condition => sql<boolean>`${sql.join(conditions, sql` AND `)}`
