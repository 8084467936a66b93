import { expect, it, vi } from 'vitest'
import { lifetimesOf } from '../../src/config/lifetimes.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { endingEverything } from '../../src/instance/end-everything.ts'
import { jobHandlers } from '../../src/instance/jobs.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { openSignIns } from '../../src/instance/sign-ins.ts'
import { takingFactorsAway } from '../../src/instance/take-factors-away.ts'
import { askToken, authorization, callback, redeem } from '../oidc/support.ts'
import { type AccountHouse, accountHouse, type Browser, firefox, iphone, newPassword, password } from './support.ts'

// Every sign-in hashes, at the lowest priority.
vi.setConfig({ testTimeout: 60_000 })

const operator = { actor: { kind: 'operator', id: 'test' } } as const

interface Scene {
  readonly house: AccountHouse
  readonly here: Browser
  readonly phone: Browser
}

/** Each ends what somebody is signed in to on their phone. */
const ways: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'its own sign-out': async ({ phone }) => phone.post('/oauth/logout/confirm', await confirmed(phone)),
  'the page of the account, one by one': async ({ house, here }) => {
    const [theirs] = await house.people.sessions.listOf(house.ada.id)
    return here.post('/account/sessions/end', { session: theirs?.id ?? '' })
  },
  'the page of the account, all others': ({ here }) => here.post('/account/sessions/end-others'),
  'a changed password': ({ here }) =>
    here.post('/account/password', { 'current-password': password, password: newPassword }),
  'the end of the account': ({ house }) => house.people.users.disable(operator, house.ada.id),
  'somebody who says that it was not them': async ({ house, here }) => {
    const [letter] = (await house.letters()).filter(({ message }) => message === 'notice new-device')
    const link = letter?.links.find((one) => one.includes('/link/not-me')) ?? 'no link'
    return here.post(new URL(link).pathname + new URL(link).search)
  },
  'lost factors, taken away on the host': async ({ house, here }) => {
    const { people, services, clock } = house
    const { trustedBrowsers } = people.factors
    const browsers = () => people.guard.browsers
    const endEverything = endingEverything({ ...people, revocations: services.revocations, browsers, trustedBrowsers })
    const { lockout } = people.guard
    const take = takingFactorsAway({ ...people, endEverything, lockout, events: services.events, clock })
    await inTransaction(services.database.app, (tx) =>
      take(tx, operator, house.ada, { via: 'operator', mustEnrol: true }),
    )
    return here
  },
  'an operator': async ({ house }) => {
    const [theirs] = await house.people.sessions.listOf(house.ada.id)
    if (theirs) await openSignIns(house).one(operator, theirs.id)
  },
  'an operator, everywhere': ({ house }) => openSignIns(house).ofPerson(operator, house.ada.id),
  'a browser that fell asleep': async ({ house }) => {
    const { config, services, clock, log } = house
    clock.advance(lifetimesOf(config).session.idle)
    const [clean] = jobHandlers({ config, services, clock, log: log.log }).filter(
      ({ kind }) => kind.name === 'sessions.clean',
    )
    await clean?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
  },
}

const confirmed = async (phone: Browser): Promise<Record<string, string>> => {
  const { html } = await phone.go('/oauth/logout')
  return { xsrf: /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? '', logout: 'yes' }
}

it.each(Object.keys(ways))(
  '[DRP-2] [MOS-7] a session that ends by %s ends its tokens, and its applications are told',
  async (name) => {
    const house = await accountHouse()
    const [here, phone] = [house.browser(firefox), house.browser(iphone)]
    await here.signIn()
    await phone.signIn()
    const [onPhone] = await house.people.sessions.listOf(house.ada.id)
    const { clients } = registryOf(house)
    const made = await clients.create(operator, {
      name: 'Invoices',
      type: 'web',
      redirectUris: [callback],
      firstParty: true,
      backchannelLogoutUri: 'https://app.example.com/logout',
    })
    if (!made.ok) throw new Error(made.error.reason)
    const client = { id: made.value.client.id, secret: made.value.secret?.reveal() }
    const { url, verifier } = await authorization(house, { clientId: client.id })
    const back = await phone.go(url.pathname + url.search)
    const code = new URL(back.path).searchParams.get('code') ?? ''
    const { body } = await redeem(house, client, { code, verifier })
    expect(body['refresh_token']).toBeTruthy()

    await ways[name]?.({ house, here, phone })
    expect((await house.people.sessions.listOf(house.ada.id)).map(({ id }) => id)).not.toContain(onPhone?.id)
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }
    expect(await askToken(house, client, refresh)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const jobs = await house.database.ownerPool.query("SELECT data FROM pgboss.job WHERE name = 'logout_notices.send'")
    expect(jobs.rows).toEqual([{ data: { client: client.id, user: house.ada.id, session: onPhone?.id } }])
  },
)
