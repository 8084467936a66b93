import { beforeEach, describe, expect, it, vi } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { openSignIns, type SignIns } from '../../src/instance/sign-ins.ts'
import { deleteGrantsOfClient, momentNow } from '../../src/oidc/artifacts/ending-store.ts'
import { by, introspect, invoicing, refresh, signIn } from './organisations-support.ts'
import { authorization, type Browser, type House, openHouse } from './support.ts'

vi.setConfig({ testTimeout: 60_000 })

let house: House
let invoices: Awaited<ReturnType<typeof invoicing>>
let signIns: SignIns
beforeEach(async () => {
  house = await openHouse()
  invoices = await invoicing(house)
  // So that each needs more than one step.
  signIns = openSignIns({ services: house.services, people: house.people, batch: 1 })
})

const going = () => {
  const steps: string[] = []
  const step = (done: number, total: number) => void steps.push(`${done}/${total}`)
  return { steps, signal: new AbortController().signal, step }
}
const told = async (): Promise<{ client: string; session: string }[]> =>
  (await house.database.ownerPool.query("SELECT data FROM pgboss.job WHERE name = 'logout_notices.send'")).rows.map(
    ({ data }) => data,
  )
const isSignedIn = async (browser: Browser, clientId: string): Promise<boolean> => {
  const { url } = await authorization(house, { clientId, prompt: 'none' })
  return !((await browser.get(url)).headers.get('location') ?? '').includes('login_required')
}
const toldOf = {
  backchannelLogoutUri: 'https://app.example.com/logout',
  redirectUris: ['https://app.example.com/callback'],
}
const status = async (...asked: Parameters<typeof refresh>) => (await refresh(...asked)).status

describe('all that is signed in to one application', () => {
  it('ends for everybody, and nothing of another application does', async () => {
    const [one, other] = [await invoices.client(toldOf), await invoices.client()]
    const tokens = []
    const browsers = [house.browser(), house.browser()]
    for (const browser of browsers) {
      await house.addPerson()
      tokens.push([await signIn(house, one, { browser }), await signIn(house, other, { browser })] as const)
    }
    const { steps, ...on } = going()
    expect(await signIns.ofClient(by, one.id, on)).toEqual({ sessions: 0, grants: 2 })
    expect(steps).toEqual(['1/2', '2/2', '2/2'])
    for (const [mine, theirs] of tokens) {
      expect(await status(house, one, mine.refresh)).toBe(400)
      expect(await introspect(house, one, mine.access)).toMatchObject({ body: { active: false } })
      expect(await status(house, other, theirs.refresh)).toBe(200)
    }
    expect((await told()).map(({ client }) => client)).toEqual([one.id, one.id])
    for (const browser of browsers) expect(await isSignedIn(browser, one.id), 'and comes back by itself').toBe(true)
    expect((await house.events('client.sign_ins_ended')).map(({ target_id, after }) => [target_id, after])).toEqual([
      [one.id, { grants: 2 }],
    ])
    const feed = await house.services.revocations.since(undefined, 100)
    const reasons = feed.ok ? feed.value.entries.map(({ reason }) => reason) : []
    expect(reasons, 'once, however many').toEqual(['client-sign-ins-ended'])
  })

  it('spares whoever signs in after it began, whatever the clock of any instance says, and nobody from before', async () => {
    await house.addPerson()
    const client = await invoices.client()
    // By an instance whose clock is an hour ahead, and then by one whose clock is right.
    house.clock.advance(3_600_000)
    const ahead = await signIn(house, client)
    const began = await momentNow(house.services.database.app)
    house.clock.advance(-3_600_000)
    const late = await signIn(house, client)
    const ended = await inTransaction(house.services.database.app, (tx) =>
      deleteGrantsOfClient(tx, client.id, { before: began, limit: 10 }),
    )
    expect(ended).toHaveLength(1)
    expect(await status(house, client, ahead.refresh)).toBe(400)
    expect(await status(house, client, late.refresh)).toBe(200)
  })

  it('ends where the clock of the instance that it was given by is ahead', async () => {
    await house.addPerson()
    const client = await invoices.client()
    house.clock.advance(3_600_000)
    const { refresh: token } = await signIn(house, client)
    house.clock.advance(-3_600_000)
    expect(await signIns.ofClient(by, client.id, going())).toEqual({ sessions: 0, grants: 1 })
    expect(await status(house, client, token)).toBe(400)
  })

  it('stops between two steps when it is asked to', async () => {
    const client = await invoices.client()
    for (let n = 0; n < 3; n += 1) {
      await house.addPerson()
      await signIn(house, client)
    }
    const stopping = new AbortController()
    const step = (done: number) => done === 1 && stopping.abort()
    expect(await signIns.ofClient(by, client.id, { signal: stopping.signal, step })).toEqual({ sessions: 0, grants: 1 })
  })
})

describe('all that was issued for one organisation', () => {
  it('ends with the sessions that were for it alone; one that also serves another goes on without it', async () => {
    const [ada, bob] = [await house.addPerson(), await house.addPerson()]
    const acme = await invoices.company([
      [ada.id, 'viewer'],
      [bob.id, 'viewer'],
    ])
    const globex = await invoices.company([[bob.id, 'viewer']])
    const [first, second] = [await invoices.client(toldOf), await invoices.client(toldOf)]

    const [adas, bobs] = [house.browser(), house.browser()]
    house.signInAs(ada.id)
    const ofAda = await signIn(house, first, { browser: adas, organization: acme.slug })
    house.signInAs(bob.id)
    const ofBob = await signIn(house, first, { browser: bobs, organization: acme.slug })
    const elsewhere = await signIn(house, second, { browser: bobs, organization: globex.slug })

    expect(await signIns.ofOrganisation(by, acme.id, going())).toEqual({ sessions: 1, grants: 2 })
    expect(await isSignedIn(adas, first.id)).toBe(false)
    expect(await isSignedIn(bobs, first.id)).toBe(true)
    expect(await status(house, first, ofAda.refresh)).toBe(400)
    expect(await status(house, first, ofBob.refresh)).toBe(400)
    expect(await status(house, second, elsewhere.refresh)).toBe(200)
    expect((await told()).map(({ client }) => client)).toEqual([first.id, first.id])
    expect(
      (await house.events('organisation.sign_ins_ended')).map(({ target_id, after }) => [target_id, after]),
    ).toEqual([[acme.id, { sessions: 1, grants: 2 }]])
    const feed = await house.services.revocations.since(undefined, 100)
    expect(feed).toMatchObject({
      value: { entries: expect.arrayContaining([expect.objectContaining({ organisation: acme.id })]) },
    })
  })

  it('ends alone where one application works for both', async () => {
    const ada = await house.addPerson()
    const [acme, globex] = [await invoices.company([[ada.id, 'viewer']]), await invoices.company([[ada.id, 'viewer']])]
    const client = await invoices.client()
    const browser = house.browser()
    const forAcme = await signIn(house, client, { browser, organization: acme.slug })
    const forGlobex = await signIn(house, client, { browser, organization: globex.slug })
    await signIns.ofOrganisation(by, acme.id, going())
    expect(await status(house, client, forAcme.refresh)).toBe(400)
    expect(await status(house, client, forGlobex.refresh)).toBe(200)
  })
})

describe('all of one person', () => {
  it('ends everywhere, or everywhere but in one session, and that of nobody else', async () => {
    const [ada, bob] = [await house.addPerson(), await house.addPerson()]
    const client = await invoices.client(toldOf)
    const offline = { scope: 'openid offline_access', prompt: 'consent' }
    const browsers = [house.browser(), house.browser(), house.browser()] as const
    const tokens = []
    house.signInAs(ada.id)
    for (const browser of browsers) tokens.push(await signIn(house, client, { browser, ...offline }))
    house.signInAs(bob.id)
    const bobs = await signIn(house, client, offline)
    const [newest] = await house.sessions.listOf(ada.id)
    // Asleep, and its offline access awake.
    const { sessions } = house.people
    const [, , oldest] = await house.sessions.listOf(ada.id)
    await inTransaction(house.services.database.app, (tx) =>
      sessions.end(tx, by, oldest?.id ?? newest?.id ?? never(), 'idle'),
    )

    expect(await signIns.ofPerson(by, ada.id, newest?.id)).toBe(1)
    const [asleep, other, kept] = tokens
    expect(await status(house, client, asleep?.refresh ?? '')).toBe(400)
    expect(await status(house, client, other?.refresh ?? '')).toBe(400)
    const renewed = await refresh(house, client, kept?.refresh ?? '')
    expect(renewed.status).toBe(200)
    expect(await isSignedIn(browsers[2], client.id)).toBe(true)

    expect(await signIns.ofPerson(by, ada.id)).toBe(1)
    expect(await status(house, client, renewed.body['refresh_token'] ?? '')).toBe(400)
    expect(await isSignedIn(browsers[2], client.id)).toBe(false)
    expect(await status(house, client, bobs.refresh)).toBe(200)
    expect((await told()).filter(({ client: to }) => to === client.id)).toHaveLength(3)
  })
})

const never = (): never => {
  throw new Error('it is not there')
}
