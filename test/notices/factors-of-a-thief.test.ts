import { describe, expect, it } from 'vitest'
import { codeAt } from '../../src/credentials/totp/codes.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { findHeld } from '../../src/factors/store.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { accountHouse, adaAddress, newPassword, type Stop, text } from '../account/support.ts'
import { DELAY_MS, lossWorld } from '../factor-recovery/support.ts'
import { mailWorld } from '../links/support.ts'
import { makePasskey, usePasskey } from '../support/software-authenticator.ts'

const uidOf = ({ path }: Stop) => /\/login\/[^/?]+/.exec(path)?.[0] ?? ''
const MINUTE = 60_000
const by = { actor: { kind: 'operator', id: 'test' } } as const

/** Somebody has signed in, and added a passkey on the way: Ada is told of both. */
async function robbed() {
  const house = await accountHouse({ host: 'localhost' })
  const origin = house.issuer
  const { passkeys } = house.people.factors
  const holder = sha256('thief')
  const { passkey, answer: response } = makePasskey(await passkeys.askForEnrolment(holder, house.ada), { origin })
  await inTransaction(house.services.database.app, async (tx) => {
    const added = await passkeys.add(tx, by, { holder, user: house.ada.id, response, name: 'Thief' })
    if (!added.ok) throw new Error(added.error.kind)
    const { name, id } = added.value
    await house.people.factorChanged(tx, by, house.ada, { kind: 'added', factor: 'passkey', name, id })
    house.clock.advance(3)
    await house.people.notices.tell(tx, by, { user: house.ada, what: 'new-device' })
  })
  const linkIn = async (message: string, path: string) => {
    const found = (await house.letters()).findLast((letter) => letter.message === message)
    const link = found?.links.map((it) => new URL(it)).find(({ pathname }) => pathname === path)
    if (!link) throw new Error(`no ${message} with a link to ${path}`)
    return link.pathname + link.search
  }
  return {
    ...house,
    linkIn,
    passkeys: () => passkeys.listOf(house.ada.id),
    signInAsThief: async () => {
      const browser = house.browser()
      const first = await browser.go('/account/security')
      const asked = JSON.parse(await (await browser.raw(`${uidOf(first)}/passkey/options`, {})).text())
      const credential = JSON.stringify(usePasskey(passkey, asked, { origin }))
      return browser.post(`${uidOf(first)}/passkey`, { credential })
    },
    recover: async () => {
      const owner = house.browser()
      await owner.send(await owner.go('/recover'), 'recover', { email: adaAddress })
      const page = await owner.go(await linkIn('recovery', '/recover/password'))
      return owner.send(page, 'new-password', { password: newPassword })
    },
  }
}

describe('what a thief added', () => {
  it.each(['notice factor-added', 'notice new-device'])(
    'opens nothing any more after “this was not me” in a %s, and the owner is not asked for it',
    async (letter) => {
      const at = await robbed()
      expect((await at.passkeys()).map(({ name }) => name)).toEqual(['Thief'])
      const owner = at.browser()
      const page = await owner.go(await at.linkIn(letter, '/link/not-me'))
      expect(text(page)).toMatch(/sign-in methods? .*removed from your account/i)
      await owner.send(page, 'not-me')
      expect([await at.passkeys(), (await at.find(at.ada))?.status]).toEqual([[], 'locked'])
      await at.recover()
      expect((await at.find(at.ada))?.status).toBe('active')
      expect((await at.signInAsThief()).path).not.toMatch(/^\/account/)
      const signedIn = await at.browser().signIn('/account', adaAddress, newPassword)
      expect([signedIn.status, signedIn.path]).toEqual([200, '/account'])
    },
  )
})

async function added(more = '') {
  const world = await mailWorld({ file: `mfa:\n  factors: [passkey, totp, email-code, backup-code]\n${more}` })
  const user = await world.addPerson()
  const { totps, backupCodes, emailCodes } = world.factors
  const { by, clock } = world
  const tx = <T>(work: Parameters<typeof inTransaction<T>>[1]) => inTransaction(world.database.app, work)
  const addApp = async (name: string) => {
    const holder = sha256(name)
    await totps.offer(holder, user.id)
    const offer = await totps.offered(holder, user)
    if (!offer) throw new Error('nothing was offered')
    const code = codeAt(offer.secret, Math.floor(clock.now().getTime() / 30_000))
    await tx(async (it) => {
      const app = await totps.add(it, by, { holder, user: user.id, code, name })
      if (!app.ok) throw new Error(app.error)
      // The letter is written a moment later.
      clock.advance(3)
      await world.people.factorChanged(it, by, user, { kind: 'added', factor: 'totp', name, id: app.value.id })
    })
    clock.advance(MINUTE)
    return world.linkTo('/link/not-me')
  }
  return {
    ...world,
    user,
    addApp,
    enableCodes: () => tx((it) => emailCodes.enable(it, by, user.id)),
    makeBackupCodes: () => tx((it) => backupCodes.generate(it, by, user.id)),
    left: async () => {
      const { emailCode, backupCodes: codes } = await findHeld(world.database.app, user.id)
      return { apps: (await totps.listOf(user.id)).map(({ name }) => name), emailCode, codes }
    },
  }
}

describe('“this was not me” in the letter of a factor', () => {
  it('takes it and all that came after it, and leaves what was there before', async () => {
    const at = await added()
    await at.addApp('Before')
    const link = await at.addApp('Thief')
    await at.addApp('Thief’s second')
    await at.enableCodes()
    await at.makeBackupCodes()
    const before = (await at.actions()).length
    expect((await at.post(link)).status).toBe(303)
    expect(await at.left()).toEqual({ apps: ['Before'], emailCode: false, codes: 0 })
    const recorded = (await at.actions()).slice(before)
    expect(recorded.filter((action) => /removed|disabled/.test(action)).toSorted()).toEqual(
      ['totp.removed', 'totp.removed', 'email_code.disabled', 'backup_codes.removed'].toSorted(),
    )
  })

  it('leaves backup codes and codes by mail that are older than it', async () => {
    const at = await added()
    await at.addApp('Before')
    await at.enableCodes()
    await at.makeBackupCodes()
    at.clock.advance(MINUTE)
    expect((await at.post(await at.addApp('Thief'))).status).toBe(303)
    expect(await at.left()).toEqual({ apps: ['Before'], emailCode: true, codes: 10 })
  })

  it('leaves no backup codes without a factor that they could stand for', async () => {
    const at = await added()
    await at.makeBackupCodes()
    at.clock.advance(MINUTE)
    expect((await at.post(await at.addApp('Thief'))).status).toBe(303)
    expect(await at.left()).toEqual({ apps: [], emailCode: false, codes: 0 })
  })

  it('takes it from an account that another letter locked before, too', async () => {
    const at = await added()
    const link = await at.addApp('Thief')
    await inTransaction(at.database.app, (tx) => at.notices.tell(tx, at.by, { user: at.user, what: 'tokens-replayed' }))
    await at.post(await at.linkTo('/link/not-me'))
    expect((await at.left()).apps, 'whoever replays tokens has added nothing').toEqual(['Thief'])
    await at.post(link)
    expect((await at.left()).apps).toEqual([])
  })
})

describe('“this was not me” in another letter', () => {
  const tell = (at: Awaited<ReturnType<typeof added>>, what: 'new-device' | 'backup-code-used') =>
    inTransaction(at.database.app, (tx) => at.notices.tell(tx, at.by, { user: at.user, what }))

  it('that a backup code was used takes all of them, however old: whoever has one has the sheet', async () => {
    const at = await added()
    await at.addApp('Before')
    await at.makeBackupCodes()
    at.clock.advance(30 * 24 * 60 * MINUTE)
    await tell(at, 'backup-code-used')
    const link = await at.linkTo('/link/not-me')
    expect(await (await at.open(link)).text()).toContain('Your backup codes go, too')
    expect((await at.post(link)).status).toBe(303)
    expect(await at.left()).toEqual({ apps: ['Before'], emailCode: false, codes: 0 })
  })

  it('of a new device takes what was added on the way in, however long a sign-in may take here', async () => {
    const at = await added('tokens:\n  interaction: 5h\n')
    await at.addApp('Before')
    at.clock.advance(10 * 60 * MINUTE)
    await at.addApp('Thief')
    at.clock.advance(4 * 60 * MINUTE)
    await tell(at, 'new-device')
    expect((await at.post(await at.linkTo('/link/not-me'))).status).toBe(303)
    expect((await at.left()).apps).toEqual(['Before'])
  })
})

it('“this was not me” closes a way back that an administrator was talked into', async () => {
  const world = await lossWorld()
  const { path } = await world.openRecovery()
  await inTransaction(world.database.app, (tx) =>
    world.notices.tell(tx, world.by, { user: world.user, what: 'new-device' }),
  )
  world.clock.advance(DELAY_MS)
  await world.post(await world.linkTo('/link/not-me'))
  expect((await world.open(path)).status).toBe(410)
  expect(await world.events('factor_recovery.stopped')).toHaveLength(1)
})
