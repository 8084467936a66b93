import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { Secret } from '../../src/lib/secret.ts'
import { DELAY_MS, GOOD_FOR_MS, lossWorld, verified } from './support.ts'

const RECOVER = '/link/factor-recovery'
const STOP = '/link/stop-factor-recovery'

describe('[MOS-4] a way back that an administrator opens', () => {
  it('has a letter to the person with when it opens and how to stop it, and records under their key who verified whom', async () => {
    const world = await lossWorld()
    const { opensAt, until, url } = await world.openRecovery()
    expect(opensAt.getTime() - world.clock.now().getTime()).toBe(DELAY_MS)
    expect(until.getTime() - opensAt.getTime()).toBe(GOOD_FOR_MS)
    const [letter] = await world.letters()
    expect(letter).toMatchObject({ to: world.user.email, message: 'factor-recovery' })
    expect(letter?.links).toContain(url.reveal())
    expect(letter?.links.some((link) => new URL(link).pathname === STOP)).toBe(true)
    expect(await world.held(), 'nothing is taken away yet').toMatchObject({ totps: 1, mustEnrol: false })

    const [event] = await world.events('factor_recovery.opened')
    expect(event).toMatchObject({ target_id: world.user.id, actor_kind: 'operator' })
    const dump = await world.dump()
    for (const secret of [verified.verifiedBy, verified.how, new URL(url.reveal()).searchParams.get('token') ?? ''])
      expect(dump.includes(secret) || dump.includes(Buffer.from(secret).toString('hex'))).toBe(false)
    expect(event?.personal).not.toBeNull()
  })

  it('opens nothing before its time: the page says when, and a form that is sent anyway uses nothing up', async () => {
    const world = await lossWorld()
    const { path } = await world.openRecovery()
    const early = await world.open(path)
    expect(early.status).toBe(403)
    expect(await early.text()).toContain('This link does not open yet')
    const forced = await world.post(path)
    expect([forced.status, forced.headers.get('location')]).toEqual([303, path])
    world.clock.advance(DELAY_MS - 1)
    await world.post(path)
    expect(await world.held()).toMatchObject({ totps: 1 })
    world.clock.advance(1)
    expect((await world.post(path)).headers.get('location')).toBe(`${RECOVER}/done`)
    expect(await world.held()).toMatchObject({ totps: 0 })
  })

  it('takes everything away by a POST, once, and leads the next sign-in through enrolment', async () => {
    const world = await lossWorld()
    const { path } = await world.openRecovery()
    world.clock.advance(DELAY_MS)
    expect((await world.open(path)).status, 'a GET changes nothing').toBe(200)
    expect(await world.held()).toMatchObject({ totps: 1, emailCode: true, hasBackupCodes: true })
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.post(path)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(await world.held()).toMatchObject({
      totps: 0,
      passkeys: 0,
      emailCode: false,
      hasBackupCodes: false,
      hasPassword: true,
      mustEnrol: true,
    })
    expect(await world.factors.trustedBrowsers.listOf(world.user.id)).toEqual([])
    const live = await world.database.app.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()
    expect(live).toEqual([])
    expect((await world.letters()).map(({ message }) => message)).toContain('factors-reset')
    expect(await world.events('factor_recovery.used')).toHaveLength(1)
    expect(await world.events('factors.reset')).toHaveLength(1)
    expect((await world.open(path)).status).toBe(410)
    expect((await world.open(await world.linkTo(STOP))).status, 'there is nothing left to stop').toBe(410)
  })

  it('is stopped by a POST behind the link in the letter, and then opens nothing', async () => {
    const world = await lossWorld()
    const { path } = await world.openRecovery()
    const stop = await world.linkTo(STOP)
    expect((await world.open(stop)).status).toBe(200)
    world.clock.advance(DELAY_MS)
    expect((await world.open(path)).status, 'a GET stops nothing').toBe(200)
    expect((await world.post(stop)).headers.get('location')).toBe(`${STOP}/done`)
    expect((await world.open(path)).status).toBe(410)
    expect((await world.post(path)).status).toBe(410)
    expect((await world.post(stop)).status).toBe(410)
    expect(await world.held()).toMatchObject({ totps: 1, mustEnrol: false })
    expect(await world.events('factor_recovery.stopped')).toHaveLength(1)
  })

  it('used and stopped at the same moment is one of the two', async () => {
    const world = await lossWorld()
    const { path } = await world.openRecovery()
    const stop = await world.linkTo(STOP)
    world.clock.advance(DELAY_MS)
    const [used, stopped] = await Promise.all([world.post(path), world.post(stop)])
    expect([used.status, stopped.status].sort()).toEqual([303, 410])
    expect((await world.held()).totps).toBe(used.status === 303 ? 0 : 1)
  })

  it('is there once: another one begins to wait anew, and the first opens nothing', async () => {
    const world = await lossWorld()
    const first = await world.openRecovery()
    world.clock.advance(DELAY_MS)
    const second = await world.openRecovery()
    expect(second.replaced).toBe(true)
    expect((await world.open(first.path)).status).toBe(410)
    expect((await world.post(second.path)).headers.get('location')).toBe(second.path)
  })

  it('is over two days after it opened: the same page as for any dead link, and forgotten by the sweep', async () => {
    const world = await lossWorld()
    const { path } = await world.openRecovery()
    world.clock.advance(DELAY_MS + GOOD_FOR_MS)
    expect((await world.open(path)).status).toBe(410)
    expect((await world.post(path)).status).toBe(410)
    await world.sweep()
    expect(await world.database.app.selectFrom('factor_recoveries').select('id').execute()).toEqual([])
    expect(await world.events('factor_recovery.expired')).toHaveLength(1)
    expect(await world.events('factor_recovery.forgotten')).toEqual([])
  })

  it('has expired only if it was open to the end: one that was used is forgotten, and the log does not say otherwise', async () => {
    const world = await lossWorld()
    const { path } = await world.openRecovery()
    world.clock.advance(DELAY_MS)
    await world.post(path)
    world.clock.advance(GOOD_FOR_MS)
    await world.sweep()
    expect(await world.database.app.selectFrom('factor_recoveries').select('id').execute()).toEqual([])
    expect(await world.events('factor_recovery.expired')).toEqual([])
    expect(await world.events('factor_recovery.forgotten')).toHaveLength(1)
  })

  it('is opened for nobody who is disabled, and without saying who verified and how', async () => {
    const world = await lossWorld()
    const open = (said: Partial<typeof verified>) =>
      world.factorRecovery.open(world.by, { user: world.user.id, ...verified, untold: true, ...said })
    expect(await open({ verifiedBy: ' ' })).toEqual({ ok: false, error: 'verified-by-invalid' })
    expect(await open({ how: 'a\nb' })).toEqual({ ok: false, error: 'how-invalid' })
    await world.users.disable(world.by, world.user.id)
    expect(await open({})).toEqual({ ok: false, error: 'disabled' })
    expect(await world.letters()).toEqual([])
  })

  it('does not unlock: an account that its owner has locked stays locked', async () => {
    const world = await lossWorld()
    await inTransaction(world.database.app, (tx) => world.users.lock(tx, world.by, world.user.id, 'not-me'))
    const { path } = await world.openRecovery()
    world.clock.advance(DELAY_MS)
    await world.post(path)
    expect((await world.users.find(world.user.id))?.status).toBe('locked')
  })
})

describe('the last way in, by the operator of the host', () => {
  it('takes the factors away with the password that is set by its link, not before, and the person is told', async () => {
    const world = await lossWorld()
    const issued = await world.recovery.issueFor(world.by, world.user, { factors: 'taken-away' })
    if (!issued.ok) throw new Error(issued.error)
    expect(await world.held()).toMatchObject({ totps: 1 })
    const token = issued.value.url.reveal().split('token=')[1] ?? ''
    const page = await (await world.open(`/recover/password?token=${token}`)).text()
    expect(page, 'before they go on').toContain('all passkeys, authenticator apps, backup codes')
    const password = new Secret('nine small owls under a quilt')
    expect((await world.recovery.reset(world.by, token, { password })).ok).toBe(true)
    expect(await world.held()).toMatchObject({ totps: 0, emailCode: false, hasBackupCodes: false, mustEnrol: false })
    expect((await world.letters()).map(({ message }) => message)).toEqual(['notice password-changed', 'factors-reset'])
    expect((await world.events('factors.reset'))[0]?.after).toMatchObject({ via: 'operator' })
  })

  it('tells nobody of a loss who had nothing to lose', async () => {
    const world = await lossWorld()
    const other = await world.addPerson({ email: 'grace@example.com' })
    const issued = await world.recovery.issueFor(world.by, other, { factors: 'taken-away' })
    if (!issued.ok) throw new Error(issued.error)
    const token = issued.value.url.reveal().split('token=')[1] ?? ''
    const password = new Secret('nine small owls under a quilt')
    expect((await world.recovery.reset(world.by, token, { password })).ok).toBe(true)
    expect((await world.letters()).map(({ message }) => message)).toEqual(['notice password-changed'])
  })

  it('leaves them where a new password was all that was asked for', async () => {
    const world = await lossWorld()
    const issued = await world.recovery.issueFor(world.by, world.user, { factors: 'kept' })
    if (!issued.ok) throw new Error(issued.error)
    const token = issued.value.url.reveal().split('token=')[1] ?? ''
    const page = await (await world.open(`/recover/password?token=${token}`)).text()
    expect(page).not.toContain('passkeys')
    await world.recovery.reset(world.by, token, { password: new Secret('nine small owls under a quilt') })
    expect(await world.held()).toMatchObject({ totps: 1, emailCode: true, hasBackupCodes: true })
  })
})
