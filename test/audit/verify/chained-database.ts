import type { ActorContext } from '../../../src/audit/actor.ts'
import { appendToChain } from '../../../src/audit/chain/append.ts'
import { entryHash } from '../../../src/audit/chain/leaf.ts'
import { linkHash, NO_LINK } from '../../../src/audit/chain/link.ts'
import type { EventInput } from '../../../src/audit/event.ts'
import { verifyDatabase } from '../../../src/audit/verify/database.ts'
import { lineOfRow } from '../../../src/audit/verify/source/chain-line.ts'
import { readLinks } from '../../../src/audit/verify/source/store.ts'
import type { VerifyOptions } from '../../../src/audit/verify/verify.ts'
import { createEventWriter, type EventWriter } from '../../../src/audit/writer.ts'
import { inInstance, inOrganisation, inTransaction } from '../../../src/db/transaction.ts'
import { defineId } from '../../../src/lib/ids.ts'
import { type FrozenClock, frozenClock } from '../../support/clock.ts'
import { type TestDatabase, testDatabase } from '../../support/database.ts'
import { captureLog } from '../../support/log.ts'
import { personSeals } from '../person-seals.ts'
import { ISSUER, type SigningKey, signingKey } from './made-log.ts'

const person = defineId('usr')
const auditKey = defineId('aky')

export interface ChainedDatabase {
  readonly db: TestDatabase
  readonly clock: FrozenClock
  readonly key: SigningKey
  readonly log: ReturnType<typeof captureLog>
  readonly recordEvent: EventWriter['recordEvent']
  readonly seals: ReturnType<typeof personSeals>
  /** One event, of an organisation where one is named. */
  write(context?: Partial<ActorContext>, event?: EventInput): Promise<void>
  append(): Promise<number>
  /** A signed head where the chain ends. */
  sign(by?: SigningKey): Promise<string>
  verify(options?: VerifyOptions & { page?: number }): ReturnType<typeof verifyDatabase>
  /** Past every rule of the tables, as whoever holds the host can. */
  tamper(...statements: string[]): Promise<void>
  /** An entry with another target, and a link that fits it and the one before it; what is behind it stays. */
  rebuild(seq: number, target: string): Promise<void>
}

export async function chainedDatabase(at = '2026-03-01T08:00:00.000Z'): Promise<ChainedDatabase> {
  const db = await testDatabase()
  const [clock, log, seals, key] = [frozenClock(at), captureLog(), personSeals(), await signingKey()]
  const { recordEvent } = createEventWriter({ clock, sealForPerson: seals.sealForPerson })
  const superuser = await db.superuser()
  const ada = person.generate()
  const keyId = auditKey.toUuid(auditKey.generate())
  const { type: _, endorsement: __, ...jwk } = key.line
  // Nobody needs its private half but this test: to the database it is one that is retired.
  await superuser.query("SET session_replication_role = 'replica'")
  await superuser.query(
    'INSERT INTO audit_keys (id, kid, public_jwk, retired_at, created_at) VALUES ($1, $2, $3, $4, $4)',
    [keyId, jwk.kid, JSON.stringify(jwk), clock.now()],
  )
  await superuser.query("SET session_replication_role = 'origin'")
  const tamper = async (...statements: readonly string[]) => {
    await superuser.query("SET session_replication_role = 'replica'")
    for (const statement of statements) await superuser.query(statement)
    await superuser.query("SET session_replication_role = 'origin'")
  }
  return {
    db,
    clock,
    key,
    log,
    recordEvent,
    seals,
    write: async (context = {}, event = FULL(ada)) => {
      const by: ActorContext = {
        actor: { kind: 'person', id: ada },
        ip: '192.0.2.7',
        userAgent: 'curl',
        requestId: 'req-1',
        ...context,
      }
      if (by.organisation) await inOrganisation(db.app, by.organisation, (tx) => recordEvent(tx, by, event))
      else await inTransaction(db.app, (tx) => recordEvent(tx, by, event))
    },
    append: () => appendToChain({ owner: db.owner, names: async () => new Map(), clock, log: log.log }),
    sign: (by = key) =>
      inInstance(db.owner, async (tx) => {
        const { seq, hash } = await tx.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow()
        const last = await tx
          .selectFrom('audit_checkpoints')
          .select(({ fn }) => fn.max('seq').as('seq'))
          .executeTakeFirst()
        const first = Number(last?.seq ?? 0) + 1
        const payload = {
          iss: ISSUER,
          seq: Number(seq),
          first,
          head: hash.toString('hex'),
          at: clock.now().toISOString(),
        }
        const jws = await by.sign(payload, 'hearthkey-audit+jwt')
        const row = { seq, first_seq: String(first), hash, at: clock.now(), last_at: clock.now(), key_id: keyId, jws }
        await tx.insertInto('audit_checkpoints').values(row).execute()
        return jws
      }),
    verify: (options = {}) => verifyDatabase({ owner: db.owner, now: clock.now(), page: 3, ...options }),
    tamper,
    rebuild: async (seq, target) => {
      await tamper(
        `UPDATE events SET target_id = '${target}' WHERE id = (SELECT event_id FROM audit_chain WHERE seq = ${seq})`,
      )
      const rows = await inInstance(db.owner, (tx) => readLinks(tx, Math.max(0, seq - 2), seq === 1 ? 1 : 2))
      const row = rows.at(-1)
      const line = row && lineOfRow(row).value
      if (line?.type !== 'entry') throw new Error(`no entry ${seq}`)
      const { id, time, org: organisation } = line.entry
      const is = entryHash(line.entry)
      const before = rows.length > 1 && rows[0] ? rows[0].hash : NO_LINK
      const hash = linkHash(before, { seq, id, at: new Date(time), organisation, entryHash: is })
      await tamper(
        `UPDATE audit_chain SET entry_hash = '\\x${is.toString('hex')}', hash = '\\x${hash.toString('hex')}' WHERE seq = ${seq}`,
      )
    },
  }
}

const FULL = (of: ReturnType<typeof person.generate>): EventInput => ({
  action: 'membership.roles_changed',
  target: 'mem_1',
  before: { public: { roles: ['reader'] } },
  after: { public: { roles: ['clerk'] }, personal: { personId: of, fields: { name: 'Ada' } } },
})
