import { sql } from 'kysely'
import { expect, it, vi } from 'vitest'
import { lifetimesOf } from '../../src/config/lifetimes.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { hangingOnSessions } from '../../src/instance/hanging-on-sessions.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { clientsOfSessions, sessionsOf } from '../../src/oidc/artifacts/ending-store.ts'
import { deleteEnded, sessionsToLookAt } from '../../src/sessions/old-store.ts'
import { createSessions } from '../../src/sessions/service.ts'
import { sessionId } from '../../src/sessions/session.ts'
import { userId } from '../../src/users/user.ts'
import { createTestApp } from '../support/app.ts'
import { statementsDuring } from '../support/statements.ts'

vi.setConfig({ testTimeout: 60_000 })

const by = { actor: { kind: 'operator', id: 'test' } } as const

it('of many sessions none is read that is not asked for: alive, listed, ended, looked at and forgotten by an index', async () => {
  const { services, clock, config, database } = await createTestApp()
  const { keyring, events } = services
  const { app: db, owner } = services.database
  const ada = userId.generate()
  await inTransaction(db, (tx) => keyring.persons.ensure(tx, ada))
  const sessions = createSessions({
    db,
    persons: keyring.persons,
    record: events.recordEvent,
    ...hangingOnSessions(services),
    clock,
    ...lifetimesOf(config).session,
  })
  const signIn = (uid: string) =>
    inTransaction(db, async (tx) => {
      const about = { user: ada, amr: ['pwd'], acr: 'aal1', userAgent: undefined, ip: '192.0.2.1', at: clock.now() }
      const session = await sessions.start(tx, by, about)
      await sessions.bind(tx, { session, engineUidHash: sha256(uid) })
      return session
    })
  const [one, other] = [await signIn('one'), await signIn('other')]
  const admin = await database.superuser()
  await admin.query('SET session_replication_role = replica')
  await admin.query(`WITH many AS (
      INSERT INTO sessions (id, user_id, amr, acr, device, ip, created_at, ended_at, end_reason)
      SELECT gen_random_uuid(), md5((n / 3)::text)::uuid, '{pwd}', 'aal1', '', '', now(),
        CASE WHEN n % 4 = 0 THEN now() END, CASE WHEN n % 4 = 0 THEN 'idle' END
      FROM generate_series(1, 40000) n RETURNING id
    ), looks AS (INSERT INTO session_looks SELECT id, timestamptz '2031-01-01' FROM many)
    INSERT INTO session_carriers SELECT sha256(id::text::bytea), id, now() FROM many`)
  await admin.query(`INSERT INTO oidc_artifacts (id_hash, kind, grant_hash, user_id, client_id, payload, created_at, expires_at, session_id)
    SELECT sha256(id::text::bytea), 'Grant', sha256(id::text::bytea), user_id, 'client-' || (random() * 500)::int, '{}', now(), now(), id
    FROM sessions`)
  await admin.query('ANALYZE sessions, session_carriers, session_looks, oidc_artifacts')
  const texts = await statementsDuring(async () => {
    await sessions.isLive(sha256('one'))
    await sessions.isLiveSession(one)
    await sessions.touch(sha256('one'))
    await sessions.listOf(ada)
    await sessions.list({ limit: 100 })
    await sessions.list({ among: sessionsOf({ client: 'client-7' }), limit: 100 })
    await sessions.find(one)
    await clientsOfSessions(db, [one, other])
    await inTransaction(db, (tx) => sessions.end(tx, by, one, 'revoked'))
    await inTransaction(db, (tx) => sessions.endAllOf(tx, by, ada, { reason: 'revoked' }))
    await inTransaction(owner, (tx) => sessionsToLookAt(tx, clock.now(), 200))
    await inTransaction(owner, (tx) => deleteEnded(tx, new Date(0), 200))
  })
  const asked = [...new Set(texts)].filter((text) =>
    /\b(sessions|session_carriers|session_looks|oidc_artifacts)\b/.test(text),
  )
  expect(asked.length).toBeGreaterThan(10)
  for (const text of asked) {
    const { rows } = await sql.raw<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${text}`).execute(owner)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan, text).not.toMatch(/Seq Scan on (sessions|session_carriers|session_looks|oidc_artifacts)/)
  }
})

it('one session is found by its key, though nobody has counted the rows yet', async () => {
  const { services, clock } = await createTestApp()
  const { app: db, owner } = services.database
  const sessions = createSessions({
    db,
    persons: services.keyring.persons,
    record: services.events.recordEvent,
    ...hangingOnSessions(services),
    clock,
    idle: 1,
    absolute: 1,
  })
  const session = sessionId.generate()
  const texts = await statementsDuring(() =>
    inTransaction(db, async (tx) => {
      await sessions.isLive(sha256('one'))
      await sessions.isLiveSession(session)
      await sessions.hold(tx, session)
      await sessions.bind(tx, { session, engineUidHash: sha256('one') }, {})
    }),
  )
  const asked = texts.filter((text) => text.includes('sessions'))
  expect(asked.length).toBe(4)
  for (const text of asked) {
    const { rows } = await sql.raw<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${text}`).execute(owner)
    expect(rows.map((row) => row['QUERY PLAN']).join('\n'), text).not.toMatch(/sessions_of_user|Seq Scan on sessions/)
  }
})
