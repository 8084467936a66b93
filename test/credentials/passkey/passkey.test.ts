import { describe, expect, it } from 'vitest'
import { userHandleOf } from '../../../src/credentials/passkey/passkey.ts'
import { inTransaction } from '../../../src/db/transaction.ts'
import { makePasskey, usePasskey } from '../../support/software-authenticator.ts'
import { browser, by, passkeyWorld, signIn } from './support.ts'

const kindOf = (result: { ok: boolean; error?: { kind: string } }) => (result.ok ? 'accepted' : result.error?.kind)

describe('[STO-1][MON-5] a passkey', () => {
  it('is asked for with user verification where it is the only factor, and is refused without', async () => {
    const world = await passkeyWorld()
    const ada = await world.person('Ada')
    const { passkey } = await world.enrolled(ada)
    const alone = await world.passkeys.askForSignIn(browser)
    expect(alone).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
    expect(alone.allowCredentials, 'nobody learns who has one').toBeUndefined()
    expect(kindOf(await signIn(world, passkey, { verified: false }))).toBe('not-verified')

    const beside = await world.passkeys.askForSecondFactor(browser, ada.id)
    expect(beside).toMatchObject({ userVerification: 'preferred', allowCredentials: [{ id: passkey.credentialId }] })
    const response = usePasskey(passkey, beside, { verified: false, userHandle: null })
    const proven = await world.prove({ holder: browser, purpose: 'second-factor', user: ada.id, response })
    expect(proven).toMatchObject({ ok: true, value: { user: ada.id, verified: false } })
  })

  it('whose counter goes back is a copy: refused, and told', async () => {
    const world = await passkeyWorld()
    const { passkey, stored } = await world.enrolled(await world.person('Ada'), { counter: 5 })
    expect(kindOf(await signIn(world, passkey, { counter: 7 }))).toBe('accepted')
    for (const counter of [7, 6, 0]) expect(kindOf(await signIn(world, passkey, { counter }))).toBe('counter-went-back')
    const told = (await world.events()).filter(({ action }) => action === 'passkey.counter_went_back')
    expect(told).toHaveLength(3)
    expect(told[1]?.after).toEqual({ passkey: stored.id, known: 7, shown: 6 })
    expect(kindOf(await signIn(world, passkey, { counter: 8 })), 'the original goes on').toBe('accepted')
  })

  it('that does not count is used as often as one likes', async () => {
    const world = await passkeyWorld()
    const { passkey } = await world.enrolled(await world.person('Ada'))
    for (let use = 0; use < 3; use += 1) expect(kindOf(await signIn(world, passkey))).toBe('accepted')
  })

  it('counts one use for one answer, of two at the same moment', async () => {
    const world = await passkeyWorld()
    const { passkey } = await world.enrolled(await world.person('Ada'), { counter: 1 })
    const kinds = await Promise.all([2, 2].map(async (counter) => kindOf(await signIn(world, passkey, { counter }))))
    expect(kinds.sort()).toEqual(['accepted', 'counter-went-back'])
  })

  it('shows when it was used, and whether it is synced by now', async () => {
    const world = await passkeyWorld()
    const ada = await world.person('Ada')
    const { passkey, stored } = await world.enrolled(ada, { backupEligible: true })
    expect(stored).toMatchObject({ mayBeSynced: true, synced: false, lastUsedAt: undefined })
    world.clock.advance(1000)
    expect(await signIn(world, passkey, { backedUp: true })).toMatchObject({ ok: true, value: { synced: true } })
    expect(await world.passkeys.listOf(ada.id)).toMatchObject([{ synced: true, lastUsedAt: world.clock.now() }])
  })

  it('is called as its model is, or as its owner calls it, and the name is nowhere in the clear', async () => {
    const world = await passkeyWorld()
    const ada = await world.person('Ada')
    const { stored } = await world.enrolled(ada, { aaguid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4' })
    expect(stored).toMatchObject({ name: 'Google Password Manager', model: 'Google Password Manager' })
    expect((await world.enrolled(ada)).stored).toMatchObject({ name: 'Passkey', model: undefined })
    const rename = (name: string) =>
      inTransaction(world.database.app, (tx) => world.passkeys.rename(tx, by, { user: ada.id, id: stored.id, name }))
    expect(await rename(' The red telephone ')).toMatchObject({ ok: true, value: { name: 'The red telephone' } })
    for (const name of ['', ' \n', 'a\u202eb', 'x'.repeat(101)])
      expect(await rename(name)).toEqual({ ok: false, error: 'name-invalid' })
    const admin = await world.database.superuser()
    const { rows } = await admin.query<{ text: string }>(
      'SELECT p::text AS text FROM passkeys p UNION ALL SELECT e::text FROM events e',
    )
    expect(rows.map(({ text }) => text).join()).not.toMatch(
      new RegExp(`telephone|${Buffer.from('telephone').toString('hex')}`),
    )
  })

  it('is removed and renamed by its owner alone, and opens nothing afterwards', async () => {
    const world = await passkeyWorld()
    const [ada, bob] = [await world.person('Ada'), await world.person('Bob')]
    const { passkey, stored } = await world.enrolled(ada)
    const within = <T>(work: Parameters<typeof inTransaction<T>>[1]) => inTransaction(world.database.app, work)
    const { id } = stored
    expect(await within((tx) => world.passkeys.remove(tx, by, { user: bob.id, id }))).toBeUndefined()
    const renamed = await within((tx) => world.passkeys.rename(tx, by, { user: bob.id, id, name: 'Mine' }))
    expect(renamed).toEqual({ ok: false, error: 'gone' })
    expect(await within((tx) => world.passkeys.remove(tx, by, { user: ada.id, id }))).toMatchObject({ id })
    expect(await signIn(world, passkey)).toEqual({
      ok: false,
      error: { kind: 'unknown-passkey', credentialId: passkey.credentialId },
    })
    await world.enrolled(ada)
    await world.enrolled(ada)
    expect(await within((tx) => world.passkeys.removeAllOf(tx, by, ada.id))).toBe(2)
    expect(await world.passkeys.listOf(ada.id)).toEqual([])
    expect((await world.events()).map(({ action }) => action)).toEqual([
      'passkey.added',
      'passkey.removed',
      'passkey.added',
      'passkey.added',
      'passkey.removed',
      'passkey.removed',
    ])
  })

  it('is asked for without what the person has already, under a handle that says nothing of them', async () => {
    const world = await passkeyWorld()
    const ada = await world.person('Ada')
    const { passkey } = await world.enrolled(ada)
    const options = await world.passkeys.askForEnrolment(browser, ada)
    expect(options.excludeCredentials?.map(({ id }) => id)).toEqual([passkey.credentialId])
    expect(options.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-8, -7, -257])
    expect(options.user).toMatchObject({ name: 'ada@example.com', displayName: 'Ada' })
    const handle = Buffer.from(options.user.id, 'base64url')
    expect(handle).toEqual(userHandleOf(ada.id))
    expect(handle).toHaveLength(32)
  })

  it.each([
    ['nothing', undefined],
    ['no JSON', '{'],
    ['another shape', '{"id":"AAAA"}'],
    ['what is not canonical base64url', { id: 'AB', rawId: 'AB' }],
  ])('is not what comes with %s', async (_, wrong) => {
    const world = await passkeyWorld()
    const ada = await world.person('Ada')
    const { passkey } = await world.enrolled(ada)
    const right = usePasskey(passkey, await world.passkeys.askForSignIn(browser))
    const response = typeof wrong === 'object' ? { ...right, ...wrong } : wrong
    expect(kindOf(await world.prove({ holder: browser, purpose: 'sign-in', response }))).toBe('malformed')
    expect(kindOf(await world.add(ada, (options) => (wrong ? wrong : makePasskey(options).answer.id)))).toBe(
      'malformed',
    )
  })

  it('[MON-6] comes from the apps and sites that the operator has named, too', async () => {
    const fingerprint = '146de983c5730650d8eeb9952f34fc6416a08342e61dbea88a0496b23fcf44e5'
    const world = await passkeyWorld(
      { ISSUER_URL: 'https://id.example.com' },
      {
        rpId: 'example.com',
        relatedOrigins: ['https://example.de'],
        androidApps: [`com.example.app=${fingerprint}`],
        iosApps: ['ABCDE12345.com.example.app'],
      },
    )
    const { passkey } = await world.enrolled(await world.person('Ada'), { origin: 'https://id.example.com' })
    const android = Buffer.from(fingerprint, 'hex').toString('base64url')
    for (const origin of ['https://example.de', 'https://example.com', `android:apk-key-hash:${android}`])
      expect(kindOf(await signIn(world, passkey, { origin })), origin).toBe('accepted')
    expect(kindOf(await signIn(world, passkey, { origin: 'https://shop.example.com' }))).toBe('invalid')
    expect((await world.passkeys.askForSignIn(browser)).rpId).toBe('example.com')
  })
})
