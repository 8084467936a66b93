import { sql } from 'kysely'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import { type EventId, eventId } from '../../src/audit/event.ts'
import { NOBODY, type SealedPlace } from '../../src/audit/sealer.ts'
import type { SnapshotFields } from '../../src/audit/snapshot.ts'
import { createEventWriter } from '../../src/audit/writer.ts'
import { inInstance, inOrganisation, inTransaction } from '../../src/db/transaction.ts'
import { defineId } from '../../src/lib/ids.ts'
import { frozenClock } from '../support/clock.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { personSeals } from './person-seals.ts'

const person = defineId('usr')
const organisation = defineId('org')
const ada = person.generate()
const acme = organisation.generate()
const account = defineId('sva').generate()
const apiKey = defineId('key').generate()
const byAda: ActorContext = { actor: { kind: 'person', id: ada }, ip: '203.0.113.7', requestId: 'req-1' }

const clock = frozenClock('2030-01-15T12:00:00.000Z')
const seals = personSeals()
const { recordEvent, recordRefusal } = createEventWriter({ clock, sealForPerson: seals.sealForPerson })

let db: TestDatabase
beforeEach(async () => {
  db = await testDatabase()
})

const eventRows = () => inInstance(db.owner, (tx) => tx.selectFrom('events').selectAll().orderBy('id').execute())
const onlyEvent = async () => {
  const [row, ...more] = await eventRows()
  if (!row || more.length > 0) throw new Error(`expected one event, found ${more.length + (row ? 1 : 0)}`)
  return row
}
const placeOf = (id: EventId, column: SealedPlace['column']): SealedPlace => ({
  table: 'events',
  column,
  row: eventId.toUuid(id),
})

describe('recording an event', () => {
  it('[TOS-6] [MON-13] keeps who, when, what, to what, before and after', async () => {
    const id = await inTransaction(db.app, (tx) =>
      recordEvent(tx, byAda, {
        action: 'key.retired',
        target: 'key_1',
        before: { public: { state: 'active' } },
        after: { public: { state: 'retired' } },
      }),
    )
    expect(await onlyEvent()).toMatchObject({
      id: eventId.toUuid(id),
      occurred_at: clock.now(),
      org_id: null,
      action: 'key.retired',
      actor_kind: 'person',
      actor_id: ada,
      target_kind: 'key',
      target_id: 'key_1',
      before: { state: 'active' },
      after: { state: 'retired' },
      request_id: 'req-1',
    })
  })

  it.each<[string, ActorContext['actor'], string | null]>([
    ['a client', { kind: 'client', id: 'billing' }, 'billing'],
    ['the operator at the command line', { kind: 'operator', id: 'key rotate' }, 'key rotate'],
    ['the server itself', { kind: 'system', id: 'keys.rotate' }, 'keys.rotate'],
    ['a service account', { kind: 'service_account', id: account }, account],
    ['an API key', { kind: 'api_key', id: apiKey }, apiKey],
    ['somebody who has proven nothing', { kind: 'anonymous' }, null],
  ])('names %s as the actor', async (_name, actor, id) => {
    await inTransaction(db.app, (tx) => recordEvent(tx, { actor }, { action: 'key.created', target: 'key_1' }))
    expect(await onlyEvent()).toMatchObject({ actor_kind: actor.kind, actor_id: id, ip: null, ip_of: null })
  })

  it('vanishes with the change that it was part of', async () => {
    const change = inTransaction(db.app, async (tx) => {
      await recordEvent(tx, byAda, { action: 'key.created', target: 'key_1' })
      throw new Error('the change failed')
    })
    await expect(change).rejects.toThrow('the change failed')
    expect(await eventRows()).toEqual([])
  })

  it('belongs to the transaction that wrote it', async () => {
    const xid = await inTransaction(db.app, async (tx) => {
      await recordEvent(tx, byAda, { action: 'key.created', target: 'key_1' })
      const { rows } = await sql<{ xid: string }>`SELECT pg_current_xact_id()::text AS xid`.execute(tx)
      return rows[0]?.xid
    })
    expect((await onlyEvent()).xid).toBe(xid)
  })
})

describe('a refusal that must be remembered', () => {
  it('stays when the transaction that was refused rolls back', async () => {
    const refused = inTransaction(db.app, async (tx) => {
      await recordEvent(tx, byAda, { action: 'key.created', target: 'key_undone' })
      await recordRefusal(db.app, { actor: { kind: 'anonymous' } }, { action: 'key.revoked', target: 'key_refused' })
      throw new Error('refused')
    })
    await expect(refused).rejects.toThrow('refused')
    expect((await eventRows()).map((row) => row.target_id)).toEqual(['key_refused'])
  })

  it('of an organisation is written in its scope', async () => {
    await recordRefusal(db.app, { ...byAda, organisation: acme }, { action: 'key.revoked', target: 'key_1' })
    expect(await onlyEvent()).toMatchObject({ org_id: organisation.toUuid(acme) })
  })
})

describe('what an event says about a person', () => {
  const personal = (before: string, after: string) => ({
    action: 'key.created' as const,
    target: 'key_1',
    before: { public: { verified: false }, personal: { personId: ada, fields: { email: before } } },
    after: { personal: { personId: ada, fields: { email: after } } },
  })
  const byServer: ActorContext = { actor: { kind: 'system', id: 'test' } }

  it('[MOS-1] stands sealed: no plain text of it in any column', async () => {
    await inTransaction(db.app, (tx) =>
      recordEvent(tx, { ...byServer, ip: '203.0.113.7' }, personal('ada@old.example', 'ada@new.example')),
    )
    const client = await db.superuser()
    const { rows } = await client.query('SELECT events::text AS text FROM events')
    for (const plain of ['ada@', '203.0.113.7']) {
      expect(rows[0].text).not.toContain(plain)
      expect(rows[0].text).not.toContain(Buffer.from(plain).toString('hex'))
    }
  })

  it('[TOS-6] opens with the key of that person, and [TOS-4] never again once the key is destroyed', async () => {
    const id = await inTransaction(db.app, (tx) =>
      recordEvent(tx, byAda, personal('ada@old.example', 'ada@new.example')),
    )
    const row = await onlyEvent()
    if (!row.personal || !row.ip) throw new Error('nothing was sealed')
    const fields = seals.open(ada, placeOf(id, 'personal'), row.personal)
    expect(JSON.parse(fields)).toEqual({ before: { email: 'ada@old.example' }, after: { email: 'ada@new.example' } })
    expect(seals.open(ada, placeOf(id, 'ip'), row.ip)).toBe('203.0.113.7')
    expect(row).toMatchObject({
      personal_of: person.toUuid(ada),
      ip_of: person.toUuid(ada),
      before: { verified: false },
    })

    seals.erase(ada)
    for (const [column, sealed] of [
      ['personal', row.personal],
      ['ip', row.ip],
    ] as const)
      expect(() => seals.open(ada, placeOf(id, column), sealed)).toThrow()
  })

  it('does not open in another row or column', async () => {
    const id = await inTransaction(db.app, (tx) => recordEvent(tx, byAda, personal('a', 'b')))
    const { personal: sealed } = await onlyEvent()
    if (!sealed) throw new Error('nothing was sealed')
    expect(() => seals.open(ada, placeOf(id, 'ip'), sealed)).toThrow()
    expect(() => seals.open(ada, placeOf(eventId.generate(), 'personal'), sealed)).toThrow()
  })

  it('is refused where it is about two persons', async () => {
    const two = { ...personal('a', 'b'), after: { personal: { personId: person.generate(), fields: {} } } }
    await expect(inTransaction(db.app, (tx) => recordEvent(tx, byServer, two))).rejects.toThrow('one person')
  })

  it('includes the address: of the actor, else of the person it is about, else of nobody', async () => {
    const grace = person.generate()
    const ip = '198.51.100.9'
    const anonymous = { kind: 'anonymous' } as const
    await inTransaction(db.app, async (tx) => {
      await recordEvent(tx, { ...byAda, ip }, { action: 'person_key.destroyed', target: grace })
      await recordEvent(tx, { actor: anonymous, ip }, { action: 'person_key.destroyed', target: grace })
      await recordEvent(tx, { actor: anonymous, ip }, { action: 'key.created', target: 'key_1' })
    })
    expect((await eventRows()).map((row) => row.ip_of)).toEqual([ada, grace, NOBODY].map(person.toUuid))
  })
})

describe('where a change came from', () => {
  const session = defineId('ses').generate()
  const agentOf = async () => {
    const row = await onlyEvent()
    if (!row.user_agent) throw new Error('no user agent')
    return seals.open(ada, placeOf(eventId.fromUuid(row.id), 'user_agent'), row.user_agent)
  }
  const recordBy = (context: ActorContext) =>
    inTransaction(db.app, (tx) => recordEvent(tx, context, { action: 'key.created', target: 'key_1' }))

  it('[TOS-6] includes the program, sealed like the address, and the sign-in', async () => {
    await recordBy({ ...byAda, session, userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0' })
    expect(await onlyEvent()).toMatchObject({ session_id: defineId('ses').toUuid(session), ip_of: person.toUuid(ada) })
    expect(await agentOf()).toBe('Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0')
    const { rows } = await (await db.superuser()).query('SELECT events::text AS text FROM events')
    expect(rows[0].text).not.toContain(Buffer.from('Firefox').toString('hex'))
    seals.erase(ada)
    await expect(agentOf()).rejects.toThrow()
  })

  it('keeps 300 characters of what a program calls itself, on one line', async () => {
    await recordBy({ ...byAda, userAgent: `curl\u001b[2J\r\nSet-Cookie: x${'🦉'.repeat(1000)}` })
    const agent = await agentOf()
    expect(Array.from(agent)).toHaveLength(300)
    expect(agent).toMatch(/^curl \[2J {1,2}Set-Cookie: x🦉+$/u)
  })

  it.each([undefined, '', ' \t '])('says nothing of a program that says nothing: %j', async (userAgent) => {
    await recordBy({ ...byAda, userAgent })
    expect(await onlyEvent()).toMatchObject({ user_agent: null, session_id: null })
  })

  it('asks for the key of a person once an event', async () => {
    const asked: string[] = []
    const { recordEvent: counted } = createEventWriter({
      clock,
      sealForPerson: (tx, id) => {
        asked.push(id)
        return seals.sealForPerson(tx, id)
      },
    })
    await inTransaction(db.app, (tx) =>
      counted(
        tx,
        { ...byAda, userAgent: 'curl/8' },
        {
          action: 'key.created',
          target: 'key_1',
          after: { personal: { personId: ada, fields: { name: 'Ada' } } },
        },
      ),
    )
    expect(asked).toEqual([ada])
  })
})

describe('before and after', () => {
  const changed = async (before: SnapshotFields, after: SnapshotFields) => {
    await inTransaction(db.app, (tx) =>
      recordEvent(tx, byAda, {
        action: 'key.retired',
        target: 'key_1',
        before: { public: before, personal: { personId: ada, fields: { ...before, ours: 1 } } },
        after: { public: after, personal: { personId: ada, fields: { ...after, ours: 1 } } },
      }),
    )
    const row = await onlyEvent()
    const id = eventId.fromUuid(row.id)
    const personal = row.personal && JSON.parse(seals.open(ada, placeOf(id, 'personal'), row.personal))
    expect(personal, 'what is sealed is treated the same').toEqual(
      row.before || row.after ? { before: row.before, after: row.after } : null,
    )
    return { before: row.before, after: row.after }
  }

  it('[TOS-6] hold what changed, and not what did not', async () => {
    expect(
      await changed(
        { name: 'a', quota: 5, roles: ['x', 'y'], only: true, settings: { a: 1, b: { c: 1, d: 2 } } },
        { name: 'a', quota: 6, roles: ['x', 'y'], other: null, settings: { a: 1, b: { c: 1, d: 3 } } },
      ),
    ).toEqual({
      before: { quota: 5, only: true, settings: { b: { d: 2 } } },
      after: { quota: 6, other: null, settings: { b: { d: 3 } } },
    })
  })

  it('are nothing where nothing changed', async () => {
    expect(await changed({ name: 'a', list: [{ a: 1 }] }, { name: 'a', list: [{ a: 1 }] })).toEqual({
      before: null,
      after: null,
    })
  })

  it('keep a list whole, and what says which one it was', async () => {
    expect(await changed({ kid: 'k1', roles: ['x', 'y'] }, { kid: 'k1', roles: ['x'] })).toEqual({
      before: { kid: 'k1', roles: ['x', 'y'] },
      after: { roles: ['x'] },
    })
  })
})

describe('an organisation', () => {
  it('[MON-11] [STO-6] reads its own events, and nobody reads without a scope', async () => {
    const other = organisation.generate()
    for (const org of [acme, other])
      await inOrganisation(db.app, org, (tx) =>
        recordEvent(tx, { ...byAda, organisation: org }, { action: 'key.created', target: org }),
      )
    await inTransaction(db.app, (tx) => recordEvent(tx, byAda, { action: 'key.created', target: 'instance' }))
    const targets = (tx: Parameters<Parameters<typeof inTransaction>[1]>[0]) =>
      tx.selectFrom('events').select('target_id').execute()
    expect(await inOrganisation(db.app, acme, targets)).toEqual([{ target_id: acme }])
    expect(await inTransaction(db.app, targets)).toEqual([])
    expect(await inTransaction(db.owner, targets)).toEqual([])
    expect(await inInstance(db.owner, targets)).toHaveLength(3)
  })

  it('[MON-11] cannot be given an event by another', async () => {
    const forged = inOrganisation(db.app, organisation.generate(), (tx) =>
      recordEvent(tx, { ...byAda, organisation: acme }, { action: 'key.created', target: 'key_1' }),
    )
    await expect(forged).rejects.toThrow('row-level security')
  })
})

describe('the log of events', () => {
  it.each(['UPDATE events SET action = action', 'DELETE FROM events', 'TRUNCATE events'])(
    '[TOS-6] is appended, never changed: %s is refused for everybody',
    async (statement) => {
      await inTransaction(db.app, (tx) => recordEvent(tx, byAda, { action: 'key.created', target: 'key_1' }))
      await expect(sql.raw(statement).execute(db.app)).rejects.toThrow('permission denied')
      await expect(inInstance(db.owner, (tx) => sql.raw(statement).execute(tx))).rejects.toThrow('never changed')
      const client = await db.superuser()
      await expect(client.query(statement)).rejects.toThrow('never changed')
      expect(await eventRows()).toHaveLength(1)
    },
  )

  it('does not let the serving role name another transaction as the writer', async () => {
    const forged = sql`INSERT INTO events (id, occurred_at, action, actor_kind, target_kind, target_id, xid)
      VALUES (gen_random_uuid(), now(), 'key.created', 'anonymous', 'key', 'key_1', '1')`
    await expect(forged.execute(db.app)).rejects.toThrow('permission denied')
  })
})
