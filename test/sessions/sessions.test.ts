import { beforeEach, describe, expect, it } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import { lifetimesOf } from '../../src/config/lifetimes.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { hangingOnSessions } from '../../src/instance/hanging-on-sessions.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { createSessions, type Sessions } from '../../src/sessions/service.ts'
import type { SessionId } from '../../src/sessions/session.ts'
import { type UserId, userId } from '../../src/users/user.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
const operator: ActorContext = { actor: { kind: 'operator', id: 'user disable' } }
const minute = 60_000

let app: TestApp
let sessions: Sessions
let ada: UserId
beforeEach(async () => {
  app = await createTestApp()
  const { keyring, events } = app.services
  sessions = createSessions({
    db: app.services.database.app,
    persons: keyring.persons,
    record: events.recordEvent,
    ...hangingOnSessions(app.services),
    clock: app.clock,
    ...lifetimesOf(app.config).session,
  })
  ada = await person()
})

const transaction = <T>(work: Parameters<typeof inTransaction<T>>[1]) => inTransaction(app.services.database.app, work)

/** Whoever has a key is a person to this room. */
async function person(): Promise<UserId> {
  const id = userId.generate()
  await transaction((tx) => app.services.keyring.persons.ensure(tx, id))
  return id
}

const start = (user = ada) =>
  transaction((tx) =>
    sessions.start(
      tx,
      { actor: { kind: 'person', id: user }, ip: '203.0.113.7', requestId: 'req-1' },
      { user, amr: ['pwd'], acr: 'aal1', userAgent: firefox, ip: '203.0.113.7', at: app.clock.now() },
    ),
  )
const carrier = (uid: string) => sha256(uid)
const bind = (session: SessionId, uid: string) =>
  transaction((tx) => sessions.bind(tx, { session, engineUidHash: carrier(uid) }))
const signIn = async (uid: string, user = ada) => {
  const session = await start(user)
  await bind(session, uid)
  return session
}
const isLive = (uid: string) => sessions.isLive(carrier(uid))
const ids = async (user = ada) => (await sessions.listOf(user)).map(({ id }) => id)
const eventsOf = (action: string) =>
  inInstance(app.services.database.owner, (tx) =>
    tx.selectFrom('events').selectAll().where('action', '=', action).orderBy('id').execute(),
  )

describe('[DRP-2] a session', () => {
  it('is listed for its owner with device, address and times', async () => {
    const at = app.clock.now()
    const id = await signIn('engine-1')
    expect(await sessions.listOf(ada)).toEqual([
      {
        id,
        device: { browser: 'Firefox', system: 'Linux', kind: 'desktop' },
        ip: '203.0.113.7',
        amr: ['pwd'],
        acr: 'aal1',
        createdAt: at,
        lastSeenAt: at,
      },
    ])
    expect(await sessions.listOf(await person())).toEqual([])
  })

  it('is not there for anybody before a browser carries it', async () => {
    await start()
    expect(await ids()).toEqual([])
    expect(await isLive('engine-1')).toBe(false)
  })

  it('says nothing about a person or a cookie to a reader of the database', async () => {
    await signIn('engine-1')
    const { rows } = await (await app.database.superuser()).query(
      `SELECT coalesce(json_agg(s)::text, '') || (SELECT json_agg(c)::text FROM session_carriers c) ||
        (SELECT json_agg(e)::text FROM events e) AS everything FROM sessions s`,
    )
    const text = String(rows[0].everything)
    expect(text).toContain(carrier('engine-1').toString('hex'))
    for (const plain of ['203.0.113.7', 'Firefox', 'Linux', 'engine-1']) {
      expect(text).not.toContain(plain)
      expect(text).not.toContain(Buffer.from(plain).toString('hex'))
    }
  })

  it('is carried on by the same browser without a new one', async () => {
    const id = await signIn('engine-1')
    app.clock.advance(minute)
    await bind(id, 'engine-1')
    expect((await sessions.listOf(ada)).map((session) => session.createdAt)).toHaveLength(1)
    expect(await eventsOf('session.ended')).toEqual([])
  })

  it('follows its browser to another session of the engine', async () => {
    const id = await signIn('engine-1')
    await bind(id, 'engine-2')
    expect([await isLive('engine-1'), await isLive('engine-2')]).toEqual([false, true])
    expect(await ids()).toEqual([id])
  })

  it('gives way to a new sign-in of the same browser', async () => {
    await signIn('engine-1')
    const second = await signIn('engine-1')
    expect(await ids()).toEqual([second])
    expect(await isLive('engine-1')).toBe(true)
    expect(await eventsOf('session.ended')).toMatchObject([{ actor_id: ada, after: { reason: 'replaced' } }])
  })

  it('[MOS-7] is over after fourteen days without its browser, and not before', async () => {
    await signIn('engine-1')
    app.clock.advance(14 * 24 * 60 * minute - 1)
    expect([await isLive('engine-1'), (await ids()).length]).toEqual([true, 1])
    app.clock.advance(1)
    await sessions.touch(carrier('engine-1'))
    expect([await isLive('engine-1'), (await ids()).length]).toEqual([false, 0])
  })

  it('[MOS-7] is over at its absolute limit, however often its browser was seen, and no look revives it', async () => {
    const { absolute } = lifetimesOf(app.config).session
    const id = await signIn('engine-1')
    const day = 24 * 60 * minute
    for (let passed = 0; passed < absolute - day; passed += day) {
      app.clock.advance(day)
      await sessions.touch(carrier('engine-1'))
    }
    app.clock.advance(day - 1)
    expect([await isLive('engine-1'), await sessions.isLiveSession(id), (await ids()).length]).toEqual([true, true, 1])
    app.clock.advance(1)
    await sessions.touch(carrier('engine-1'))
    expect([await isLive('engine-1'), await sessions.isLiveSession(id), (await ids()).length]).toEqual([
      false,
      false,
      0,
    ])
    app.clock.advance(1)
    expect([await isLive('engine-1'), await sessions.isLiveSession(id)]).toEqual([false, false])
    expect(await sessions.list({ limit: 10 })).toEqual([])
    expect(await sessions.find(id)).toMatchObject({ isOver: true, ended: undefined })
  })

  it('is seen at most once a minute', async () => {
    const lastSeen = async () => (await sessions.listOf(ada))[0]?.lastSeenAt
    await signIn('engine-1')
    const first = app.clock.now()
    app.clock.advance(minute - 1)
    await sessions.touch(carrier('engine-1'))
    expect(await lastSeen()).toEqual(first)
    app.clock.advance(1)
    await sessions.touch(carrier('engine-1'))
    expect(await lastSeen()).toEqual(app.clock.now())
  })
})

describe('[DRP-2] a session that ended', () => {
  it('anywhere is dead for the engine at once', async () => {
    const id = await signIn('engine-1')
    expect(await isLive('engine-1')).toBe(true)
    await transaction((tx) => sessions.end(tx, operator, id, 'revoked'))
    expect(await isLive('engine-1')).toBe(false)
    expect(await ids()).toEqual([])
  })

  it('by signing out is ended by its owner, who sees the device in the event', async () => {
    await signIn('engine-1')
    await transaction((tx) => sessions.ended(tx, { engineUidHash: carrier('engine-1') }))
    expect(await isLive('engine-1')).toBe(false)
    const [event] = await eventsOf('session.ended')
    expect(event).toMatchObject({ actor_id: ada, after: { reason: 'signed-out' }, personal: expect.any(Buffer) })
  })

  it('ends once, however many end it', async () => {
    const id = await signIn('engine-1')
    const ended = await Promise.all(
      Array.from({ length: 6 }, () => transaction((tx) => sessions.end(tx, operator, id, 'revoked'))),
    )
    expect(ended.filter(Boolean)).toHaveLength(1)
    expect(await eventsOf('session.ended')).toHaveLength(1)
  })

  it('before its browser came to carry it never lives', async () => {
    const id = await start()
    await transaction((tx) => sessions.end(tx, operator, id, 'user-disabled'))
    await bind(id, 'engine-1')
    expect(await isLive('engine-1')).toBe(false)
    expect(await ids()).toEqual([])
  })

  it('with all others of its owner, but for the one that asks', async () => {
    await signIn('engine-1')
    const kept = await signIn('engine-2')
    await signIn('engine-3')
    const eve = await person()
    const foreign = await signIn('engine-4', eve)
    const count = await transaction((tx) => sessions.endAllOf(tx, operator, ada, { reason: 'revoked', except: kept }))
    expect(count).toBe(2)
    expect(await ids()).toEqual([kept])
    expect(await ids(eve)).toEqual([foreign])
  })

  it('can still be ended after its owner was erased', async () => {
    const id = await signIn('engine-1')
    await transaction((tx) => app.services.keyring.persons.destroy(tx, ada))
    expect(await sessions.listOf(ada)).toEqual([])
    expect(await transaction((tx) => sessions.end(tx, operator, id, 'revoked'))).toBe(true)
    expect(await isLive('engine-1')).toBe(false)
  })
})
