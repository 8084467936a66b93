import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/lib/hash.ts'
import { makePasskey, usePasskey } from '../../support/software-authenticator.ts'
import { browser, otherBrowser, passkeyWorld, signIn } from './support.ts'

const kindOf = (result: { ok: boolean; error?: { kind: string } }) => (result.ok ? 'accepted' : result.error?.kind)

describe('[STO-1] a passkey opens the account that it was made for, and no other (threat 21)', () => {
  it('is refused in the ceremony of somebody else, though its signature is right', async () => {
    const world = await passkeyWorld()
    const [ada, bob] = [await world.person('Ada'), await world.person('Bob')]
    await world.enrolled(ada)
    const { passkey } = await world.enrolled(bob)
    const options = await world.passkeys.askForSecondFactor(browser, ada.id)
    for (const userHandle of [passkey.userHandle, null]) {
      const again = await world.passkeys.askForSecondFactor(browser, ada.id)
      const response = usePasskey(passkey, again, { userHandle })
      const asked = { holder: browser, purpose: 'second-factor', user: ada.id, response } as const
      expect(kindOf(await world.prove(asked))).toBe('someone-elses')
    }
    expect(options.allowCredentials?.map(({ id }) => id)).not.toContain(passkey.credentialId)
    expect((await world.events()).map(({ action }) => action)).not.toContain('passkey.used')
  })

  it('says who comes, and is believed in nothing but that', async () => {
    const world = await passkeyWorld()
    const [ada, bob] = [await world.person('Ada'), await world.person('Bob')]
    const { passkey } = await world.enrolled(ada)
    const ofBob = (await world.passkeys.askForEnrolment(browser, bob)).user.id
    for (const userHandle of [ofBob, null, sha256('nobody').toString('base64url')])
      expect(kindOf(await signIn(world, passkey, { userHandle }))).toBe('invalid')
    const proven = await signIn(world, passkey)
    expect(proven).toMatchObject({ ok: true, value: { user: ada.id, verified: true, synced: false } })
  })

  it('is registered by the person who asked, in the browser that asked', async () => {
    const world = await passkeyWorld()
    const [ada, bob] = [await world.person('Ada'), await world.person('Bob')]
    const { answer } = makePasskey(await world.passkeys.askForEnrolment(browser, ada))
    const add = (holder: Buffer, user: typeof ada.id) =>
      world.database.app
        .transaction()
        .execute((tx) => world.passkeys.add(tx, { actor: { kind: 'anonymous' } }, { holder, user, response: answer }))
    expect(kindOf(await add(browser, bob.id))).toBe('challenge-gone')
    expect(kindOf(await add(browser, ada.id)), 'and is not left for a second try').toBe('challenge-gone')
    expect(await world.passkeys.listOf(bob.id)).toEqual([])
  })

  it('cannot be registered a second time, by whomever', async () => {
    const world = await passkeyWorld()
    const [ada, bob] = [await world.person('Ada'), await world.person('Bob')]
    const credentialId = sha256('the same')
    await world.enrolled(ada, { credentialId })
    for (const person of [ada, bob])
      expect(kindOf(await world.add(person, (options) => makePasskey(options, { credentialId }).answer))).toBe(
        'already-added',
      )
    expect(await world.passkeys.listOf(bob.id)).toEqual([])
  })

  it.each([
    ['another origin', { origin: 'https://hearthkey.example.net' }],
    ['another port of our host', { origin: 'http://localhost:3001' }],
    ['an app that nobody named', { origin: 'android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' }],
    ['another RP id', { rpId: 'example.net' }],
    ['the other ceremony', { type: 'webauthn.get' }],
    ['a frame', { crossOrigin: true }],
    ['a frame in another page', { crossOrigin: true, topOrigin: 'https://example.net' }],
    ['a page around it and no frame', { topOrigin: 'https://example.net' }],
    ['nobody present', { present: false }],
    ['a backup of what cannot be backed up', { backedUp: true }],
    ['an algorithm that was not asked for', { algorithm: -35 }],
  ])('is not registered with %s', async (_, making) => {
    const world = await passkeyWorld()
    const ada = await world.person('Ada')
    expect(kindOf(await world.add(ada, (options) => makePasskey(options, making).answer))).toBe('invalid')
    expect(await world.passkeys.listOf(ada.id)).toEqual([])
  })

  it('is not registered under another id than the authenticator says', async () => {
    const world = await passkeyWorld()
    const ada = await world.person('Ada')
    const id = sha256('of somebody else').toString('base64url')
    expect(kindOf(await world.add(ada, (options) => ({ ...makePasskey(options).answer, id, rawId: id })))).toBe(
      'invalid',
    )
  })

  it.each([
    ['another origin', { origin: 'https://hearthkey.example.net' }],
    ['another RP id', { rpId: 'example.net' }],
    ['the other ceremony', { type: 'webauthn.create' }],
    ['a frame', { crossOrigin: true }],
    ['a page around it and no frame', { topOrigin: 'https://example.net' }],
    ['nobody present', { present: false }],
    ['a backup of what cannot be backed up', { backedUp: true }],
    ['another word than before on whether it may be backed up', { backupEligible: true }],
    ['the signature of another key', { forged: true }],
  ])('opens nothing with %s', async (_, ceremony) => {
    const world = await passkeyWorld()
    const { passkey } = await world.enrolled(await world.person('Ada'))
    expect(kindOf(await signIn(world, passkey, ceremony))).toBe('invalid')
    expect(kindOf(await signIn(world, passkey)), 'and does when all is right').toBe('accepted')
  })
})

describe('[STO-1] a challenge is answered once (threat 21)', () => {
  it('by one of twenty at the same moment', async () => {
    const world = await passkeyWorld()
    const { passkey } = await world.enrolled(await world.person('Ada'))
    const response = usePasskey(passkey, await world.passkeys.askForSignIn(browser))
    const asked = { holder: browser, purpose: 'sign-in', response } as const
    const kinds = await Promise.all(Array.from({ length: 20 }, async () => kindOf(await world.prove(asked))))
    expect(kinds.sort()).toEqual(['accepted', ...Array<string>(19).fill('challenge-gone')])
  })

  it('also where the answer was refused, for whatever reason', async () => {
    const world = await passkeyWorld()
    const { passkey } = await world.enrolled(await world.person('Ada'))
    for (const wrong of [{ forged: true }, { verified: false }, { crossOrigin: true }, { userHandle: null }]) {
      const options = await world.passkeys.askForSignIn(browser)
      const asked = { holder: browser, purpose: 'sign-in' } as const
      expect((await world.prove({ ...asked, response: usePasskey(passkey, options, wrong) })).ok).toBe(false)
      const right = await world.prove({ ...asked, response: usePasskey(passkey, options) })
      expect(kindOf(right)).toBe('challenge-gone')
    }
  })

  it('by the browser that asked, for what it asked, within five minutes', async () => {
    const world = await passkeyWorld()
    const ada = await world.person('Ada')
    const { passkey } = await world.enrolled(ada)
    const { passkeys } = world
    const response = async (ask: ReturnType<typeof passkeys.askForSignIn>) => usePasskey(passkey, await ask)
    const alone = { holder: browser, purpose: 'sign-in' } as const
    const second = { holder: browser, purpose: 'second-factor', user: ada.id } as const
    for (const asked of [
      { ...alone, response: await response(passkeys.askForSignIn(otherBrowser)) },
      { ...alone, response: await response(passkeys.askForSecondFactor(browser, ada.id)) },
      { ...second, response: await response(passkeys.askForSignIn(browser)) },
      {
        ...second,
        response: usePasskey(passkey, { ...(await passkeys.askForEnrolment(browser, ada)), rpId: 'localhost' }),
      },
      { ...alone, response: usePasskey(passkey, await passkeys.askForSignIn(browser), { challenge: 'AAAA' }) },
    ])
      expect(kindOf(await world.prove(asked))).toBe('challenge-gone')
    const late = { ...alone, response: await response(passkeys.askForSignIn(browser)) }
    world.clock.advance(5 * 60_000)
    expect(kindOf(await world.prove(late))).toBe('challenge-gone')
  })

  it('and stands in no row in the clear', async () => {
    const world = await passkeyWorld()
    const { challenge } = await world.passkeys.askForSignIn(browser)
    const admin = await world.database.superuser()
    const { rows } = await admin.query<{ text: string }>('SELECT c::text AS text FROM passkey_challenges c')
    const text = rows.map((row) => row.text).join()
    expect(text).toContain(sha256(Buffer.from(challenge, 'base64url')).toString('hex'))
    expect(text).not.toContain(challenge)
    expect(text).not.toContain(Buffer.from(challenge, 'base64url').toString('hex'))
  })

  it('and whoever asks without end leaves little behind', async () => {
    const world = await passkeyWorld()
    for (let asked = 0; asked < 30; asked += 1) await world.passkeys.askForSignIn(browser)
    const admin = await world.database.superuser()
    const { rows } = await admin.query<{ n: number }>('SELECT count(*)::integer AS n FROM passkey_challenges')
    expect(rows[0]?.n).toBe(8)
  })
})
