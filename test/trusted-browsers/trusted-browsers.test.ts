import { beforeEach, describe, expect, it } from 'vitest'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { jobHandlers } from '../../src/instance/jobs.ts'
import { Secret } from '../../src/lib/secret.ts'
import { deviceOf } from '../../src/sessions/device.ts'
import { createTrustedBrowsers } from '../../src/trusted-browsers/service.ts'
import { newToken } from '../../src/trusted-browsers/trusted-browser.ts'
import type { User } from '../../src/users/user.ts'
import { configFile } from '../support/scratch.ts'
import { ada, type PeopleWorld, peopleWorld } from '../users/support.ts'

const DAY = 24 * 3_600_000
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

let world: PeopleWorld
let user: User
let other: User

const person = async (email: string): Promise<User> => {
  const made = await world.users.create(world.by, { ...ada, email })
  if (!made.ok) throw new Error(made.error)
  return made.value
}

beforeEach(async () => {
  world = await peopleWorld({ CONFIG_FILE: configFile('mfa:\n  trustedBrowser: 30d\n') })
  user = await person('ada@example.com')
  other = await person('eve@example.com')
})

const browsers = () => world.factors.trustedBrowsers
const db = () => world.services.database.app
const trust = (of = user, factor: 'totp' | 'passkey' = 'totp') =>
  inTransaction(db(), (tx) => browsers().trust(tx, world.by, of.id, { factor, userAgent: firefox, ip: '192.0.2.9' }))
const eventsOf = async (action: string) =>
  (
    await inInstance(world.services.database.owner, (tx) =>
      tx.selectFrom('events').selectAll().where('action', '=', action).orderBy('id').execute(),
    )
  ).map(({ target_id, after }) => ({ target: target_id, after }))

describe('a trusted browser', () => {
  it('stands for the factor that was proven in it, for its owner alone, until its time is over', async () => {
    const { token, expiresAt } = await trust()
    expect(expiresAt.getTime() - world.clock.now().getTime()).toBe(30 * DAY)
    expect(await browsers().provenBy(user.id, [newToken(), token])).toBe('totp')
    expect(await browsers().provenBy(other.id, [token]), 'of another person').toBeUndefined()
    expect(await browsers().provenBy(user.id, [newToken()]), 'made up').toBeUndefined()
    expect(await browsers().provenBy(user.id, [])).toBeUndefined()
    world.clock.advance(30 * DAY - 1)
    expect(await browsers().provenBy(user.id, [token])).toBe('totp')
    world.clock.advance(1)
    expect(await browsers().provenBy(user.id, [token])).toBeUndefined()
    expect(await eventsOf('browser.trusted')).toEqual([
      { target: user.id, after: expect.objectContaining({ factor: 'totp' }) },
    ])
  })

  it('is called by a name that nobody could have planted: each trust mints its own', async () => {
    const [first, second] = [await trust(), await trust()]
    expect(first.token.reveal()).not.toBe(second.token.reveal())
    expect(await world.dump()).not.toContain(first.token.reveal())
  })

  it('counts for nothing once the operator has switched it off, and no longer than the rule of today gives', async () => {
    const { token } = await trust()
    const { events, keyring } = world.services
    const underRule = (lifetime: number) =>
      createTrustedBrowsers({
        db: db(),
        persons: keyring.persons,
        describe: deviceOf,
        clock: world.clock,
        record: events.recordEvent,
        lifetime,
      })
    expect(await underRule(0).provenBy(user.id, [token])).toBeUndefined()
    expect(await underRule(0).listOf(user.id)).toEqual([])
    world.clock.advance(2 * DAY)
    expect(await underRule(3 * DAY).provenBy(user.id, [token])).toBe('totp')
    expect(await underRule(DAY).provenBy(user.id, [token])).toBeUndefined()
  })

  it('is shown to its owner with device, address and last use, and ended by them alone', async () => {
    const { token } = await trust()
    const elsewhere = await trust(user, 'passkey')
    await trust(other)
    const shown = await browsers().listOf(user.id, [token])
    expect(shown.map(({ factor, isHere, device, ip }) => ({ factor, isHere, system: device.system, ip }))).toEqual([
      { factor: 'passkey', isHere: false, system: 'Linux', ip: '192.0.2.9' },
      { factor: 'totp', isHere: true, system: 'Linux', ip: '192.0.2.9' },
    ])
    const [one] = shown
    if (!one) throw new Error('nothing is shown')
    const end = (of: User) => inTransaction(db(), (tx) => browsers().end(tx, world.by, { user: of.id, id: one.id }))
    expect(await end(other)).toBe(false)
    expect(await browsers().provenBy(user.id, [elsewhere.token])).toBe('passkey')
    expect(await end(user)).toBe(true)
    expect(await end(user), 'twice').toBe(false)
    expect(await browsers().provenBy(user.id, [elsewhere.token])).toBeUndefined()
    expect(await eventsOf('browser.trust_ended')).toHaveLength(1)
  })

  it.each(['account locked', 'password changed'] as const)('ends with everything else: %s', async (how) => {
    const { token } = await trust()
    const theirs = await trust(other)
    await inTransaction(db(), async (tx) => {
      if (how === 'account locked') return world.users.lock(tx, world.by, user.id, 'not-me')
      const hashed = await world.passwords.prepare(new Secret('nine small owls under a quilt'), { email: user.email })
      if (!hashed.ok) throw new Error(hashed.error.reason)
      return world.replacePassword(tx, world.by, user, hashed.value, { reason: 'password-changed', seen: {} })
    })
    expect(await browsers().provenBy(user.id, [token])).toBeUndefined()
    expect(await browsers().provenBy(other.id, [theirs.token])).toBe('totp')
  })

  it('ends by itself in writing: the sweep forgets device and address', async () => {
    await trust()
    world.clock.advance(30 * DAY)
    const { config, services, clock, log } = world
    const handlers = jobHandlers({ config, services, clock, log: log.log })
    const sweep = handlers.find(({ kind }) => kind.name === 'trusted_browsers.sweep')
    await sweep?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
    expect(await db().selectFrom('trusted_browsers').select('id').execute()).toEqual([])
    expect(await eventsOf('browser.trust_ended')).toEqual([{ target: user.id, after: { reason: 'expired' } }])
  })
})
