import { describe, expect, it, vi } from 'vitest'
import { codeOf, signInWithApp, withApp } from './own-factors.ts'
import { accountHouse, adaAddress, firefox, iphone, newPassword, password, text } from './support.ts'

// Every sign-in hashes, at the lowest priority.
vi.setConfig({ testTimeout: 60_000 })

describe('who is signed in where [MOS-7]', () => {
  it('is listed with device, place and time, this browser marked, and any other can be signed out from here', async () => {
    const house = await accountHouse()
    const [here, phone] = [house.browser(firefox), house.browser(iphone)]
    await here.signIn()
    await phone.signIn()
    const page = await here.go('/account/sessions')
    expect(text(page)).toContain('Firefox on Linux')
    expect(text(page)).toContain('Safari on iOS')
    expect(text(page)).toContain('127.0.0.1')
    expect(page.html.match(/this browser/g)).toHaveLength(1)
    const [form] = /end-ses_\w+/.exec(page.html) ?? []
    const after = await here.send(page, form ?? '', { session: (form ?? '').slice('end-'.length) })
    expect(after.path).toBe('/account/sessions?done=session')
    expect(text(after)).not.toContain('Safari on iOS')

    const out = await phone.go('/account')
    expect(out.html, 'signed out there at once').toContain('id="login"')
    expect((await here.go('/account')).path).toBe('/account')
    expect((await house.events('session.ended')).map(({ after }) => after)).toEqual([{ reason: 'revoked' }])
  })

  it('all the others are signed out by one button', async () => {
    const house = await accountHouse()
    const [here, ...others] = [house.browser(), house.browser(), house.browser()]
    for (const each of [here, ...others]) await each.signIn()
    const asked = await here.go('/account/sessions/end-others')
    expect(text(asked)).toContain('You stay signed in in this browser alone.')
    for (const other of others) expect((await other.go('/account')).path, 'a question ends nothing').toBe('/account')
    await here.send(asked, 'end-others')
    for (const other of others) expect((await other.go('/account')).html).toContain('id="login"')
    expect((await here.go('/account')).path).toBe('/account')
    expect((await here.go('/account/sessions')).html).not.toContain('end-others')
  })

  it('with them goes a sign-in that was never followed home, and one that is under way', async () => {
    const house = await accountHouse()
    const { database } = house.services
    const [here, done, underWay] = [house.browser(), house.browser(), house.browser()]
    const page = await done.go('/account')
    const uid = /\/login\/[^/?]+/.exec(page.path)?.[0] ?? ''
    const held = (await done.raw(uid, { email: adaAddress, password })).headers.get('location') ?? ''
    expect(held).not.toBe('')
    const key = await withApp(house, house.ada)
    const waiting = await underWay.signIn()
    await signInWithApp(house, here, key)
    const sessions = () => database.app.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()
    expect([(await sessions()).length, (await house.people.sessions.listOf(house.ada.id)).length]).toEqual([2, 1])

    expect((await here.post('/account/sessions/end-others')).path).toBe('/account/sessions?done=others')
    expect(await sessions()).toHaveLength(1)
    expect(await database.app.selectFrom('login_attempts').select('uid_hash').execute()).toEqual([])
    expect((await done.go(held)).html, 'followed now it leads nowhere').not.toContain('id="signed-in"')
    expect((await done.go('/account')).html).toContain('id="login"')
    house.clock.advance(30_000)
    const late = await underWay.send(waiting, 'second-factor', { factor: 'totp', code: codeOf(house, key) })
    expect(late.html, 'and begins anew').toContain('id="login"')
    expect((await underWay.go('/account')).html).toContain('id="login"')
    expect((await here.go('/account')).path).toBe('/account')
  })

  it('is nobody else’s to end', async () => {
    const house = await accountHouse()
    await house.addPerson('eve@example.com')
    const [ada, eve] = [house.browser(), house.browser()]
    await ada.signIn()
    await eve.signIn('/account', 'eve@example.com')
    const [theirs] = await house.people.sessions.listOf(house.ada.id)
    await eve.post('/account/sessions/end', { session: theirs?.id ?? '' })
    expect((await ada.go('/account')).path).toBe('/account')
  })

  it('does not count for somebody who was disabled', async () => {
    const house = await accountHouse()
    const ada = house.browser()
    await ada.signIn()
    await house.people.users.disable({ actor: { kind: 'operator', id: 'test' } }, house.ada.id)
    expect((await ada.go('/account')).html).toContain('id="login"')
  })
})

describe('the forms', () => {
  it('take nothing that is not theirs (threat 24)', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await browser.signIn()
    for (const [path, fields] of [
      ['/account/sessions/end-others', { session: 'x' }],
      ['/account/sessions/end', { session: 'ses_x' }],
      ['/account/password', { 'current-password': 'a', password: 'b', user: 'usr_1' }],
      ['/account/email', { email: 'a@example.com', 'current-password': 'b', emailVerified: 'true' }],
      ['/account/email/verify', { email: 'a@example.com' }],
    ] as const)
      expect((await browser.post(path, { ...fields })).status, path).toBe(400)
  })

  it('are refused from another site, and lead a stranger to the sign-in', async () => {
    const house = await accountHouse()
    const cross = await fetch(new URL('/account/sessions/end-others', house.url), {
      method: 'POST',
      headers: { origin: 'https://evil.example', accept: 'text/html' },
      body: new URLSearchParams(),
    })
    expect(cross.status).toBe(403)
    const stranger = await house.browser().post('/account/password', { 'current-password': password })
    expect(stranger.html).toContain('id="login"')
  })

  it('are not sent without end, and whoever stole a session uses up nobody else’s', async () => {
    const house = await accountHouse()
    const [thief, owner] = [house.browser(), house.browser()]
    for (const each of [thief, owner]) await each.signIn()
    for (let sent = 0; sent < 30; sent++) await thief.raw('/account/email/verify', {})
    const limited = await thief.post('/account/password', { 'current-password': password, password: newPassword })
    expect(limited.status).toBe(429)
    expect(limited.headers.get('retry-after')).toBeTruthy()
    const changed = await owner.post('/account/password', { 'current-password': password, password: newPassword })
    expect(changed.path).toBe('/account?done=password')
    expect((await thief.go('/account')).html, 'and out they are').toContain('id="login"')
  })

  it('that end what is signed in are sent as often as somebody needs', async () => {
    const house = await accountHouse()
    const [here, other] = [house.browser(), house.browser()]
    for (const each of [here, other]) await each.signIn()
    for (let sent = 0; sent < 30; sent++) await here.raw('/account/email/verify', {})
    expect((await here.raw('/account/email/verify', {})).status).toBe(429)
    expect((await here.post('/account/sessions/end-others')).path).toBe('/account/sessions?done=others')
    expect((await other.go('/account')).html).toContain('id="login"')
    await other.signIn()
    const theirs = (await house.people.sessions.listOf(house.ada.id)).map(({ id }) => id)
    for (const session of theirs) await here.post('/account/sessions/end', { session })
    expect((await other.go('/account')).html).toContain('id="login"')
  })
})
