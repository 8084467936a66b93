import { type Client, DatabaseError } from 'pg'
import { v7 } from 'uuid'
import { arrange, insertion, makeRow, newOwner, type Owner, type Row } from './rows.ts'
import type { ScopedTable } from './schema.ts'

interface Statement {
  readonly text: string
  readonly values: unknown[]
}

type Scope = Readonly<Record<string, string>>
type Outcome = number | string

const INSUFFICIENT_PRIVILEGE = '42501'
const REFERENCE_MISSING = '23503'

/** One connection that tries one thing after the other, each as if it were the first. */
interface Prober {
  /** How many rows it reached, or the code of the refusal; nothing of it stays. */
  attempt(scope: Scope, statement: Statement): Promise<Outcome>
}

function prober(client: Client): Prober {
  let open: Scope | undefined
  const enter = async (scope: Scope) => {
    await client.query('ROLLBACK; BEGIN')
    for (const [name, value] of Object.entries(scope))
      await client.query('SELECT set_config($1, $2, true)', [`hearthkey.${name}`, value])
    await client.query('SAVEPOINT before')
    open = scope
  }
  return {
    attempt: async (scope, { text, values }) => {
      if (open !== scope) await enter(scope)
      try {
        return (await client.query(text, values)).rowCount ?? 0
      } catch (error) {
        if (error instanceof DatabaseError && error.code) return error.code
        throw error
      } finally {
        await client.query('ROLLBACK TO before')
      }
    },
  }
}

const reachedNothing = (outcome: Outcome) => outcome === 0 || outcome === INSUFFICIENT_PRIVILEGE

function where(table: ScopedTable, row: Row, from = 1): Statement {
  const conditions = table.key.map((name, index) => `${name} = $${index + from}`)
  return { text: conditions.join(' AND '), values: table.key.map((name) => row[name]) }
}

function reading(table: ScopedTable, row: Row): Statement {
  const { text, values } = where(table, row)
  return { text: `SELECT FROM ${table.name} WHERE ${text}`, values }
}

/** Everything that could be done to a row that is there; `into`: the organisation that would have it. */
function changes(table: ScopedTable, row: Row, into: string): [string, Statement][] {
  const { text, values } = where(table, row)
  const updates = table.columns.map(({ name }): [string, Statement] => [
    `update of ${name}`,
    { text: `UPDATE ${table.name} SET ${name} = ${name} WHERE ${text}`, values },
  ])
  return [...updates, moving(table, row, into), ['delete', { text: `DELETE FROM ${table.name} WHERE ${text}`, values }]]
}

function moving(table: ScopedTable, row: Row, into: string): [string, Statement] {
  const at = where(table, row, 2)
  const text = `UPDATE ${table.name} SET ${table.org} = $1 WHERE ${at.text}`
  return ['move', { text, values: [into, ...at.values] }]
}

type Rows = ReadonlyMap<string, Row>
const rowIn = (rows: Rows, table: ScopedTable): Row => {
  const row = rows.get(table.name)
  if (!row) throw new Error(`no row in ${table.name}`)
  return row
}

interface World {
  readonly ours: Owner
  readonly theirs: Owner
  /** Works where they work. */
  readonly colleague: Owner
  readonly rows: { readonly ours: Rows; readonly theirs: Rows; readonly colleague: Rows }
  /** To refer to, where a row of every other table exists but not this one. */
  readonly spare: { readonly owner: Owner; readonly rows: Rows }
  /** The same in ours: nothing refers to them yet. */
  readonly unreferenced: Rows
  /** Of no organisation: of a template, of the instance. */
  readonly nobodys: Rows
}

export async function createWorld(superuser: Client, tables: readonly ScopedTable[]): Promise<World> {
  // Row security alone is tried: triggers refuse some of it before, for reasons of their own.
  for (const { name } of tables) await superuser.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`)
  const [ours, theirs] = [newOwner(), newOwner()]
  const colleague = newOwner(theirs.organisation)
  const spareOwner = newOwner(theirs.organisation)
  const rows = { ours: await arrange(superuser, tables, ours), theirs: await arrange(superuser, tables, theirs) }
  const organisation = rows.theirs.get('organisations')
  const referredTo = tables.filter(({ name }) =>
    tables.some(({ references }) => references.some(({ table }) => table === name)),
  )
  const nobodys = new Map<string, Row>()
  for (const table of tables.filter(({ nullable }) => nullable)) {
    const template = table.columns.some(({ name }) => name === 'template') ? { template: 'theirs' } : {}
    const row = { ...makeRow(table, theirs, new Map([...rows.theirs, ...nobodys])), ...template, [table.org]: null }
    const { text, values } = insertion(table, row)
    await superuser.query(text, values)
    nobodys.set(table.name, row)
  }
  return {
    ours,
    theirs,
    colleague,
    rows: { ...rows, colleague: await arrange(superuser, tables, colleague, organisation) },
    spare: { owner: spareOwner, rows: await arrange(superuser, referredTo, spareOwner, organisation) },
    unreferenced: await arrange(superuser, referredTo, newOwner(ours.organisation), rows.ours.get('organisations')),
    nobodys,
  }
}

/** Of events alone: the instance's own are written by whoever serves, and read by nobody. */
const mayWriteNobodys = ['events']
/** By background work, in the scope of the instance. */
const writtenByTheOwner = ['audit_chain', 'webhook_attempts', 'webhook_health']
/** Of roles alone: those of a template are for all to read. */
const mayReadNobodys = ['roles']

export interface Connections {
  readonly app: Client
  readonly owner: Client
}

const NO_SCOPE: Scope = {}

/** What is possible with one table and must not be, or the other way round, as it is found: nothing, while row security holds. */
export async function* breachesIn(
  table: ScopedTable,
  connections: Connections,
  tables: readonly ScopedTable[],
  world: World,
): AsyncGenerator<string> {
  const [app, owner] = [prober(connections.app), prober(connections.owner)]
  const report = (what: string, scope: string, outcome: Outcome) => `${table.name}: ${what} with ${scope}: ${outcome}`
  const [ours, theirs, colleagues] = [world.rows.ours, world.rows.theirs, world.rows.colleague].map((rows) =>
    rowIn(rows, table),
  )
  if (!ours || !theirs || !colleagues) throw new Error('no rows')
  const isShared = table.org === 'id'
  const inOurs: Scope = { org: world.ours.organisation }
  const inTheirs: Scope = { org: world.theirs.organisation }
  const credential = world.theirs.credential.toString('hex')
  const foreign: Record<string, Scope> = {
    'no scope': NO_SCOPE,
    'our organisation': inOurs,
    'our member': { person: world.ours.member },
    'our member in our organisation': { ...inOurs, person: world.ours.member },
    'our credential': { credential: world.ours.credential.toString('hex') },
    'a credential that opens nothing': { credential: 'ab'.repeat(32) },
    'the claim to be the instance': { scope: 'instance' },
  }
  const own: Record<string, Scope> = {
    'their member': { person: world.theirs.member },
    'their credential': { credential },
  }

  // Without this, what follows would be true of an empty table.
  for (const row of [theirs, colleagues])
    if ((await app.attempt(inTheirs, reading(table, row))) !== 1) yield report('no reading', 'its own organisation', 0)
  const fresh = freshRow(table, world)
  const inFresh: Scope = { org: String(fresh[table.org]) }
  const inserted = await app.attempt(inFresh, insertion(table, fresh))
  if (inserted !== (writtenByTheOwner.includes(table.name) ? INSUFFICIENT_PRIVILEGE : 1))
    yield report('no insert', 'its own organisation', inserted)

  for (const row of [ours, theirs]) {
    const read = await owner.attempt(NO_SCOPE, reading(table, row))
    if (read !== 0) yield report('reading by the owner', 'no scope', read)
  }
  for (const [name, scope] of Object.entries(foreign)) {
    const read = await app.attempt(scope, reading(table, theirs))
    if (!reachedNothing(read)) yield report('reading', name, read)
  }
  for (const [name, scope] of Object.entries(own)) {
    const read = await app.attempt(scope, reading(table, colleagues))
    if (!isShared && !reachedNothing(read)) yield report('reading of a colleague’s', name, read)
    const other = await app.attempt(scope, reading(table, ours))
    if (!reachedNothing(other)) yield report('reading elsewhere', name, other)
  }
  for (const [name, scope] of Object.entries({ ...foreign, ...own })) {
    for (const [what, statement] of changes(table, theirs, world.ours.organisation)) {
      const changed = await app.attempt(scope, statement)
      if (!reachedNothing(changed)) yield report(what, name, changed)
    }
    const planted = await app.attempt(scope, insertion(table, freshRow(table, world)))
    if (planted !== INSUFFICIENT_PRIVILEGE) yield report('insert', name, planted)
  }
  const [, moveOut] = moving(table, ours, world.theirs.organisation)
  const moved = await app.attempt(inOurs, moveOut)
  if (moved !== INSUFFICIENT_PRIVILEGE) yield report('move out', 'our organisation', moved)

  const all = `SELECT FROM ${table.name} WHERE ${table.org} IS DISTINCT FROM $1`
  const ofNobody = mayReadNobodys.includes(table.name) ? ` AND ${table.org} IS NOT NULL` : ''
  const strays = await app.attempt(inOurs, { text: all + ofNobody, values: [world.ours.organisation] })
  if (strays !== 0) yield report('reading of all', 'our organisation', strays)

  yield* attemptNobodys({ ...foreign, ...own })
  for (const [column, statement] of strangeReferences(table, tables, world)) {
    const linked = await app.attempt(inTheirs, statement)
    if (linked !== INSUFFICIENT_PRIVILEGE && linked !== REFERENCE_MISSING)
      yield report(`reference by ${column} to a row of ours`, 'their organisation', linked)
  }

  async function* attemptNobodys(scopes: Readonly<Record<string, Scope>>): AsyncGenerator<string> {
    const row = world.nobodys.get(table.name)
    if (!row) return
    for (const [name, scope] of Object.entries(scopes)) {
      for (const [what, statement] of changes(table, row, world.ours.organisation)) {
        const changed = await app.attempt(scope, statement)
        if (!reachedNothing(changed)) yield report(`${what} of nobody’s row`, name, changed)
      }
      const key = table.columns.some((column) => column.name === 'key') ? { key: 'planted' } : {}
      const id = table.columns.some((column) => column.name === 'id') ? { id: v7() } : {}
      const planted = await app.attempt(scope, insertion(table, { ...row, ...id, ...key }))
      const expected = mayWriteNobodys.includes(table.name) ? 1 : INSUFFICIENT_PRIVILEGE
      if (planted !== expected) yield report('insert of nobody’s row', name, planted)
    }
  }
}

/** Of their organisation, and not there yet. An organisation is one of its own. */
function freshRow(table: ScopedTable, { spare }: World): Row {
  const owner = newOwner(table.org === 'id' ? undefined : spare.owner.organisation)
  return makeRow(table, owner, spare.rows)
}

/** A foreign key looks past row security: each must be tied to the organisation some other way. */
function strangeReferences(table: ScopedTable, tables: readonly ScopedTable[], world: World): [string, Statement][] {
  return table.references.flatMap(({ columns, table: name, targets }) => {
    const target = tables.find((other) => other.name === name && other.name !== 'organisations')
    if (!target) return []
    const ours = rowIn(world.unreferenced, target)
    const link = columns.map((column, index): [string, unknown] => [column, ours[targets[index] ?? '']])
    const row = { ...freshRow(table, world), ...Object.fromEntries(link), [table.org]: world.theirs.organisation }
    return [[columns.join(), insertion(table, row)] satisfies [string, Statement]]
  })
}
