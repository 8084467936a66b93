import { randomBytes } from 'node:crypto'
import type { Insertable } from 'kysely'
import { v7 } from 'uuid'
import type { ActorContext } from '../../src/audit/actor.ts'
import type { EventInput } from '../../src/audit/event.ts'
import { askStanding } from '../../src/audit/keeping/store.ts'
import { loadConfig } from '../../src/config/config.ts'
import { withOwnerClient } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrations/migrate.ts'
import type { DB } from '../../src/db/schema.gen.ts'
import { statement } from '../../src/db/statement.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import type { Tx } from '../../src/db/types.ts'
import { keepChain } from '../../src/instance/chain.ts'
import { openServices } from '../../src/instance/services.ts'
import { ownTarget } from '../../src/instance/target.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { defineId } from '../../src/lib/ids.ts'
import type { Log } from '../../src/lib/log.ts'
import { connect } from './database.ts'
import type { Home } from './home.ts'

const userId = defineId('usr')

export interface AppendHouse extends AsyncDisposable {
  /** By a person, with what an ordinary change of one says. */
  writeEvent(): Promise<unknown>
  /** The same columns, as full. */
  writeRow(table: PlainTable): Promise<unknown>
  /** Whether something still is to be chained. */
  isBehind(): Promise<boolean>
}

type PlainTable = 'plain_rows' | 'indexed_rows'

/** A database of its own, and what an instance does with its log, in this process: as it is where one process does everything. */
export async function appendHouse(home: Home, log: Log): Promise<AppendHouse> {
  await using stack = new AsyncDisposableStack()
  const { config } = loadConfig({
    env: { ISSUER_URL: 'http://localhost:3000', DATA_DIR: home.dataDir, KEYS_DIR: home.keysDir },
    cwd: home.folder,
  })
  const { target, release } = await ownTarget(config, log)
  stack.defer(release)
  const clock = systemClock
  await withOwnerClient(target, (client) => migrate(client, { clock, log }))
  const actor = { kind: 'system', id: 'bench' } as const
  const services = await openServices({ config, target, clock, log, actor, bootstrap: true })
  stack.defer(() => services.close())
  const { app, owner } = services.database
  const person = userId.generate()
  await inTransaction(owner, async (tx) => {
    await services.keyring.persons.create(tx, person)
    await services.events.recordEvent(tx, { actor }, { action: 'person_key.created', target: person })
  })
  const by: ActorContext = {
    actor: { kind: 'person', id: person },
    ip: '203.0.113.77',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    requestId: randomBytes(16).toString('hex'),
  }
  const event: EventInput = {
    action: 'user.email_changed',
    target: person,
    before: { public: { verified: false }, personal: { personId: person, fields: { email: 'ada@example.com' } } },
    after: { public: { verified: true }, personal: { personId: person, fields: { email: 'ada@example.org' } } },
  }
  const writeEvent = () => inTransaction(app, (tx) => services.events.recordEvent(tx, by, event))

  await makeTables(home)
  await writeEvent()
  const row = await inInstance(owner, (tx) =>
    tx.selectFrom('events').selectAll().where('action', '=', event.action).executeTakeFirstOrThrow(),
  )
  const { xid: _, before, after, ...same } = row
  const values = { ...same, before: JSON.stringify(before), after: JSON.stringify(after) }
  const writeRow = (table: PlainTable) =>
    inTransaction(app, (tx) => inserting[table](tx, { ...values, id: v7(), occurred_at: new Date() }))

  const chain = await keepChain({ config, services, clock, log, followers: [] })
  stack.defer(() => chain.stop())
  const held = stack.move()
  return {
    writeEvent,
    writeRow,
    isBehind: async () => (await askStanding(owner, [])).waits,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

async function makeTables(home: Home): Promise<void> {
  const admin = await connect(home, 'hearthkey_super')
  await admin.query(`
    CREATE TABLE plain_rows (LIKE events INCLUDING DEFAULTS, PRIMARY KEY (id));
    CREATE TABLE indexed_rows (LIKE events INCLUDING DEFAULTS INCLUDING INDEXES);
    GRANT INSERT ON plain_rows, indexed_rows TO hearthkey_app`)
  await admin.end()
}

type Insert = (tx: Tx, values: Omit<Insertable<DB['events']>, 'xid'>) => Promise<unknown>

/** As the log itself inserts: compiled once. */
const insertInto = (table: PlainTable): Insert =>
  statement<Omit<Insertable<DB['events']>, 'xid'>, unknown>((db, part) => {
    const row = part((values) => values)
    return db.withTables<Record<PlainTable, DB['events']>>().insertInto(table).values({
      id: row.id,
      occurred_at: row.occurred_at,
      org_id: row.org_id,
      action: row.action,
      actor_kind: row.actor_kind,
      actor_id: row.actor_id,
      target_kind: row.target_kind,
      target_id: row.target_id,
      before: row.before,
      after: row.after,
      personal: row.personal,
      personal_of: row.personal_of,
      ip: row.ip,
      ip_of: row.ip_of,
      user_agent: row.user_agent,
      session_id: row.session_id,
      request_id: row.request_id,
    })
  })

const inserting = { plain_rows: insertInto('plain_rows'), indexed_rows: insertInto('indexed_rows') }
