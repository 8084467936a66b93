import { describe, expect, it } from 'vitest'
import { appendToChain } from '../../src/audit/chain/append.ts'
import { entryColumns, entryOf } from '../../src/audit/entry/row.ts'
import { verifyNightly } from '../../src/audit/verify/nightly.ts'
import { describe as inWords } from '../../src/audit/words/describe.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { auditKeysOf, chainOf } from '../../src/instance/chain.ts'
import { openSignIns } from '../../src/instance/sign-ins.ts'
import { tellingWebhookKeepers } from '../../src/instance/webhook-keepers.ts'
import { Secret } from '../../src/lib/secret.ts'
import { orgId } from '../../src/orgs/org.ts'
import { disablingFailing } from '../../src/webhooks/endpoints/failing.ts'
import { ip, keysWorld } from '../api-keys/support.ts'
import { openLogin } from '../login/support.ts'
import { invoicing, signIn } from '../oidc/organisations-support.ts'
import { firstToken, refreshing } from '../oidc/refresh/support.ts'
import { openHouse } from '../oidc/support.ts'
import { by, orgsWorld, password } from '../orgs/support.ts'
import { testConfig } from '../support/config.ts'
import { captureLog } from '../support/log.ts'
import { endpointsWorld, instanceAuthority } from '../webhooks/endpoints/support.ts'
import { alertsOf } from './alerts-of.ts'

type Raised = Awaited<ReturnType<typeof alertsOf>>
/** Every instance begins with keys. */
const told = (raised: Raised) =>
  raised.filter(({ action }) => action !== 'key.activated').map(({ rule, action, subject }) => [rule, action, subject])

/** Nothing here writes an event: each is left by the service that does what it tells of. */
describe('[DRP-15] an alert is raised by what the real service writes', () => {
  it('of a person: made an administrator, closed and opened, locked and unlocked', async () => {
    const world = await orgsWorld()
    const { users } = world.people
    const { app } = world.services.database
    const root = await world.person('Root', { admin: true })
    const ada = await world.person('Ada')
    await users.disable(by, ada)
    await users.enable(by, ada)
    await inTransaction(app, (tx) => users.lock(tx, by, ada, 'not-me'))
    await inTransaction(app, (tx) => users.unlock(tx, by, ada))
    expect(told(await alertsOf(world))).toEqual([
      ['administrator-granted', 'user.admin_granted', root],
      ['status-changed', 'user.disabled', ada],
      ['status-changed', 'user.enabled', ada],
      ['status-changed', 'user.locked', ada],
      ['status-changed', 'user.unlocked', ada],
    ])
  })

  it('of a password: the second one, not the first; of a factor that is taken away', async () => {
    const world = await orgsWorld()
    const { passwords, factors } = world.people
    const { app } = world.services.database
    const ada = await world.person('Ada')
    const choose = async (text: string) => {
      const hashed = await passwords.prepare(new Secret(text), { email: 'ada@example.com' })
      if (!hashed.ok) throw new Error('no password')
      await inTransaction(app, (tx) => passwords.store(tx, by, ada, hashed.value))
    }
    await choose(password)
    expect(told(await alertsOf(world))).toEqual([])
    await choose(`another: ${password}`)
    await inTransaction(app, (tx) => factors.emailCodes.enable(tx, by, ada))
    await inTransaction(app, (tx) => factors.emailCodes.disable(tx, by, ada))
    expect(told(await alertsOf(world))).toEqual([
      ['password-changed', 'password.set', ada],
      ['factor-removed', 'email_code.disabled', ada],
    ])
  })

  it('of sign-ins that are ended: one alert for a person, however many they were', async () => {
    const world = await orgsWorld()
    const { sessions } = world.people
    const { app } = world.services.database
    const ada = await world.person('Ada')
    const start = { user: ada, amr: ['pwd'], acr: 'aal1', userAgent: undefined, ip, at: world.clock.now() }
    for (let n = 0; n < 5; n++) await inTransaction(app, (tx) => sessions.start(tx, by, start))
    expect(await inTransaction(app, (tx) => sessions.endAllOf(tx, by, ada, { reason: 'revoked' }))).toBe(5)
    expect(told(await alertsOf(world))).toEqual([['session-revoked', 'session.ended', ada]])
  })

  it('of all sign-ins of an application, and of an organisation: one for each, whoever was signed in', async () => {
    const house = await openHouse()
    const invoices = await invoicing(house)
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'viewer']])
    const client = await invoices.client()
    const signIns = openSignIns(house)
    const { signal } = new AbortController()
    await signIn(house, client, { organization: acme.slug })
    expect(await signIns.ofClient(by, client.id, { signal })).toMatchObject({ grants: 1 })
    await signIn(house, client, { organization: acme.slug })
    expect(await signIns.ofOrganisation(by, acme.id, { signal })).toMatchObject({ grants: 1 })
    const ended = (await alertsOf(house)).filter(({ action }) => action.endsWith('.sign_ins_ended'))
    expect(ended.map(({ rule, action, subject, org }) => [rule, action, subject, org])).toEqual([
      ['session-revoked', 'client.sign_ins_ended', client.id, null],
      ['session-revoked', 'organisation.sign_ins_ended', acme.id, orgId.toUuid(acme.id)],
    ])
  })

  it('of an organisation: who leads it, in each for itself; suspended, opened, deleted', async () => {
    const world = await orgsWorld()
    const [one, other] = [await world.company('one'), await world.company('other')]
    const ada = await world.person('Ada')
    const add = (org: typeof one.org) => world.memberships.add(by, instanceAuthority, org, ada, ['admin'])
    expect([(await add(one.org)).ok, (await add(other.org)).ok]).toEqual([true, true])
    await world.organisations.suspend(by, one.org)
    await world.organisations.activate(by, one.org)
    await world.organisations.remove(by, one.org)
    const raised = await alertsOf(world)
    const ofAda = raised.filter(({ subject }) => subject === ada)
    expect(ofAda.map(({ rule, org }) => [rule, org])).toEqual([
      ['administrator-granted', orgId.toUuid(one.org)],
      ['administrator-granted', orgId.toUuid(other.org)],
    ])
    expect(told(raised).filter(([rule]) => rule === 'status-changed')).toEqual([
      ['status-changed', 'organisation.suspended', one.org],
      ['status-changed', 'organisation.activated', one.org],
      ['status-changed', 'organisation.deleted', one.org],
    ])
  })

  it('of a key that is rotated: of signatures, of seals, of the log', async () => {
    const world = await orgsWorld()
    const { keyring, signing } = world.services
    await signing.keys.rotate({ force: true })
    await keyring.rotateSealKey()
    const keys = auditKeysOf({ ...world, config: testConfig() })
    await keys.ensure(by)
    await keys.rotate(by)
    expect(new Set((await alertsOf(world)).map(({ rule, action }) => `${rule} ${action}`))).toEqual(
      new Set(['key-rotated key.activated', 'key-rotated data_key.rotated', 'key-rotated audit_key.rotated']),
    )
  })

  it('of an API key that leaked', async () => {
    const world = await keysWorld()
    const { made } = await world.keyed()
    await world.apiKeys.reportLeak({ actor: { kind: 'anonymous' }, ip }, { key: made.secret })
    expect(told(await alertsOf(world))).toContainEqual(['api-key-leaked', 'api_key.leaked', made.id])
  })

  it('of a webhook that keeps failing, and of none that its owner disables', async () => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    const [failing, disabled] = [await world.add(org, { name: 'till' }), await world.add(org, { name: 'shop' })]
    const tell = tellingWebhookKeepers({ ...world, config: testConfig(), log: captureLog().log })
    const record = world.services.events.recordEvent
    const disable = disablingFailing({ by: { actor: { kind: 'system', id: 'webhooks.deliver' } }, record, tell })
    await inInstance(world.services.database.owner, (tx) => disable(tx, failing, world.clock.now()))
    expect((await world.endpoints.disable(by, instanceAuthority, disabled)).ok).toBe(true)
    const raised = await alertsOf(world)
    expect(told(raised).filter(([rule]) => rule === 'webhook-disabled')).toEqual([
      ['webhook-disabled', 'webhook.disabled', failing.id],
    ])
  })

  it('of a log that does not verify, and the event says in words what is wrong', async () => {
    const { services, clock, database, ...world } = await orgsWorld()
    const { owner } = services.database
    const { log } = captureLog()
    await world.person('Ada')
    await appendToChain({ ...chainOf({ services, log, clock }) })
    const admin = await database.superuser()
    await admin.query("SET session_replication_role = 'replica'")
    await admin.query("UPDATE events SET target_id = 'another' WHERE action = 'user.created'")
    await admin.query("SET session_replication_role = 'origin'")
    const found = await verifyNightly({ owner, clock, log, record: services.events.recordEvent })
    expect(found?.wrong).toBe('changed')
    expect(told(await alertsOf({ services, clock }))).toContainEqual(['chain-broken', 'audit.chain_broken', 'instance'])
    const row = await inInstance(owner, (tx) =>
      tx.selectFrom('events').select(entryColumns).where('action', '=', 'audit.chain_broken').executeTakeFirstOrThrow(),
    )
    const { actor, ...entry } = entryOf(row)
    expect(inWords({ ...entry, actor: { ...actor, name: null } })).toContain(`: changed, ${found?.detail}`)
  })

  it('of passwords that are guessed', async () => {
    const login = await openLogin()
    const ada = await login.addPerson('ada@example.com', password)
    for (let n = 0; n < 7; n++)
      await login.browser(login.engine.begin()).send({ email: 'ada@example.com', password: 'not this one at all' })
    expect(told(await alertsOf(login))).toEqual([['failed-sign-ins', 'sign_in.failed', ada.id]])
  })

  it('of a refresh token that comes a second time: it is about its owner', async () => {
    const house = await openHouse()
    const person = await house.addPerson()
    const client = await house.addClient()
    const refresh = refreshing(house, client)
    const first = await firstToken(house, client)
    await refresh(first)
    house.clock.advance(3_600_000)
    await refresh(first)
    expect(told(await alertsOf(house))).toContainEqual(['token-replayed', 'grant.revoked', person.id])
  })
})
