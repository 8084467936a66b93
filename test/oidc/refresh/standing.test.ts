import { type RawBuilder, sql, type Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lifetimesOf } from '../../../src/config/lifetimes.ts'
import type { DB, JsonObject } from '../../../src/db/schema.gen.ts'
import { defineId } from '../../../src/lib/ids.ts'
import { artifactHash, engineUidHash } from '../../../src/oidc/artifacts/artifact.ts'
import { findGrantBehind } from '../../../src/oidc/behind/store.ts'
import { rotateRefreshToken } from '../../../src/oidc/refresh/alone-store.ts'
import { useRefreshToken } from '../../../src/oidc/refresh/store.ts'
import { hasLiveSession, isCarriedAndLive, isLivingSession } from '../../../src/sessions/carrier-store.ts'
import { carriedSessions } from '../../../src/sessions/list-store.ts'
import { activeUsersAmong, isActiveUser, listActiveUsers } from '../../../src/users/store.ts'
import { type House, openSharedHouse } from '../support.ts'
import { firstToken } from './support.ts'

/**
 * Who may have something issued, and which session lives, is said by functions of the database, for the one round trip of
 * a refresh, and again by the rooms that these rows belong to. Nothing but this file holds the two together.
 */

const [userId, sessionId] = [defineId('usr'), defineId('ses')]
type At = Transaction<DB>

let house: House
let known: Awaited<ReturnType<typeof signedIn>>
beforeAll(async () => {
  house = await openSharedHouse()
  known = await signedIn()
})
afterAll(() => house?.close())

async function signedIn() {
  const { id: user } = await house.addPerson()
  const client = await house.addClient()
  const token = artifactHash('RefreshToken', await firstToken(house, client))
  const { owner } = house.services.database
  const row = await owner
    .selectFrom('oidc_artifacts')
    .select(['grant_hash', sql<string>`payload->>'sessionUid'`.as('uid')])
    .where('id_hash', '=', token)
    .executeTakeFirstOrThrow()
  const carrier = engineUidHash(row.uid)
  const { session_id: session } = await owner
    .selectFrom('session_carriers')
    .select('session_id')
    .where('engine_uid_hash', '=', carrier)
    .executeTakeFirstOrThrow()
  return { user, client, token, grant: row.grant_hash ?? Buffer.alloc(32), carrier, session }
}

const before = (ms: number) => new Date(house.clock.now().getTime() - ms)
const seenAfter = () => before(lifetimesOf(house.config).session.idle)
const bornAfter = () => before(lifetimesOf(house.config).session.absolute)
const later = (time: Date) => new Date(time.getTime() + 1)
const young = () => ({ seenAfter: seenAfter(), bornAfter: bornAfter() })

class Rollback extends Error {}

/** After the change, and as if nothing had happened for the next. */
async function asked<T>(change: (tx: At) => Promise<unknown>, ask: (tx: At) => Promise<T>): Promise<T> {
  const answers: T[] = []
  const all = house.services.database.owner.transaction().execute(async (tx) => {
    await change(tx)
    answers.push(await ask(tx))
    throw new Rollback()
  })
  await all.catch((error: unknown) => {
    if (!(error instanceof Rollback)) throw error
  })
  const [answer] = answers
  if (answer === undefined) throw new Error('nothing was answered')
  return answer
}

async function yes(tx: At, said: RawBuilder<unknown>): Promise<boolean> {
  const { rows } = await sql<{ said: boolean | null }>`SELECT ${said} AS said`.execute(tx)
  return rows[0]?.said === true
}

async function refreshed(tx: At) {
  const at = house.clock.now()
  const use = { token: known.token, successor: Buffer.alloc(32), at, rotates: true, neededUntil: at, keptUntil: at }
  const found = await useRefreshToken(tx, { ...use, ...young() })
  if (!found) throw new Error('there is no such token')
  return { stands: found.session_stands, active: found.is_active === true }
}

/** Before the other, which uses it up. */
async function refreshedAlone(tx: At) {
  const at = house.clock.now()
  const { use } = await rotateRefreshToken(tx, {
    ...{ token: known.token, successor: Buffer.alloc(32), at, client: known.client.id },
    ...{ audiences: [house.issuer], scopes: null, levels: null, neededUntil: at, keptUntil: at },
    ...{ ...young(), window: 10, lives: Array.from({ length: 5 }, () => 1e9) },
    ...{ levelsRequired: [], levelsResistant: [], largestClaims: 0 },
  })
  return use === 'first'
}

const behind = (tx: At) =>
  findGrantBehind(
    tx,
    { isActive: isActiveUser, isLiving: (session) => isLivingSession(session, young()) },
    { grantHash: known.grant, session: null, now: house.clock.now() },
  )

const setSession = (values: Readonly<Record<string, unknown>>) => (tx: At) =>
  tx.updateTable('sessions').set(values).where('id', '=', known.session).execute()
const setSeen = (at: () => Date) => (tx: At) =>
  tx.updateTable('session_carriers').set({ last_seen_at: at() }).where('session_id', '=', known.session).execute()
const nothing = async () => undefined

describe('whether a session lives is the same to a refresh and to everybody else', () => {
  it.each([
    { what: 'that is as it was', change: nothing, lives: true },
    { what: 'that was seen just in time', change: setSeen(() => later(seenAfter())), lives: true },
    { what: 'that slept for as long as one may', change: setSeen(seenAfter), lives: false },
    {
      what: 'that is just young enough',
      change: (tx: At) => setSession({ created_at: later(bornAfter()) })(tx),
      lives: true,
    },
    {
      what: 'that is as old as one may be',
      change: (tx: At) => setSession({ created_at: bornAfter() })(tx),
      lives: false,
    },
    { what: 'that has ended', change: setSession({ ended_at: new Date(), end_reason: 'revoked' }), lives: false },
    {
      what: 'that nothing carries',
      change: (tx: At) => tx.deleteFrom('session_carriers').where('session_id', '=', known.session).execute(),
      lives: false,
    },
  ])('one $what: $lives', async ({ change, lives }) => {
    const { carrier, session, user } = known
    const said = await asked(change, async (tx) => ({
      sessionSeen: await yes(tx, sql`EXISTS (SELECT FROM session_seen(${carrier}, ${seenAfter()}, ${bornAfter()}))`),
      byCarrier: await hasLiveSession(tx, carrier, young()),
      byId: await isCarriedAndLive(tx, sessionId.fromUuid(session), young()),
      asPart: await yes(tx, isLivingSession(sql`${session}::uuid`, young())),
      inLists: (await carriedSessions(tx, young(), { user, limit: 10 })).length > 0,
      behindTheGrant: (await behind(tx))?.session_living,
      refreshAlone: await refreshedAlone(tx),
      refresh: (await refreshed(tx)).stands,
    }))
    expect(said).toEqual(Object.fromEntries(Object.keys(said).map((who) => [who, lives])))
  })
})

const setUser = (values: Readonly<Record<string, unknown>>) => (tx: At) =>
  tx.updateTable('users').set(values).where('id', '=', userId.toUuid(known.user)).execute()

describe('who may have something issued is the same to a refresh and to everybody else', () => {
  it.each([
    { what: 'who is as they were', change: nothing, active: true },
    { what: 'who is disabled', change: setUser({ status: 'disabled', disabled_at: new Date() }), active: false },
    { what: 'who is locked', change: setUser({ locked_at: new Date(), lock_reason: 'not-me' }), active: false },
    {
      what: 'whose key was destroyed',
      change: (tx: At) =>
        tx
          .updateTable('person_keys')
          .set({ sealed: null, destroyed_at: new Date() })
          .where('person_id', '=', userId.toUuid(known.user))
          .execute(),
      active: false,
    },
    {
      what: 'who has no key',
      change: (tx: At) => tx.deleteFrom('person_keys').where('person_id', '=', userId.toUuid(known.user)).execute(),
      active: false,
    },
  ])('one $what: $active', async ({ change, active }) => {
    const { user } = known
    const uuid = sql`${userId.toUuid(user)}::uuid`
    const said = await asked(change, async (tx) => ({
      personStanding: await yes(tx, sql`(SELECT is_active FROM person_standing(${uuid}))`),
      asPart: await yes(tx, isActiveUser(uuid)),
      inLists: (await listActiveUsers(tx, undefined, 10)).includes(user),
      among: (await activeUsersAmong(tx, [user])).has(user),
      behindTheGrant: (await behind(tx))?.person_active,
      refreshAlone: await refreshedAlone(tx),
      refresh: (await refreshed(tx)).active,
    }))
    expect(said).toEqual(Object.fromEntries(Object.keys(said).map((who) => [who, active])))
  })

  it('and nobody is nobody to both', async () => {
    const uuid = sql`gen_random_uuid()`
    const said = await asked(nothing, async (tx) => ({
      personStanding: await yes(tx, sql`(SELECT is_active FROM person_standing(${uuid}))`),
      asPart: await yes(tx, isActiveUser(uuid)),
    }))
    expect(said).toEqual({ personStanding: false, asPart: false })
  })
})

const engineSession = (tx: At) =>
  tx.updateTable('oidc_artifacts').where('kind', '=', 'Session').where('uid_hash', '=', known.carrier)
const setPayload = (path: () => readonly string[], value: string) => (tx: At) =>
  engineSession(tx)
    .set({ payload: sql`jsonb_set(payload, ${[...path()]}::text[], to_jsonb(${value}::text), false)` })
    .execute()
const setExpiry = (at: () => Date) => (tx: At) => engineSession(tx).set({ expires_at: at() }).execute()
const inAnotherTab = (ms: number) => (tx: At) =>
  sql`INSERT INTO oidc_artifacts (id_hash, kind, uid_hash, payload, created_at, expires_at)
    SELECT sha256(id_hash), kind, uid_hash,
      jsonb_set(payload, ARRAY['authorizations', ${known.client.id}, 'grantId'], '"another"'),
      created_at + make_interval(secs => ${ms}::float / 1000), expires_at
    FROM oidc_artifacts WHERE kind = 'Session' AND uid_hash = ${known.carrier}`.execute(tx)
const ofToken =
  (set: RawBuilder<JsonObject>, change: (tx: At) => Promise<unknown> = nothing) =>
  async (tx: At) => {
    await change(tx)
    await tx.updateTable('oidc_artifacts').set({ payload: set }).where('id_hash', '=', known.token).execute()
  }

describe('the engine’s session is still that of the token', () => {
  it.each([
    { what: 'as it was', change: nothing, stands: true },
    { what: 'somebody else’s by now', change: setPayload(() => ['accountId'], 'usr_another'), stands: false },
    {
      what: 'that of another grant of the client',
      change: setPayload(() => ['authorizations', known.client.id, 'grantId'], 'another'),
      stands: false,
    },
    {
      what: 'one in which the client has nothing any more',
      change: (tx: At) =>
        engineSession(tx).set({ payload: sql`jsonb_set(payload, '{authorizations}', '{}')` }).execute(),
      stands: false,
    },
    { what: 'just not over', change: setExpiry(() => later(house.clock.now())), stands: true },
    { what: 'over at this moment', change: setExpiry(() => house.clock.now()), stands: false },
    {
      what: 'not there',
      change: (tx: At) => tx.deleteFrom('oidc_artifacts').where('uid_hash', '=', known.carrier).execute(),
      stands: false,
    },
    { what: 'renewed later by another tab, with another grant', change: inAnotherTab(1), stands: false },
    { what: 'renewed before by another tab, with another grant', change: inAnotherTab(-1), stands: true },
    {
      what: 'over, and the token outlives it',
      change: ofToken(
        sql<JsonObject>`payload - 'expiresWithSession'`,
        setSession({ ended_at: new Date(), end_reason: 'revoked' }),
      ),
      stands: null,
    },
  ])('$what: $stands', async ({ change, stands }) => {
    expect(await asked(change, refreshed)).toMatchObject({ stands })
  })
})
