import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { inTransaction } from '../../../src/db/transaction.ts'
import { jobHandlers } from '../../../src/instance/jobs.ts'
import { createEnqueue } from '../../../src/jobs/enqueue.ts'
import { startWorker } from '../../../src/jobs/worker.ts'
import { tellingClients } from '../../../src/oidc/back-channel/tell.ts'
import type { SessionId } from '../../../src/sessions/session.ts'
import { eventually } from '../../support/eventually.ts'
import { arranging, askToken, codeFor, type House, openHouse, redeem } from '../support.ts'
import { receiver } from './receiver.ts'

vi.setConfig({ testTimeout: 60_000 })

const JOB = 'logout_notices.send'
const allowed = { allow: ['127.0.0.0/8'], timeout: 10_000 }

let house: House
beforeEach(async () => {
  house = await openHouse({ outgoing: allowed })
  await house.addPerson()
})

/** One that waits for nobody for long. */
async function openHurried() {
  house = await openHouse({ outgoing: { ...allowed, timeout: 1_000 } })
  await house.addPerson()
}

/** The jobs of the server, as it runs them. */
async function background() {
  const { config, services, clock, log } = house
  const worker = await startWorker({
    pool: services.database.ownerPool,
    listener: services.listener,
    handlers: jobHandlers({ config, services, clock, log: log.log }).filter(({ kind }) => kind.name === JOB),
    log: log.log,
    superviseSeconds: 1,
  })
  onTestFinished(() => worker.stop(1_000))
}

/** One attempt of each that waits, whatever comes of it. */
const attempt = (number = 1): Promise<unknown[]> => attempts()(number)

/** Several by the same worker. */
function attempts() {
  const { config, services, clock, log } = house
  const [handler] = jobHandlers({ config, services, clock, log: log.log }).filter(({ kind }) => kind.name === JOB)
  return async (number: number): Promise<unknown[]> => {
    const payloads = await queued()
    const run = { jobId: 'test', attempt: number, signal: new AbortController().signal }
    const done = await Promise.allSettled(payloads.map((payload) => handler?.run(payload, run)))
    return done.map((one) => (one.status === 'rejected' ? String(one.reason) : undefined))
  }
}

const queued = async (state?: string): Promise<{ client: string; user: string; session: string | null }[]> => {
  const text = `SELECT data FROM pgboss.job WHERE name = '${JOB}' AND state::text = coalesce($1, state::text)
    ORDER BY created_on, data->>'client'`
  return (await house.database.ownerPool.query(text, [state])).rows.map(({ data }) => data)
}

/** So many sign-outs of one application, in one go. */
const leave = (client: string, times: number) =>
  inTransaction(house.services.database.app, async (tx) => {
    const user = (await house.users.findByEmail('ada@example.test'))?.id ?? never()
    for (let n = 0; n < times; n++) await tellingClients(createEnqueue())(tx, [client], { user, session: null })
  })

const verified = async (token: string, audience: string): Promise<JWTPayload> => {
  const keys = createRemoteJWKSet(new URL('/oauth/jwks', house.url))
  const currentDate = house.clock.now()
  const given = { issuer: house.issuer, audience, typ: 'logout+jwt', currentDate }
  return (await jwtVerify(token, keys, given)).payload
}

const sessionNow = async (): Promise<SessionId> => {
  const [session] = await house.sessions.listOf((await house.users.findByEmail('ada@example.test'))?.id ?? never())
  return session?.id ?? never()
}
const never = (): never => {
  throw new Error('it is not there')
}
const end = (session: SessionId) =>
  inTransaction(house.services.database.app, (tx) => house.sessions.end(tx, arranging, session, 'revoked'))

describe('whoever relies on a sign-in that ended', () => {
  it('is told so by a signed message that says whose it was and which one', async () => {
    const application = await receiver()
    const client = await house.addClient({ backchannelLogoutUri: application.url })
    const silent = await house.addClient()
    const browser = house.browser()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser }))
    await codeFor(house, silent, { browser })
    await background()
    await end(await sessionNow())

    const [told] = await eventually(() => (application.received.length > 0 ? application.received : undefined))
    expect([told?.path, told?.contentType]).toEqual(['/back-channel', 'application/x-www-form-urlencoded'])
    const claims = await verified(told?.token ?? '', client.id)
    const inIdToken = JSON.parse(Buffer.from(body['id_token']?.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toEqual({
      iss: house.issuer,
      aud: client.id,
      sub: inIdToken.sub,
      sid: inIdToken.sid,
      iat: Math.floor(house.clock.now().getTime() / 1000),
      exp: Math.floor(house.clock.now().getTime() / 1000) + 120,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
    expect(decodeProtectedHeader(told?.token ?? '')).toEqual({
      alg: 'RS256',
      typ: 'logout+jwt',
      kid: expect.any(String),
    })
    expect(application.received, 'once').toHaveLength(1)
    expect(await queued(), 'and nobody who did not ask for it').toHaveLength(1)
  })

  it('hears the names that it knows where these are its own', async () => {
    const pairwise = { subjectType: 'pairwise', sector: 'app.example.com' } as const
    const application = await receiver()
    const client = await house.addClient({ backchannelLogoutUri: application.url, ...pairwise })
    const { body } = await redeem(house, client, await codeFor(house, client))
    const inIdToken = JSON.parse(Buffer.from(body['id_token']?.split('.')[1] ?? '', 'base64url').toString())
    await end(await sessionNow())
    await attempt()
    const claims = await verified(application.received[0]?.token ?? '', client.id)
    expect([claims.sub, claims['sid']]).toEqual([inIdToken.sub, inIdToken.sid])
    expect(`${claims.sub}${claims['sid']}`).not.toMatch(/usr_|ses_/)
  })

  it('is said to be able to hear of it', async () => {
    const document = await (await fetch(new URL('/.well-known/openid-configuration', house.url))).json()
    expect(document).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    })
  })
})

describe('a message that does not arrive', () => {
  it('is sent again, with an id of its own, until it does', async () => {
    const application = await receiver((response, count) => response.writeHead(count > 2 ? 204 : 500).end())
    const client = await house.addClient({ backchannelLogoutUri: application.url })
    await codeFor(house, client)
    await end(await sessionNow())
    expect(await attempt(1)).toEqual([expect.stringContaining('status-500')])
    expect(await attempt(2)).toEqual([expect.stringContaining('status-500')])
    expect(await attempt(3)).toEqual([undefined])
    const ids = await Promise.all(application.received.map(async ({ token }) => (await verified(token, client.id)).jti))
    expect(new Set(ids).size).toBe(3)
    expect(await house.events('logout_notice.failed')).toEqual([])
  })

  it('is given up after the last attempt, in the log and in writing, and nothing else suffers', async () => {
    const application = await receiver((response) => response.writeHead(503).end('a secret of theirs'))
    const client = await house.addClient({ backchannelLogoutUri: application.url })
    await codeFor(house, client)
    const session = await sessionNow()
    await end(session)
    expect(await attempt(10)).toEqual([expect.stringContaining('status-503')])
    expect(await attempt(11)).toEqual([undefined])
    expect(await house.events('logout_notice.failed')).toMatchObject([
      { target_id: client.id, after: { session, reason: 'status-503', attempts: 11 } },
    ])
    expect(house.log.lines()).toContainEqual(
      expect.objectContaining({ level: 'warn', client: client.id, reason: 'status-503' }),
    )
    expect(house.log.text()).not.toMatch(/a secret of theirs|logout_token|back-channel/)
  })

  it('keeps nobody waiting for one that hangs', async () => {
    await openHurried()
    const hanging = await receiver(() => {})
    const well = await receiver()
    const clients = [
      await house.addClient({ backchannelLogoutUri: hanging.url }),
      await house.addClient({ backchannelLogoutUri: well.url }),
    ]
    const browser = house.browser()
    for (const client of clients) await codeFor(house, client, { browser })
    await end(await sessionNow())
    expect(hanging.received, 'nothing is sent by whoever ends it').toEqual([])
    const outcomes = await attempt()
    expect(outcomes.filter((one) => one !== undefined)).toEqual([expect.stringContaining('timeout')])
    expect(well.received).toHaveLength(1)
  })

  it('keeps nobody waiting for one that hangs, however many messages wait for it', async () => {
    await openHurried()
    const hanging = await receiver(() => {})
    const well = await receiver()
    const [slow, quick] = [
      await house.addClient({ backchannelLogoutUri: hanging.url }),
      await house.addClient({ backchannelLogoutUri: well.url }),
    ]
    await leave(slow.id, 24)
    await leave(quick.id, 12)
    await background()
    await eventually(() => (well.received.length === 12 ? true : undefined))
    expect(hanging.received.length).toBeLessThanOrEqual(2)
    const tried = async () => (await queued('retry')).length
    await eventually(async () => ((await tried()) === 24 ? true : undefined))
    expect(hanging.received, 'one for all').toHaveLength(1)
  })

  it('is tried at one that hangs once a minute, and the last time in any case', async () => {
    await openHurried()
    const hanging = await receiver(() => {})
    const client = await house.addClient({ backchannelLogoutUri: hanging.url })
    await leave(client.id, 1)
    const send = attempts()
    expect(await send(1)).toEqual([expect.stringContaining('timeout')])
    expect(await send(2)).toEqual([expect.stringContaining('hung')])
    expect(hanging.received).toHaveLength(1)
    house.clock.advance(60_000)
    expect(await send(3)).toEqual([expect.stringContaining('timeout')])
    expect(hanging.received).toHaveLength(2)
    expect(await send(11)).toEqual([undefined])
    expect(hanging.received).toHaveLength(3)
    expect(await house.events('logout_notice.failed')).toMatchObject([{ after: { reason: 'timeout', attempts: 11 } }])
  })

  it('follows no redirect, and is not tried again', async () => {
    const elsewhere = await receiver()
    const application = await receiver((response) => response.writeHead(307, { location: elsewhere.url }).end())
    await codeFor(house, await house.addClient({ backchannelLogoutUri: application.url }))
    await end(await sessionNow())
    expect(await attempt()).toEqual([undefined])
    expect(elsewhere.received).toEqual([])
    expect(await house.events('logout_notice.failed')).toMatchObject([{ after: { reason: 'redirected', attempts: 1 } }])
  })

  it('goes to no address in here that the operator has not allowed (threat 27)', async () => {
    const inside = await receiver()
    house = await openHouse({ outgoing: { allow: ['10.9.8.0/24'] } })
    await house.addPerson()
    const client = await house.addClient({ backchannelLogoutUri: 'https://app.example.com/logout' })
    const admin = await house.database.superuser()
    // As one that resolves to an address in here would.
    await admin.query("SET hearthkey.test_arranges = 'yes'")
    await admin.query('UPDATE oidc_clients SET backchannel_logout_uri = $1 WHERE client_id = $2', [
      inside.url,
      client.id,
    ])
    await codeFor(house, client)
    await end(await sessionNow())
    expect(await attempt()).toEqual([undefined])
    expect(inside.received).toEqual([])
    expect(await house.events('logout_notice.failed')).toMatchObject([{ after: { reason: 'address-refused' } }])
  })

  it('is not sent to a client that was disabled or asks for it no more', async () => {
    const application = await receiver()
    const client = await house.addClient({ backchannelLogoutUri: application.url })
    await codeFor(house, client)
    await end(await sessionNow())
    await house.clients.disable(arranging, client.id)
    expect(await attempt()).toEqual([undefined])
    expect(application.received).toEqual([])
  })
})

it('nobody is told of an end that did not come to pass', async () => {
  const application = await receiver()
  await codeFor(house, await house.addClient({ backchannelLogoutUri: application.url }))
  const session = await sessionNow()
  const undone = inTransaction(house.services.database.app, async (tx) => {
    await house.sessions.end(tx, arranging, session, 'revoked')
    throw new Error('a power cut')
  })
  await expect(undone).rejects.toThrow('a power cut')
  expect(await queued()).toEqual([])
})

describe('[DRP-2] what was given in a session', () => {
  const offline = { scope: 'openid offline_access', prompt: 'consent' }
  const refresh = (body: Record<string, string>) => ({
    grant_type: 'refresh_token',
    refresh_token: body['refresh_token'] ?? '',
  })

  it('ends with it, offline access too, with codes that were not redeemed', async () => {
    const client = await house.addClient()
    const browser = house.browser()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser, ...offline }))
    const waiting = await codeFor(house, client, { browser })
    await end(await sessionNow())
    expect(await askToken(house, client, refresh(body))).toMatchObject({ body: { error: 'invalid_grant' } })
    expect(await redeem(house, client, waiting)).toMatchObject({ body: { error: 'invalid_grant' } })
    expect(await left('Grant', 'RefreshToken', 'AuthorizationCode')).toBe(0)
  })

  it('for offline use goes on where it merely fell asleep, and all else ends', async () => {
    const application = await receiver()
    const [lasting, brief] = [
      await house.addClient({ backchannelLogoutUri: application.url }),
      await house.addClient({ backchannelLogoutUri: application.url }),
    ]
    const browser = house.browser()
    const { body } = await redeem(house, lasting, await codeFor(house, lasting, { browser, ...offline }))
    await codeFor(house, brief, { browser })
    const session = await sessionNow()
    await inTransaction(house.services.database.app, (tx) => house.sessions.end(tx, arranging, session, 'idle'))
    expect(await askToken(house, lasting, refresh(body))).toMatchObject({ status: 200 })
    expect((await queued()).map(({ client }) => client)).toEqual([brief.id])
  })

  it('for offline use goes on in the next session of the same browser, and ends with that', async () => {
    const client = await house.addClient()
    const browser = house.browser()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser, ...offline }))
    const first = await sessionNow()
    await codeFor(house, client, { browser, prompt: 'login' })
    const second = await sessionNow()
    expect(second).not.toBe(first)
    const renewed = await askToken(house, client, refresh(body))
    expect(renewed).toMatchObject({ status: 200 })
    await end(second)
    expect(await askToken(house, client, refresh(renewed.body))).toMatchObject({ body: { error: 'invalid_grant' } })
  })

  it('is ended under the name that its application knows it by, where it had gone on in the next session', async () => {
    const application = await receiver()
    const client = await house.addClient({ backchannelLogoutUri: application.url })
    const browser = house.browser()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser, ...offline }))
    const first = await sessionNow()
    await codeFor(house, await house.addClient(), { browser, prompt: 'login' })
    const second = await sessionNow()
    const { body: renewed } = await askToken(house, client, refresh(body))
    const sid = JSON.parse(Buffer.from(renewed['id_token']?.split('.')[1] ?? '', 'base64url').toString()).sid
    expect(sid, 'what a refresh says').toBe(first)
    expect(await queued(), 'it goes on').toEqual([])
    await end(second)
    expect((await queued()).map(({ session }) => session).sort()).toEqual([first, second].sort())
    const feed = await house.services.revocations.since(undefined, 100)
    const told = feed.ok ? feed.value.entries : []
    const { user } = (await queued())[0] ?? {}
    expect(told, 'offline, by person and application: the sid is that of a session that ended before').toContainEqual(
      expect.objectContaining({ sub: user, clientId: client.id, reason: 'grant-revoked' }),
    )
  })

  it('ends where the same browser signs in anew, and whoever relied on it is told; who signs in there now is not', async () => {
    const application = await receiver()
    const [before, now] = [
      await house.addClient({ backchannelLogoutUri: application.url }),
      await house.addClient({ backchannelLogoutUri: application.url }),
    ]
    const browser = house.browser()
    const { body } = await redeem(house, before, await codeFor(house, before, { browser }))
    const first = await sessionNow()
    await codeFor(house, now, { browser, prompt: 'login' })
    const told = await queued()
    expect(told).toContainEqual(expect.objectContaining({ client: before.id, session: first }))
    expect(told.filter(({ session }) => session !== first)).toEqual([])
    expect(await askToken(house, before, refresh(body))).toMatchObject({ body: { error: 'invalid_grant' } })
  })
})

const left = async (...kinds: string[]): Promise<number> =>
  (await house.services.database.app.selectFrom('oidc_artifacts').select('kind').where('kind', 'in', kinds).execute())
    .length
