import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { openCompanies } from '../../src/instance/companies.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { openServices } from '../../src/instance/services.ts'
import { publicPem, type SigningKey } from '../../src/licenses/issuing/private-key.ts'
import { assertingRoom } from '../../src/licenses/room.ts'
import { statusSentence } from '../../src/licenses/status.ts'
import { createTestApp } from '../support/app.ts'
import { eventually } from '../support/eventually.ts'
import { captureLog } from '../support/log.ts'
import { type LicensedInstance as Fixture, ISSUER, instance, operator, people, person } from './instance.ts'
import { DAY, licenseText, nowSeconds, sample, vendor } from './support.ts'

const HOUR_MS = 3_600_000
let key: SigningKey
let next: SigningKey
beforeAll(async () => {
  ;[key, next] = await Promise.all([vendor(), vendor('next')])
})

describe('[STO-10] an instance and its licence', () => {
  it('has none at first, and nothing is limited then', async () => {
    const { app, licenses, events } = await instance()
    expect(await licenses.status()).toMatchObject({ standing: undefined, required: false })
    expect(await licenses.limits()).toEqual({ users: undefined, organisations: undefined, clients: undefined })
    expect(await licenses.has('anything')).toBe(true)
    await people(app, 5)
    await licenses.check()
    expect(await events()).toEqual([])
  })

  it('takes one that counts, tells of it without naming anybody, and has it after a restart', async () => {
    const { app, licenses, install, events } = await instance()
    expect(await install()).toMatchObject({ ok: true, value: { kind: 'license', standing: { state: 'valid' } } })
    expect(await licenses.has('einvoice')).toBe(true)
    expect(await licenses.has('teleportation')).toBe(false)
    expect(await licenses.limits()).toMatchObject({ users: 3, clients: undefined })
    expect(await events()).toEqual([expect.objectContaining({ action: 'license.installed' })])
    expect(JSON.stringify(await events())).not.toMatch(/Müller|mueller/)

    const { config, clock, database, log } = app
    const actor = { kind: 'system', id: 'test' } as const
    const again = await openServices({ config, target: database.target, clock, log: log.log, actor, bootstrap: false })
    expect((await again.licenses.status()).standing).toMatchObject({ state: 'valid', license: { sub: sample.sub } })
    await again.close()
  })

  it('keeps it sealed: no name, no customer and no signed text stands in the database', async () => {
    const { app, install, license } = await instance()
    await install()
    const { rows } =
      await sql`SELECT l::text AS row FROM licenses l UNION ALL SELECT c::text FROM license_clock c`.execute(
        app.database.owner,
      )
    const text = JSON.stringify(rows)
    const bytes = Array.from(text.matchAll(/\\\\x([0-9a-f]+)/g), ([, hex = '']) =>
      Buffer.from(hex, 'hex').toString('latin1'),
    ).join()
    expect(bytes.length).toBeGreaterThan(500)
    // Its head as well: three letters of it are found by chance in what is sealed.
    for (const secret of [license().slice(0, 10), 'customer-4711', 'ller']) expect(text + bytes).not.toContain(secret)
  })

  it.each([
    ['for another instance', (l: Fixture) => l.license({ instance: ['https://elsewhere.example'] }), 'wrong-instance'],
    ['for another product', (l: Fixture) => l.license({ product: 'storno' }), 'wrong-product'],
    ['that is over', (l: Fixture) => l.license({ iat: 1, nbf: 1, exp: nowSeconds - 15 * DAY }), 'expired'],
    ['that begins next month', (l: Fixture) => l.license({ nbf: nowSeconds + 30 * DAY }), 'not-yet-valid'],
    ['of somebody else', () => licenseText(next, { instance: [ISSUER] }), 'unreadable'],
    ['cut off', (l: Fixture) => l.license().slice(0, -20), 'unreadable'],
    [
      'with a flipped bit',
      (l: Fixture) => l.license().replace(/.$/, (char) => (char === 'A' ? 'Q' : 'A')),
      'unreadable',
    ],
    ['of a megabyte', () => 'x'.repeat(1024 * 1024), 'unreadable'],
    ['that is none', () => 'hello', 'unreadable'],
  ])('refuses one %s, and the one before is untouched', async (_what, text, state) => {
    const fixture = await instance()
    const { licenses, install, events } = fixture
    await install({ edition: 'before' })
    const refused = await licenses.install(operator, text(fixture))
    expect(refused).toMatchObject({ ok: false, error: { reason: 'does-not-count', standing: { state } } })
    expect((await licenses.status()).standing).toMatchObject({ state: 'valid', license: { edition: 'before' } })
    expect(await events()).toHaveLength(1)
  })

  it('replaces one by the next, of two at the same moment too', async () => {
    const { licenses, license, state, events } = await instance()
    const texts = Array.from({ length: 5 }, (_, n) => license({ edition: `e${n}`, iat: nowSeconds + n }))
    const done = await Promise.all(texts.map((text) => licenses.install(operator, text)))
    expect(done.map(({ ok }) => ok)).toEqual([true, true, true, true, true])
    expect(await state()).toBe('valid')
    expect(await events()).toHaveLength(5)
  })

  it('removes it, once', async () => {
    const { licenses, install, state, events } = await instance()
    await install()
    expect(await licenses.remove(operator)).toMatchObject({ ok: true })
    expect(await state()).toBeUndefined()
    expect(await licenses.remove(operator)).toEqual({ ok: false, error: 'missing' })
    expect((await events()).map(({ action }) => action)).toEqual(['license.installed', 'license.removed'])
  })

  it('is judged by the keys that lie there at the moment, and by those alone', async () => {
    const { app, keys, install, state, licenses } = await instance()
    await install()
    await writeFile(join(keys, 'vendor.pem'), publicPem(next))
    app.clock.advance(61_000)
    expect(await state()).toBe('unreadable')
    await writeFile(join(keys, 'jwks.json'), JSON.stringify({ keys: [key.publicJwk] }))
    app.clock.advance(61_000)
    expect(await state()).toBe('valid')
    await writeFile(join(keys, 'mistake.pem'), key.privateKey.export({ format: 'pem', type: 'pkcs8' }))
    app.clock.advance(61_000)
    expect(await licenses.status()).toMatchObject({
      standing: { state: 'valid' },
      keys: { problems: [{ fault: 'private-key' }] },
    })
  })

  it('a row that was written by hand is no licence, and breaks nothing else', async () => {
    const { app, install, state } = await instance()
    await install()
    const sealed = randomBytes(300)
    await app.database.owner.transaction().execute(async (tx) => {
      await sql`SELECT set_config('hearthkey.test_arranges', 'yes', true)`.execute(tx)
      await sql`ALTER TABLE licenses DISABLE TRIGGER USER`.execute(tx)
      await sql`UPDATE licenses SET sealed = ${sealed}`.execute(tx)
    })
    app.clock.advance(61_000)
    expect(await state()).toBe('unreadable')
    await expect(person(app, 'first'), 'an empty instance').resolves.toMatchObject({ ok: true })
    await expect(person(app, 'second')).rejects.toMatchObject({ code: 'license-needed' })
  })
})

describe('[STO-10] time', () => {
  it('brings a licence to its end, tells of that once, and the log once a day', async () => {
    const { app, licenses, install, state, events } = await instance()
    await install({ exp: nowSeconds + 40 * DAY, grace_days: 10 })
    const said = () =>
      app.log
        .lines()
        .filter(({ msg }) => /licence of Müller/.test(String(msg)))
        .map(({ level, state: of }) => `${level} ${of}`)
    await licenses.check()
    await licenses.check()
    expect(said()).toEqual(['info valid'])
    for (const [days, expected] of [
      [10, 'expiring'],
      [30, 'grace'],
      [10, 'expired'],
    ] as const) {
      app.clock.advance(days * DAY * 1000)
      await licenses.check()
      await licenses.check()
      expect(await state()).toBe(expected)
    }
    expect(said()).toEqual(['info valid', 'warn expiring', 'warn grace', 'warn expired'])
    expect((await events()).map(({ action }) => action)).toEqual(['license.installed', 'license.expired'])
    app.clock.advance(DAY * 1000)
    await licenses.check()
    expect(said()).toHaveLength(5)
    expect(await install({ exp: nowSeconds + 400 * DAY, iat: nowSeconds + 1 })).toMatchObject({ ok: true })
    expect(await state()).toBe('valid')
  })

  it('that is set back is noticed, named once, and gives no day more', async () => {
    const { app, licenses, install, state, events } = await instance()
    await install({ exp: nowSeconds + 10 * DAY, grace_days: 0 })
    const began = app.clock.now()
    app.clock.advance(11 * DAY * 1000)
    await licenses.check()
    expect(await state()).toBe('expired')
    app.clock.set(began)
    expect(await state(), 'without a check').toBe('expired')
    await licenses.check()
    app.clock.advance(HOUR_MS)
    const status = await licenses.check()
    expect(statusSentence(status)).toMatch(/set back: it says 2030-01-15 13:00 UTC, and it was 2030-01-26 12:00 UTC/)
    const actions = async () => (await events()).map(({ action }) => action)
    expect(await actions()).toEqual(['license.installed', 'license.expired', 'license.clock_set_back'])
    expect(app.log.text()).toMatch(/"warn".*set back/)

    app.clock.advance(20 * DAY * 1000)
    expect((await licenses.check()).setBack).toBeUndefined()
    app.clock.set(began)
    await licenses.check()
    expect((await actions()).filter((action) => action === 'license.clock_set_back')).toHaveLength(2)
  })

  it('lets an older licence not set it back either; a newly signed one sets it anew', async () => {
    const { app, licenses, license, install, state } = await instance()
    const older = license({ exp: nowSeconds + 10 * DAY, grace_days: 0, iat: nowSeconds - 5 })
    await install({ exp: nowSeconds + 10 * DAY, grace_days: 0 })
    // Somebody's clock stood in 2099 for a moment.
    const began = app.clock.now()
    app.clock.set(new Date('2099-01-01T00:00:00Z'))
    await licenses.check()
    app.clock.set(began)
    expect(await state()).toBe('expired')
    expect(await licenses.install(operator, older)).toMatchObject({
      ok: false,
      error: { standing: { state: 'expired' } },
    })
    app.clock.advance(HOUR_MS)
    expect(await install({ iat: nowSeconds + 3600 })).toMatchObject({ ok: true })
    expect((await licenses.status()).setBack).toBeUndefined()
    expect(await licenses.install(operator, older), 'what it signed is later than this one').toMatchObject({ ok: true })
    app.clock.set(new Date('2031-06-01T00:00:00Z'))
    await licenses.check()
    app.clock.set(began)
    expect(await licenses.install(operator, license({ iat: nowSeconds + 3600 }))).toMatchObject({ ok: false })
  })

  it('cannot be set back by a row of the table', async () => {
    const { app, licenses, install, state } = await instance()
    await install({ exp: nowSeconds + 10 * DAY, grace_days: 0 })
    const { rows } = await sql<{ sealed: Buffer }>`SELECT sealed FROM license_clock`.execute(app.database.owner)
    const early = rows[0]?.sealed
    app.clock.advance(11 * DAY * 1000)
    await licenses.check()
    app.clock.advance(-11 * DAY * 1000)
    // What was sealed there once opens there again: a copy of the row is a backup that was restored, and no forgery.
    await sql`UPDATE license_clock SET sealed = ${randomBytes(200)}`.execute(app.database.owner).catch(() => undefined)
    app.clock.advance(61_000)
    expect(early).toBeInstanceOf(Buffer)
    expect(await state()).not.toBe('valid')
  })
})

describe('[STO-10] limits', () => {
  it('let nobody in past them, warn at nine tenths, and lock nobody out', async () => {
    const { app, install, events } = await instance()
    await install({ limits: { users: 10 } })
    await people(app, 8)
    expect((await events()).map(({ action }) => action)).toEqual(['license.installed'])
    await person(app, 'ninth')
    expect((await events()).at(-1)).toMatchObject({ action: 'license.limit_near', after: { used: 9, limit: 10 } })
    expect(app.log.text()).toMatch(/"warn".*"limited":"users".*nine tenths/)
    await person(app, 'tenth')
    await expect(person(app, 'eleventh')).rejects.toMatchObject({
      code: 'license-limit-reached',
      detail: 'It allows 10 users.',
    })
    expect(await events(), 'said once').toHaveLength(2)
    expect(await app.people.users.findByEmail('eleventh@example.com')).toBeUndefined()

    const tenth = await app.people.users.findByEmail('tenth@example.com')
    if (!tenth) throw new Error('nobody')
    expect(await app.people.users.disable(operator, tenth.id)).toMatchObject({ ok: true })
    expect(await person(app, 'instead')).toMatchObject({ ok: true })
    await expect(app.people.users.enable(operator, tenth.id), 'the place is taken').rejects.toMatchObject({
      code: 'license-limit-reached',
    })
    await install({ limits: { users: 2 } })
    expect(await app.people.users.find(tenth.id), 'a smaller licence ends nobody').toMatchObject({ status: 'disabled' })
  })

  it('hold for many at the same moment', async () => {
    const { app, install } = await instance()
    await install({ limits: { users: 3 } })
    const tried = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => person(app, `many${n}`)))
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  })

  it('hold for organisations, of which whoever makes one sees its own alone', async () => {
    const { app, install } = await instance()
    const { orgs } = openCompanies(app)
    const make = (slug: string) => orgs.organisations.create(operator, { slug, name: slug, template: 'basic' })
    await make('before')
    await install({ limits: { organisations: 2 } })
    expect(await make('second')).toMatchObject({ ok: true })
    await expect(make('third')).rejects.toMatchObject({ code: 'license-limit-reached' })
    const second = await orgs.organisations.findBySlug('second')
    if (!second) throw new Error('no organisation')
    await orgs.organisations.remove(operator, second.id)
    expect(await make('third')).toMatchObject({ ok: true })
  })

  it('hold for clients', async () => {
    const { app, install } = await instance()
    const { clients } = registryOf(app)
    const make = (name: string) =>
      clients.create(operator, { name, type: 'web', redirectUris: ['https://app.example.com/cb'] })
    await install({ limits: { clients: 1 } })
    const first = await make('first')
    if (!first.ok) throw new Error('refused')
    await expect(make('second')).rejects.toMatchObject({ code: 'license-limit-reached' })
    await clients.disable(operator, first.value.client.id)
    expect(await make('second')).toMatchObject({ ok: true })
    await expect(clients.enable(operator, first.value.client.id)).rejects.toMatchObject({
      code: 'license-limit-reached',
    })
  })

  it('let nothing new be made by a licence that is over, until it is replaced or removed', async () => {
    const { app, licenses, install } = await instance()
    await install({ exp: nowSeconds + DAY, grace_days: 1 })
    await people(app, 1)
    app.clock.advance(2 * DAY * 1000)
    await expect(person(app, 'late')).rejects.toMatchObject({ code: 'license-needed' })
    expect(await app.people.users.findByEmail('p0@example.com')).toMatchObject({ status: 'active' })
    await licenses.remove(operator)
    expect(await person(app, 'late')).toMatchObject({ ok: true })
  })

  it('where one is required: the first person comes in without one, and nothing else', async () => {
    const { app, licenses, install } = await instance({ required: 'on' })
    expect(statusSentence(await licenses.status())).toContain('needs one')
    expect(await licenses.has('einvoice')).toBe(false)
    await people(app, 1)
    await expect(person(app, 'second')).rejects.toMatchObject({ code: 'license-needed' })
    await install()
    expect(await person(app, 'second')).toMatchObject({ ok: true })
  })

  it('refuse nobody by what is only remembered: the next licence may have been installed this moment', async () => {
    const { app, licenses, install } = await instance()
    await install({ limits: { users: 1 } })
    await people(app, 1)
    const full = await licenses.status()
    await licenses.remove(operator)
    const fresh = await licenses.status()
    const { log } = app.log
    const room = assertingRoom(
      { log, record: async () => {}, byItself: operator },
      { remembered: async () => full, fresh: async () => fresh },
    )
    await inTransaction(app.database.app, (tx) => room(tx, 'users', async () => 1))
  })

  it('cost nothing where there are none: nothing is counted, and nobody waits', async () => {
    const { app, licenses, install } = await instance()
    await install({ limits: {} })
    await inTransaction(app.database.app, (tx) =>
      licenses.assertRoom(tx, 'users', () => Promise.reject(new Error('counted'))),
    )
  })
})

describe('[STO-10] every process', () => {
  it('hears of a change at once', async () => {
    const { app, install, state } = await instance()
    const { config, clock, database } = app
    const actor = { kind: 'system', id: 'test' } as const
    const other = await openServices({
      config,
      target: database.target,
      clock,
      log: captureLog().log,
      actor,
      bootstrap: false,
    })
    const theirs = async () => (await other.licenses.status()).standing?.state
    expect(await theirs()).toBeUndefined()
    await install()
    await eventually(async () => (await theirs()) === 'valid' || undefined)
    await other.licenses.remove(operator)
    await eventually(async () => (await state()) === undefined || undefined)
    await other.close()
  })

  it("publishes the vendor's public keys, and nothing where it has none", async () => {
    const { app } = await instance()
    const answer = await app.request('/.well-known/license-jwks.json')
    expect(answer.headers.get('content-type')).toBe('application/jwk-set+json')
    expect(await answer.json()).toEqual({ keys: [key.publicJwk] })
    const without = await createTestApp({ env: { KEYS_DIR: inject('postgres').keysDir } })
    expect((await without.request('/.well-known/license-jwks.json')).status).toBe(404)
  })
})
