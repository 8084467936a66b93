import { beforeEach, expect, it } from 'vitest'
import { lifetimesOf } from '../../src/config/lifetimes.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { hangingOnSessions } from '../../src/instance/hanging-on-sessions.ts'
import { jobHandlers } from '../../src/instance/jobs.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { sessionJobHandlers } from '../../src/sessions/cleanup.ts'
import { createSessions, type Sessions } from '../../src/sessions/service.ts'
import { type UserId, userId } from '../../src/users/user.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

const DAY = 24 * 3_600_000
const operator = { actor: { kind: 'operator', id: 'test' } } as const

let app: TestApp
let sessions: Sessions
let ada: UserId
beforeEach(async () => {
  app = await createTestApp()
  const { keyring, events, database } = app.services
  const record = events.recordEvent
  const { endWhatCameOf } = hangingOnSessions(app.services)
  const { session } = lifetimesOf(app.config)
  const { clock } = app
  sessions = createSessions({ db: database.app, persons: keyring.persons, record, endWhatCameOf, clock, ...session })
  ada = userId.generate()
  await inTransaction(database.app, (tx) => keyring.persons.ensure(tx, ada))
})

const signIn = (uid: string) =>
  inTransaction(app.services.database.app, async (tx) => {
    const about = { user: ada, amr: ['pwd'], acr: 'aal1', userAgent: 'Firefox', ip: '203.0.113.7', at: app.clock.now() }
    const session = await sessions.start(tx, operator, about)
    await sessions.bind(tx, { session, engineUidHash: sha256(uid) })
    return session
  })

async function clean() {
  const { config, services, clock, log } = app
  const handler = jobHandlers({ config, services, clock, log: log.log }).find(
    ({ kind }) => kind.name === 'sessions.clean',
  )
  await handler?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
}

const rows = () =>
  app.services.database.app.selectFrom('sessions').select(['end_reason', 'device']).orderBy('id').execute()
const reasons = async () => (await rows()).map(({ end_reason }) => end_reason)
const eventsOf = async (action: string) =>
  (
    await inInstance(app.services.database.owner, (tx) =>
      tx.selectFrom('events').selectAll().where('action', '=', action).orderBy('id').execute(),
    )
  ).map(({ target_id }) => target_id)

it('a session that ended is remembered for ninety days, then forgotten with its device; its events stay', async () => {
  const session = await signIn('one')
  await inTransaction(app.services.database.app, (tx) => sessions.end(tx, operator, session, 'revoked'))
  app.clock.advance(90 * DAY)
  await clean()
  expect(await reasons()).toEqual(['revoked'])
  app.clock.advance(1)
  await clean()
  expect(await rows()).toEqual([])
  expect(await app.services.database.app.selectFrom('session_carriers').selectAll().execute()).toEqual([])
  for (const action of ['session.started', 'session.ended', 'session.forgotten'])
    expect(await eventsOf(action)).toEqual([session])
})

it('a session whose browser was not seen for too long is ended in writing, and goes the same way', async () => {
  const { idle } = lifetimesOf(app.config).session
  const [asleep, awake] = [await signIn('asleep'), await signIn('awake')]
  app.clock.advance(idle - 1)
  await clean()
  expect(await reasons()).toEqual([null, null])
  await sessions.touch(sha256('awake'))
  app.clock.advance(1)
  await clean()
  expect(await reasons()).toEqual(['idle', null])
  expect(await eventsOf('session.ended')).toEqual([asleep])
  expect(await sessions.isLiveSession(awake)).toBe(true)
  app.clock.advance(90 * DAY + 1)
  await clean()
  expect(await reasons(), 'the one that fell asleep last is still remembered').toEqual(['idle'])
  expect(await eventsOf('session.forgotten')).toEqual([asleep])
})

it('a session in use is ended in writing when its time is over, and is looked at no more often than it can be over', async () => {
  const { idle, absolute } = lifetimesOf(app.config).session
  await signIn('busy')
  const looks = () => app.services.database.owner.selectFrom('session_looks').select('look_at').execute()
  for (let passed = idle / 2; passed < absolute; passed += idle / 2) {
    app.clock.advance(idle / 2)
    await sessions.touch(sha256('busy'))
    await clean()
    expect(await reasons()).toEqual([null])
    expect((await looks())[0]?.look_at.getTime()).toBeGreaterThan(app.clock.now().getTime())
  }
  app.clock.advance(idle / 2)
  await clean()
  expect(await reasons()).toEqual(['expired'])
  expect(await looks()).toEqual([])
})

it('what somebody holds at this moment is not waited for, and is looked at again', async () => {
  const { idle } = lifetimesOf(app.config).session
  const [held, free] = [await signIn('held'), await signIn('free')]
  app.clock.advance(idle)
  await inTransaction(app.services.database.app, async (tx) => {
    expect(await sessions.hold(tx, held)).toBe(true)
    await clean()
    expect(await eventsOf('session.ended')).toEqual([free])
  })
  app.clock.advance(60_000)
  await clean()
  expect(await reasons()).toEqual(['idle', 'idle'])
})

it('more sessions than fit into one transaction are cleaned by one run', async () => {
  const { config, services, clock, log } = app
  const { owner } = services.database
  const record = services.events.recordEvent
  const { session } = lifetimesOf(config)
  const { remembered } = config.sessions
  const deps = { owner, sessions, record, clock, log: log.log, ...session, remembered, batch: 2 }
  const [handler] = sessionJobHandlers(deps)
  const run = () => handler?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
  for (let n = 0; n < 5; n += 1) await signIn(`many-${n}`)
  clock.advance(session.idle)
  await run()
  expect(await reasons()).toEqual(Array(5).fill('idle'))
  clock.advance(remembered + 1)
  await run()
  expect(await rows()).toEqual([])
})
