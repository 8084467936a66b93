import { randomBytes, randomInt } from 'node:crypto'
import type { Client } from 'pg'
import { v7 } from 'uuid'
import type { Column, ScopedTable } from './schema.ts'

export type Row = Readonly<Record<string, unknown>>

/** Whose a row is: of an organisation, in it of a member, and opened by a credential. */
export interface Owner {
  readonly organisation: string
  readonly member: string
  readonly credential: Buffer
}

interface Making extends Owner {
  /** A row of the same owner, in a table that this one refers to. */
  ref(table: string): Row
}

export const newOwner = (organisation: string = v7()): Owner => ({
  organisation,
  member: v7(),
  credential: randomBytes(32),
})

/** The shortest text that a column takes is one of 8. */
const word = () => `k${randomBytes(4).toString('hex').slice(1)}`

/**
 * What a table wants that its types do not tell. A new table of an organisation's rows gets a line here, behind those
 * that it refers to: the member and the credential go where a policy looks for them.
 */
const makers: Readonly<Record<string, (of: Making) => Row>> = {
  organisations: () => ({ slug: word(), status: 'active', template: 'basic' }),
  memberships: ({ member }) => ({ member_id: member, member_kind: 'person', status: 'active' }),
  roles: () => ({ key: word() }),
  membership_roles: ({ ref }) => ({ member_id: ref('memberships')['member_id'], role_id: ref('roles')['id'] }),
  invitations: ({ credential }) => ({ token_hash: credential, status: 'pending' }),
  organisation_domains: () => ({ domain: `${word()}.example` }),
  service_accounts: ({ member }) => ({ id: member, status: 'active' }),
  api_keys: ({ member, credential }) => ({ owner_id: member, owner_kind: 'person', secret_hash: credential }),
  api_key_uses: ({ ref }) => ({ key_id: ref('api_keys')['id'] }),
  events: () => ({ action: 'user.created', actor_kind: 'anonymous' }),
  audit_chain: () => ({ seq: 1 + randomInt(2 ** 40) }),
  webhook_endpoints: () => ({ events: ['*'] }),
  webhook_secrets: ({ ref }) => ({ endpoint_id: ref('webhook_endpoints')['id'] }),
  webhook_deliveries: ({ ref }) => ({ endpoint_id: ref('webhook_endpoints')['id'], state: 'queued' }),
  webhook_attempts: ({ ref }) => ({ delivery_id: ref('webhook_deliveries')['id'] }),
  webhook_health: ({ ref }) => ({ endpoint_id: ref('webhook_endpoints')['id'] }),
}

export const inOrderOfReference = (tables: readonly ScopedTable[]): ScopedTable[] => {
  const order = Object.keys(makers)
  return [...tables].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
}

const byType: Readonly<Record<string, () => unknown>> = {
  uuid: () => v7(),
  text: word,
  integer: () => 1,
  bigint: () => 1,
  boolean: () => false,
  jsonb: () => '{}',
  bytea: () => randomBytes(32),
  'timestamp with time zone': () => new Date(),
  'text[]': () => [],
  'uuid[]': () => [],
}

function fill({ name, type }: Column, table: string): unknown {
  const value = byType[type]
  if (!value) throw new Error(`say in test/db/organisation-rows/rows.ts what a ${type} is: ${table}.${name} is one`)
  return value()
}

/** `like`: the rows that it may refer to. */
export function makeRow(table: ScopedTable, owner: Owner, like: ReadonlyMap<string, Row>): Row {
  const maker = makers[table.name]
  if (!maker)
    throw new Error(`say in test/db/organisation-rows/rows.ts how a row of ${table.name} is made: add it to "makers"`)
  const ref = (name: string): Row => {
    const row = like.get(name)
    if (!row) throw new Error(`${table.name} refers to ${name}, which stands behind it in "makers"`)
    return row
  }
  const required = table.columns.filter((column) => column.required)
  return {
    ...Object.fromEntries(required.map((column) => [column.name, fill(column, table.name)])),
    ...maker({ ...owner, ref }),
    [table.org]: owner.organisation,
  }
}

export function insertion(table: ScopedTable, row: Row): { text: string; values: unknown[] } {
  const names = Object.keys(row)
  const places = names.map((_, index) => `$${index + 1}`)
  return {
    text: `INSERT INTO ${table.name} (${names.join(', ')}) VALUES (${places.join(', ')})`,
    values: Object.values(row),
  }
}

/** Rows in every table, put there by somebody whom nothing holds back. */
export async function arrange(superuser: Client, tables: readonly ScopedTable[], owner: Owner, given?: Row) {
  const made = new Map<string, Row>(given ? [['organisations', given]] : [])
  for (const table of inOrderOfReference(tables)) {
    if (made.has(table.name)) continue
    const row = makeRow(table, owner, made)
    const { text, values } = insertion(table, row)
    await superuser.query(text, values)
    made.set(table.name, row)
  }
  return made
}
