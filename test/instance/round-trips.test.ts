import { calculatePKCECodeChallenge, generateRandomCodeVerifier } from 'oauth4webapi'
import { expect, it, onTestFinished } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { listen } from '../../src/http/server/listen.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { Secret } from '../../src/lib/secret.ts'
import { cookieJar } from '../strangers/cookie-jar.ts'
import { createTestApp } from '../support/app.ts'
import { frozenClock } from '../support/clock.ts'
import { freePort } from '../support/free-port.ts'
import { everythingHeard } from '../support/heard.ts'
import { type Asked, roundTripsDuring } from '../support/round-trips.ts'

const redirectUri = 'https://app.example.com/callback'
const email = 'ada@example.test'
const password = 'an engine weaves algebra'
const arranging: ActorContext = { actor: { kind: 'operator', id: 'test' } }

/** The whole server on a socket, one person with a password, one public client of ours. */
async function openHouse() {
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const app = await createTestApp({ env: { ISSUER_URL: issuer }, clock: frozenClock(lateInItsWindows(new Date())) })
  const { users, passwords } = app.people
  const person = await users.create(arranging, { email, name: 'Ada Lovelace', emailVerified: true })
  const hashed = await passwords.prepare(new Secret(password), { email })
  if (!person.ok || !hashed.ok) throw new Error('nobody can sign in')
  await inTransaction(app.services.database.app, (tx) => passwords.store(tx, arranging, person.value.id, hashed.value))
  const { clients } = registryOf(app)
  const client = await clients.create(arranging, {
    name: 'Invoices',
    type: 'single-page',
    redirectUris: [redirectUri],
    firstParty: true,
  })
  if (!client.ok) throw new Error('no client')
  const server = await listen({ http: app.http, host: '127.0.0.1', port, log: app.log.log })
  onTestFinished(() => server.close(0))
  return { issuer, clientId: client.value.client.id, services: app.services }
}

/**
 * Early in the window of a limit the one before it is asked for as well, one statement more: so this is late in those of a minute
 * and of a quarter of an hour, and not far from the engine, which goes by the time of day.
 */
function lateInItsWindows(now: Date): string {
  const quarter = 900_000
  const late = Math.floor(now.getTime() / quarter) * quarter + 12 * 60_000 + 50_000
  return new Date(late < now.getTime() ? late + quarter : late).toISOString()
}

type House = Awaited<ReturnType<typeof openHouse>>

/** The five requests of a sign-in, and how often each of them waited for the database. */
async function signIn({ issuer, clientId, services }: House, browser: string | undefined) {
  await everythingHeard(services)
  // With empty counters each time: what is left of a limit is another question.
  await services.database.app.deleteFrom('rate_limits').execute()
  const jar = cookieJar()
  const asked = new Map<string, Asked>()
  const during = async (name: string, ask: () => Promise<Response>): Promise<Response> => {
    const answers: Response[] = []
    asked.set(name, await roundTripsDuring(async () => answers.push(await ask())))
    const [answer] = answers
    if (!answer) throw new Error('no answer')
    return answer
  }
  const visit = (name: string, to: string, form?: Record<string, string>) =>
    during(name, async () => {
      const url = new URL(to, issuer)
      const cookie = [jar.headerFor(url), browser].filter((each) => each !== undefined).join('; ')
      const init = form ? { method: 'POST', body: new URLSearchParams(form) } : {}
      const headers = { accept: 'text/html', origin: issuer, cookie }
      const answer = await fetch(url, { redirect: 'manual', headers, ...init })
      jar.keep(answer)
      return answer
    })
  const verifier = generateRandomCodeVerifier()
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid email',
    state: 's',
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const page = locationOf(await visit('authorize', `/oauth/authorize?${query}`))
  expect((await visit('form', page)).status).toBe(200)
  const taken = await visit('password', page, { email, password })
  const [named] = taken.headers.getSetCookie().filter((line) => line.startsWith('browser='))
  const back = new URL(locationOf(await visit('back', locationOf(taken))))
  const redeemed = await during('token', () =>
    fetch(new URL('/oauth/token', issuer), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        redirect_uri: redirectUri,
        code: back.searchParams.get('code') ?? '',
        code_verifier: verifier,
      }),
    }),
  )
  expect(await redeemed.json()).toHaveProperty('id_token')
  return { asked: Object.fromEntries(asked), browser: named?.split(';')[0] }
}

const locationOf = ({ headers }: Response): string => headers.get('location') ?? ''

/** What runs out while it is waited for (a key that is remembered for a while) is read anew in one of them, not in each. */
const leastOf = (all: readonly Readonly<Record<string, Asked>>[]): Readonly<Record<string, Asked>> =>
  Object.fromEntries(
    Object.keys(all[0] ?? {}).map((name) => {
      const of = all.flatMap((each) => each[name] ?? []).toSorted((one, other) => one.statements - other.statements)
      return [name, of[0] ?? { trips: 0, statements: 0 }]
    }),
  )

const sum = (asked: Readonly<Record<string, Asked>>, of: keyof Asked) =>
  Object.values(asked).reduce((total, each) => total + each[of], 0)

it('a complete sign-in makes at most 12 round trips to the database, and no more than it did', async () => {
  const house = await openHouse()
  const { browser } = await signIn(house, undefined)
  expect(browser).toBeDefined()
  const asked = leastOf([
    (await signIn(house, browser)).asked,
    (await signIn(house, browser)).asked,
    (await signIn(house, browser)).asked,
  ])
  expect(asked).toEqual({
    authorize: { trips: 1, statements: 1 },
    form: { trips: 1, statements: 2 },
    password: { trips: 4, statements: 20 },
    back: { trips: 3, statements: 9 },
    token: { trips: 2, statements: 5 },
  })
  expect(sum(asked, 'trips')).toBeLessThanOrEqual(12)
  expect(sum(asked, 'statements')).toBe(37)
})
