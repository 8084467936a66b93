import { describe, expect, it, vi } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { registryOf } from '../../src/instance/registry.ts'
import type { Secret } from '../../src/lib/secret.ts'
import { configFile } from '../support/scratch.ts'
import { makePasskey } from '../support/software-authenticator.ts'
import { mailedCode, signInWithApp, withApp } from './own-factors.ts'
import { type AccountHouse, accountHouse, adaAddress, type Browser, iphone, password, text } from './support.ts'

// Every sign-in hashes, at the lowest priority.
vi.setConfig({ testTimeout: 60_000 })

const fresh = 'ada@new.example'
const by = { actor: { kind: 'operator', id: 'test' } } as const

const ask = async (browser: Browser, email = fresh, secret = password) =>
  browser.send(await browser.go('/account/email'), 'change-email', { email, 'current-password': secret })

const lettersTo = async (house: AccountHouse, address: string) =>
  (await house.letters()).filter(({ to }) => to === address)

const linkIn = async (house: AccountHouse, address: string, message: string, place = -1): Promise<string> => {
  const letter = (await lettersTo(house, address)).filter((each) => each.message === message).at(place)
  const link = letter?.links.find((each) => each.includes('token='))
  if (!link) throw new Error(`no ${message} to ${address}`)
  return link
}

/** From the request to the button behind the link. */
async function move(house: AccountHouse, browser: Browser, to = fresh) {
  await ask(browser, to)
  const elsewhere = house.browser()
  return elsewhere.send(await elsewhere.go(await linkIn(house, to, 'email-change-confirm')), 'confirm-email')
}

const undo = async (house: AccountHouse, link: string) => {
  const mailbox = house.browser()
  return mailbox.send(await mailbox.go(link), 'undo-email')
}

async function signedIn() {
  const house = await accountHouse()
  const browser = house.browser()
  await browser.signIn()
  return { house, browser }
}

describe('a change of address', () => {
  it('uses up nothing of what the typed address may get, while the password is wrong', async () => {
    const { house, browser } = await signedIn()
    for (let time = 0; time < 4; time++) await ask(browser, 'grace@example.org', 'not the password')
    const { limits, emailKey } = house.people.guard
    const { quotas } = await limits.take('mail', { email: emailKey('grace@example.org'), purpose: 'email-change' })
    expect(quotas.map(({ limit, remaining }) => limit - remaining)).toEqual([1])
  })

  it('takes effect by the button behind the link in the new mailbox, and both addresses hear of it', async () => {
    const { house, browser } = await signedIn()
    const asked = await ask(browser)
    expect(asked.path).toBe('/account?done=email')
    expect(text(asked)).toContain(adaAddress)
    const [told] = await lettersTo(house, adaAddress)
    expect(told).toMatchObject({ message: 'email-change-asked' })
    expect(told?.text, 'it is not done yet').toContain('Nothing has changed yet')
    expect(told?.text).toContain('the address of your account')
    expect(told?.text).toContain('a…@new.example')
    expect(told?.text).not.toContain(fresh)

    const link = await linkIn(house, fresh, 'email-change-confirm')
    expect(link.startsWith(`${house.issuer}/link/change-email?token=`)).toBe(true)
    const elsewhere = house.browser()
    const page = await elsewhere.go(link)
    expect(text(page)).toContain(fresh)
    expect(await house.find(house.ada), 'a GET changes nothing').toMatchObject({ email: adaAddress })
    const confirmed = await elsewhere.send(page, 'confirm-email')
    expect([confirmed.path, text(confirmed).includes('Your address is changed')]).toEqual([
      '/link/change-email/done',
      true,
    ])
    expect((await elsewhere.go(confirmed.path)).status, 'a reload sends nothing again').toBe(200)
    expect(await house.find(house.ada)).toMatchObject({ email: fresh, emailVerified: true })
    expect((await lettersTo(house, adaAddress)).map(({ message }) => message)).toEqual([
      'email-change-asked',
      'email-change-told',
    ])
    expect((await lettersTo(house, fresh)).map(({ message }) => message)).toEqual([
      'email-change-confirm',
      'notice email-changed',
    ])
    expect((await elsewhere.go(link)).status).toBe(410)
    expect(text(await browser.go('/account'))).toContain(fresh)
    expect((await house.browser().signIn('/account', fresh)).path).toBe('/account')
    expect((await house.browser().signIn('/account', adaAddress)).html).toContain('id="login"')
  })

  it('needs a fresh sign-in and the password (threat 20)', async () => {
    const { house, browser } = await signedIn()
    expect(text(await ask(browser, fresh, 'not it at all'))).toContain('This is not your current password.')
    const form = await browser.go('/account/email')
    house.clock.advance(301_000)
    const late = await browser.send(form, 'change-email', { email: fresh, 'current-password': password })
    expect(late.html).toContain('id="login"')
    expect((await browser.go('/account')).path, 'still signed in').toBe('/account')
    expect(await house.letters()).toEqual([])
    const again = await browser.signIn('/account/email')
    expect(again.path).toBe('/account/email')
    expect((await ask(browser)).path).toBe('/account?done=email')
  })

  it('keeps what was typed, and says what is wrong with it', async () => {
    const { house, browser } = await signedIn()
    const typo = await ask(browser, 'ada@', password)
    expect(typo.path).toBe('/account/email')
    expect(typo.html).toContain('value="ada@"')
    expect(text(typo)).toContain('Enter an e-mail address like')
    expect(text(await ask(browser, adaAddress))).toContain('This is your e-mail address already.')
    expect(text(await ask(browser, ''))).toContain('Enter the new e-mail address.')
    expect((await ask(browser, 'ADA@example.com')).path, 'another spelling').toBe('/account?done=email')
    const link = await linkIn(house, 'ADA@example.com', 'email-change-confirm')
    const mailbox = house.browser()
    expect((await mailbox.send(await mailbox.go(link), 'confirm-email')).status).toBe(200)
    expect(await house.find(house.ada)).toMatchObject({ email: 'ADA@example.com' })
  })

  it('to an address that somebody has is answered like one to a free address, in words and in work (threat 25)', async () => {
    const { house, browser } = await signedIn()
    await house.addPerson('Eve@example.com')
    const work = async () => {
      const { app } = house.services.database
      const links = await app.selectFrom('links').select('purpose').execute()
      const mails = await app.selectFrom('outbox').select('id').execute()
      return { links: links.map(({ purpose }) => purpose).sort(), mails: mails.length }
    }
    const free = await ask(browser)
    const afterFree = await work()
    const taken = await ask(browser, 'eve@EXAMPLE.com')
    const afterTaken = await work()
    const said = (stop: typeof free, address: string) => text(stop).replaceAll(address, 'ADDRESS')
    expect([taken.status, taken.path, said(taken, 'eve@EXAMPLE.com')]).toEqual([
      free.status,
      free.path,
      said(free, fresh),
    ])
    expect(afterTaken.mails).toBe(2 * afterFree.mails)
    expect(afterTaken.links).toEqual([...afterFree.links, 'email-change-undo'])
    const toEve = await lettersTo(house, 'Eve@example.com')
    expect(toEve.map(({ message }) => message)).toEqual(['already-registered'])
    expect(toEve[0]?.text).not.toContain('change-email')
    expect(await lettersTo(house, 'eve@EXAMPLE.com')).toEqual([])
  })

  it('ends the sign-ins under way that have proven the mailbox of before: nobody adds a factor by it (threat 20)', async () => {
    const house = await accountHouse({ host: 'localhost' })
    const browser = house.browser()
    await browser.signIn()
    const thief = house.browser(iphone)
    const offered = await thief.send(await thief.go('/account'), 'login', {
      email: adaAddress,
      password,
      capable: 'yes',
    })
    const at = /^\/login\/[^/?]+/.exec(offered.path)?.[0] ?? ''
    await thief.post(`${at}/offer/accept`)
    await thief.post(`${at}/send-code`)
    await thief.post(`${at}/mailbox`, { code: await mailedCode(house) })
    const options = await thief.raw(`${at}/passkey/options`, {})
    expect(options.status, 'the mailbox was proven').toBe(200)
    const { answer } = makePasskey(JSON.parse(await options.text()), { origin: house.issuer })

    await move(house, browser)
    await thief.post(`${at}/passkey/add`, { credential: JSON.stringify(answer), name: 'Thief' })
    expect(await house.people.factors.passkeys.listOf(house.ada.id)).toEqual([])
    expect((await thief.go(at)).html).toContain('id="login"')
  })

  it('is confirmed once, of twenty who try at the same moment', async () => {
    const { house, browser } = await signedIn()
    await ask(browser)
    const link = await linkIn(house, fresh, 'email-change-confirm')
    const answers = await Promise.all(Array.from({ length: 20 }, () => house.browser().post(link)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 410)).toHaveLength(19)
    expect(await house.events('user.email_changed')).toHaveLength(1)
  })

  it('to an address that was registered meanwhile is refused, and only its mailbox is told', async () => {
    const { house, browser } = await signedIn()
    await ask(browser)
    await house.addPerson(fresh)
    const mailbox = house.browser()
    const page = await mailbox.go(await linkIn(house, fresh, 'email-change-confirm'))
    const answer = await mailbox.send(page, 'confirm-email')
    expect(answer.status).toBe(409)
    expect(text(answer)).toContain('belongs to another account')
    expect(await house.find(house.ada)).toMatchObject({ email: adaAddress })
  })

  it('is superseded by the next request', async () => {
    const { house, browser } = await signedIn()
    await ask(browser)
    const first = await linkIn(house, fresh, 'email-change-confirm')
    await ask(browser, 'ada@third.example')
    expect((await house.browser().go(first)).status).toBe(410)
  })

  it('leaves nothing of either address in the database in plain text', async () => {
    const { house, browser } = await signedIn()
    await move(house, browser)
    const admin = await house.database.superuser()
    const { rows } = await admin.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    )
    for (const { name } of rows) {
      const { rows: found } = await admin.query(`SELECT 1 FROM ${name} t WHERE t::text ~* 'new\\.example|ada@'`)
      expect(found, name).toEqual([])
    }
  })
})

describe('a change of address that waits for its mailbox', () => {
  const pendingOf = async (browser: Browser) => {
    const page = await browser.go('/account')
    return { page, shown: page.html.includes('id="pending-email"') }
  }

  it('is shown in every session of the account, with since when and until when, and to nobody else', async () => {
    const { house, browser } = await signedIn()
    expect((await pendingOf(browser)).shown).toBe(false)
    await ask(browser)
    house.clock.advance(10 * 60_000)
    const other = house.browser()
    await other.signIn()
    const { page } = await pendingOf(other)
    const section = page.html.split('id="pending-email"')[1]?.split('</section>')[0] ?? ''
    expect(section).toContain(fresh)
    expect(section).toContain('10 minutes ago')
    expect(section).toContain(`datetime="${new Date(house.clock.now().getTime() + 50 * 60_000).toISOString()}"`)
    await house.addPerson('eve@example.com')
    const eve = house.browser()
    expect((await eve.signIn('/account', 'eve@example.com')).html).not.toContain('pending-email')
    house.clock.advance(50 * 60_000)
    expect((await pendingOf(other)).shown, 'its link opens nothing any more').toBe(false)
  })

  it('is sent again, for an hour from then, after a fresh sign-in; the link before it is dead', async () => {
    const { house, browser } = await signedIn()
    await ask(browser)
    const first = await linkIn(house, fresh, 'email-change-confirm')
    house.clock.advance(301_000)
    const { page } = await pendingOf(browser)
    expect((await browser.send(page, 'email-again')).html, 'too long ago').toContain('id="login"')
    expect(await lettersTo(house, fresh)).toHaveLength(1)
    const back = await browser.signIn('/account/email')
    expect(back.path).toBe('/account/email')
    const sent = await browser.send((await pendingOf(browser)).page, 'email-again')
    expect(sent.path).toBe('/account?done=email')
    expect((await house.browser().go(first)).status).toBe(410)
    house.clock.advance(59 * 60_000)
    const mailbox = house.browser()
    const confirm = await mailbox.go(await linkIn(house, fresh, 'email-change-confirm'))
    await mailbox.send(confirm, 'confirm-email')
    expect(await house.find(house.ada)).toMatchObject({ email: fresh })
    expect((await house.events('user.email_change_requested')).map(({ target_id }) => target_id)).toHaveLength(2)
    expect((await pendingOf(browser)).shown).toBe(false)
    const again = house.browser()
    await again.signIn('/account', fresh)
    expect((await again.post('/account/email/again')).path, 'there is nothing to send').toBe('/account')
  })

  it('is sent again no more often than letters may go to that address', async () => {
    const { house, browser } = await signedIn()
    await ask(browser)
    for (let time = 0; time < 9; time++)
      expect((await browser.raw('/account/email/again', {})).headers.get('location')).toBe('/account?done=email')
    expect((await browser.raw('/account/email/again', {})).status).toBe(429)
    expect(await lettersTo(house, fresh)).toHaveLength(10)
  })

  it('is withdrawn by one button, without a sign-in, however much was sent in that session', async () => {
    const { house, browser } = await signedIn()
    await ask(browser)
    const link = await linkIn(house, fresh, 'email-change-confirm')
    house.clock.advance(301_000)
    for (let sent = 0; sent < 30; sent++) await browser.raw('/account/email/verify', {})
    const done = await browser.send((await pendingOf(browser)).page, 'withdraw-email')
    expect(done.path).toBe('/account?done=withdrawn')
    expect(done.html).not.toContain('pending-email')
    expect((await house.browser().go(link)).status).toBe(410)
    expect(await house.find(house.ada)).toMatchObject({ email: adaAddress })
    await browser.post('/account/email/withdraw')
    expect(await house.events('user.email_change_withdrawn'), 'once').toMatchObject([
      { actor_kind: 'person', actor_id: house.ada.id, target_id: house.ada.id },
    ])
  })

  it('looks the same whether somebody has that address or not (threat 25)', async () => {
    const { house, browser } = await signedIn()
    await house.addPerson('eve@example.com')
    await ask(browser, 'eve@example.com')
    const { page } = await pendingOf(browser)
    expect(text(page)).toContain('eve@example.com')
    expect((await browser.send(page, 'email-again')).path).toBe('/account?done=email')
    expect((await lettersTo(house, 'eve@example.com')).map(({ message }) => message)).toEqual([
      'already-registered',
      'already-registered',
    ])
  })
})

describe('a way back for lost factors that an administrator opened', () => {
  const opened = async (house: AccountHouse) => {
    const by = { actor: { kind: 'operator', id: 'test' } } as const
    const { verifiedBy, how } = { verifiedBy: 'Grace Hopper', how: 'called back' }
    const done = await house.people.factorRecovery.open(by, { user: house.ada.id, verifiedBy, how, untold: true })
    if (!done.ok) throw new Error(done.error)
    const { pathname, search } = new URL(done.value.url.reveal())
    house.clock.advance(86_400_000)
    return pathname + search
  }

  it('is closed by a change of address: its letter is in the old mailbox', async () => {
    const { house } = await signedIn()
    const link = await opened(house)
    expect((await house.browser().go(link)).status).toBe(200)
    const browser = house.browser()
    await browser.signIn()
    await move(house, browser)
    expect((await house.browser().go(link)).status).toBe(410)
    expect(await house.events('factor_recovery.stopped')).toHaveLength(1)
  })

  it('is closed by whoever undoes a change, even before it is made', async () => {
    const { house } = await signedIn()
    const link = await opened(house)
    const browser = house.browser()
    await browser.signIn()
    await ask(browser)
    await undo(house, await linkIn(house, adaAddress, 'email-change-asked'))
    expect((await house.browser().go(link)).status).toBe(410)
    expect(await house.events('factor_recovery.stopped')).toHaveLength(1)
  })
})

describe('the way back, in the old mailbox', () => {
  it('restores the address after the change, signs everything out, and locks until the owner has recovered it', async () => {
    const { house, browser } = await signedIn()
    await move(house, browser)
    house.clock.advance(6 * 86_400_000)
    const link = await linkIn(house, adaAddress, 'email-change-told')
    expect(text(await house.browser().go(link))).toContain('everything is signed out')
    expect(await house.find(house.ada), 'a GET changes nothing').toMatchObject({ email: fresh })
    const undone = await undo(house, link)
    expect(text(undone)).toContain('Your account has your address')
    expect(undone.path).toBe('/link/undo-email-change/done')
    expect((await house.browser().go(undone.path)).status).toBe(200)
    expect(undone.html).toContain('href="/recover"')
    expect(await house.find(house.ada)).toMatchObject({ email: adaAddress, emailVerified: true, status: 'locked' })
    expect(await house.people.sessions.listOf(house.ada.id)).toEqual([])
    expect((await house.browser().go(link)).status).toBe(410)
    expect((await house.browser().signIn('/account', adaAddress)).html, 'the thief knows the password').toContain(
      'id="login"',
    )
  })

  it('[threat 7] withdraws what was agreed to since it was asked for, and names the application', async () => {
    const { house, browser } = await signedIn()
    const { consents } = house.people
    const redirectUris = ['https://app.example/callback']
    const agree = async (name: string) => {
      const made = await registryOf(house).clients.create(by, { name, type: 'web', redirectUris, firstParty: false })
      if (!made.ok) throw new Error(made.error.reason)
      const { id: clientId } = made.value.client
      const agreed = { scopes: ['openid'], claims: [], resources: {} }
      const given = { user: house.ada.id, clientId, agreed, grant: 'a-grant' }
      await inTransaction(house.services.database.app, (tx) => consents.give(tx, by, given))
      house.clock.advance(1000)
      return clientId
    }
    const before = await agree('Before')
    await move(house, browser)
    await agree('Thief')
    const link = await linkIn(house, adaAddress, 'email-change-told')
    expect(text(await house.browser().go(link))).toContain('a letter names them')
    await undo(house, link)
    expect((await consents.listOf(house.ada.id)).map(({ clientId }) => clientId)).toEqual([before])
    const letter = (await lettersTo(house, adaAddress)).find(({ message }) => message === 'notice account-locked')
    expect(letter?.text).toContain(': Thief.')
  })

  it('works before the change too, and then nobody can confirm it any more', async () => {
    const { house, browser } = await signedIn()
    await ask(browser)
    const confirm = await linkIn(house, fresh, 'email-change-confirm')
    const link = await linkIn(house, adaAddress, 'email-change-asked')
    expect(text(await house.browser().go(link))).toContain(`Your account stays with ${adaAddress}`)
    await undo(house, link)
    expect((await browser.go(confirm)).status).toBe(410)
    expect((await browser.go('/account')).html).toContain('id="login"')
    expect(await house.find(house.ada)).toMatchObject({ email: adaAddress, status: 'locked' })
  })

  it('outranks those of later changes, which a thief could hold, and is outranked by none of them', async () => {
    const { house, browser } = await signedIn()
    await move(house, browser, 'thief@first.example')
    house.clock.advance(60_000)
    await move(house, browser, 'thief@second.example')
    const [owners, thiefs] = [
      await linkIn(house, adaAddress, 'email-change-told', 0),
      await linkIn(house, 'thief@first.example', 'email-change-told'),
    ]
    expect((await undo(house, thiefs)).status).toBe(200)
    expect(await house.find(house.ada)).toMatchObject({ email: 'thief@first.example' })
    expect((await undo(house, owners)).status, 'the owner still can').toBe(200)
    expect(await house.find(house.ada)).toMatchObject({ email: adaAddress })

    const other = await linkIn(house, 'thief@first.example', 'email-change-told', 0)
    expect((await house.browser().go(other)).status, 'the thief cannot any more').toBe(410)
  })

  it('takes what was added to sign in with since the change was asked for, and leaves what was there before', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await signInWithApp(house, browser, await withApp(house, house.ada, 'Before'))
    await ask(browser)
    house.clock.advance(1000)
    await withApp(house, house.ada, 'Thief')
    await browser.post('/account/email/again')
    house.clock.advance(60_000)
    const elsewhere = house.browser()
    await elsewhere.send(await elsewhere.go(await linkIn(house, fresh, 'email-change-confirm')), 'confirm-email')
    await withApp(house, house.ada, 'Thief’s second')
    expect((await undo(house, await linkIn(house, adaAddress, 'email-change-told'))).status).toBe(200)
    const left = await house.people.factors.totps.listOf(house.ada.id)
    expect(left.map(({ name }) => name)).toEqual(['Before'])
  })

  it('locks the account where somebody has the old address by now, and whoever changed it gets in by no mail', async () => {
    const { house, browser } = await signedIn()
    const { users, sessions, recovery, links } = house.people
    await move(house, browser)
    await withApp(house, house.ada, 'Thief')
    const link = await linkIn(house, adaAddress, 'email-change-told')
    const notMe = await linkIn(house, fresh, 'notice email-changed')
    const other = await house.addPerson(adaAddress)
    house.clock.advance(60_000)
    await house.browser().go('/recover', { email: fresh })
    const before = await linkIn(house, fresh, 'recovery')

    const mailbox = house.browser()
    const shut = await mailbox.send(await mailbox.go(link), 'undo-email')
    expect([shut.status, shut.path]).toEqual([200, '/link/undo-email-change/locked'])
    expect(text(shut)).toContain('Ask your administrator')
    expect((await mailbox.go('/link/undo-email-change/locked?lang=de')).html).toContain('Administration')
    expect((await mailbox.go(link)).status, 'used').toBe(410)
    expect(await house.find(house.ada)).toMatchObject({ email: fresh, status: 'locked', emailDisowned: true })
    expect(await house.find(other), 'of whoever has it, nothing is changed').toMatchObject({
      email: adaAddress,
      status: 'active',
    })
    expect(await sessions.listOf(house.ada.id)).toEqual([])
    expect((await browser.go('/account')).html).toContain('id="login"')
    expect(await house.people.factors.totps.listOf(house.ada.id), 'what was added since').toEqual([])
    expect((await house.events('user.email_change_undone')).map(({ after }) => after)).toMatchObject([
      { restored: false },
    ])

    expect((await house.browser().go(before)).status).toBe(410)
    expect((await house.browser().go(notMe)).status).toBe(410)
    const sent = (await lettersTo(house, fresh)).length
    await house.browser().go('/recover', { email: fresh })
    const issued = await inTransaction(house.services.database.app, (tx) =>
      links.issue(tx, by, { purpose: 'recovery', person: house.ada.id, data: { email: fresh } }),
    )
    expect(await recovery.opens(issued.token.reveal()), 'nor by one that was sent at that moment').toBeUndefined()

    const person = await users.find(house.ada.id)
    const handed = person && (await recovery.issueFor(by, person, { factors: 'kept' }))
    if (!handed?.ok) throw new Error('no link from the operator')
    const { pathname, search } = new URL(handed.value.url.reveal())
    const owner = house.browser()
    expect((await owner.post(pathname + search, { password: 'nine small owls under a quilt' })).path).toBe(
      '/recover/done',
    )
    await owner.signIn('/account', fresh, 'nine small owls under a quilt')
    const asked = { email: 'ada@third.example', 'current-password': 'nine small owls under a quilt' }
    await owner.send(await owner.go('/account/email'), 'change-email', asked)
    await owner.send(await owner.go(await linkIn(house, 'ada@third.example', 'email-change-confirm')), 'confirm-email')
    expect(await house.find(house.ada)).toMatchObject({ email: 'ada@third.example', emailDisowned: false })
    expect(await lettersTo(house, fresh), 'nothing more, and no way back').toHaveLength(sent)
  })

  it('leaves no link that locks the account to whoever asked for the change, and those of before to the owner', async () => {
    const { house, browser } = await signedIn()
    const { notices, users } = house.people
    const { app: db } = house.services.database
    await inTransaction(db, (tx) => notices.tell(tx, by, { user: house.ada, what: 'new-device' }))
    const owners = await linkIn(house, adaAddress, 'notice new-device')
    house.clock.advance(60_000)
    await move(house, browser)
    const thiefs = await linkIn(house, fresh, 'notice email-changed')
    await undo(house, await linkIn(house, adaAddress, 'email-change-told'))
    await inTransaction(db, (tx) => users.unlock(tx, by, house.ada.id))

    expect((await house.browser().go(thiefs)).status).toBe(410)
    const told = (await lettersTo(house, fresh)).at(-1)
    expect(told, 'in case the old mailbox was the stolen one').toMatchObject({
      message: 'notice email-changed',
      links: [],
    })
    expect(told?.text).toContain('ask your administrator')
    expect(await house.find(house.ada)).toMatchObject({ status: 'active' })
    const mailbox = house.browser()
    await mailbox.send(await mailbox.go(owners), 'not-me')
    expect(await house.find(house.ada)).toMatchObject({ status: 'locked' })
  })

  it('is good for seven days and not for longer', async () => {
    const { house, browser } = await signedIn()
    await move(house, browser)
    const link = await linkIn(house, adaAddress, 'email-change-told')
    house.clock.advance(7 * 86_400_000 + 1000)
    expect((await house.browser().go(link)).status).toBe(410)
  })

  it('used twenty times at once acts once', async () => {
    const { house, browser } = await signedIn()
    await move(house, browser)
    const link = await linkIn(house, adaAddress, 'email-change-told')
    const answers = await Promise.all(Array.from({ length: 20 }, () => house.browser().post(link)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await house.events('user.email_change_undone')).toHaveLength(1)
  })
})

describe('everything that changes one account, at the same moment', () => {
  it('waits for its turn, and never for one that waits for it', async () => {
    const house = await accountHouse()
    const { links } = house.people
    const { app: db } = house.services.database
    const by = { actor: { kind: 'operator', id: 'test' } } as const
    const owner = { ada: house.ada, at: house.ada.email }
    for (let round = 0; round < 12; round++) {
      const issue = (purpose: 'recovery' | 'email-change' | 'email-change-undo', data: Record<string, string>) =>
        inTransaction(db, (tx) => links.issue(tx, by, { purpose, person: owner.ada.id, data }))
      const recovery = await issue('recovery', { email: owner.at })
      const confirm = await issue('email-change', { address: `ada${round}@new.example` })
      const back = await issue('email-change-undo', { address: adaAddress })
      const send = (path: string, token: Secret<string>, form = {}) =>
        house.browser().raw(`${path}?token=${token.reveal()}`, form)
      const answers = await Promise.all([
        send('/link/change-email', confirm.token),
        send('/recover/password', recovery.token, { password: `nine small owls under quilt ${round}` }),
        send('/link/undo-email-change', back.token),
        send('/link/change-email', confirm.token),
      ])
      for (const { status } of answers) expect(status, `in round ${round}`).toBeLessThan(500)
      const now = await house.find(owner.ada)
      if (!now) throw new Error('Ada is gone')
      owner.at = now.email
    }
  })
})

describe('an address that is not verified', () => {
  it('can be sent a link from the account, and is told of a change all the same', async () => {
    const house = await accountHouse()
    await house.addPerson('new@example.com', { verified: false })
    const browser = house.browser()
    const page = await browser.signIn('/account', 'new@example.com')
    expect(text(page)).toContain('not verified')
    const sent = await browser.send(page, 'verify-email')
    expect(sent.path).toBe('/account?done=verification')
    expect((await lettersTo(house, 'new@example.com')).map(({ message }) => message)).toEqual(['email-verification'])
    await ask(browser)
    expect((await lettersTo(house, 'new@example.com')).map(({ message }) => message)).toContain('email-change-asked')
  })

  it('is flooded from nowhere: its letters count with all others that it gets', async () => {
    const house = await accountHouse()
    await house.addPerson('new@example.com', { verified: false })
    const browser = house.browser()
    await browser.signIn('/account', 'new@example.com')
    const send = () => browser.raw('/account/email/verify', {})
    for (let n = 0; n < 10; n += 1) expect((await send()).status).toBe(303)
    const refused = await send()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(await lettersTo(house, 'new@example.com')).toHaveLength(10)
  })
})

describe('a password that is not accepted any more', () => {
  it('is refused by 403 as at the sign-in: waiting does not help', async () => {
    const house = await accountHouse({ env: { CONFIG_FILE: configFile('lockout: { offAfter: 5 }') } })
    const browser = house.browser()
    await browser.signIn()
    for (let guess = 0; guess < 5; guess++) await ask(browser, fresh, `guess ${guess}`)
    const off = await ask(browser)
    expect([off.status, off.headers.get('retry-after')]).toEqual([403, null])
    expect(text(off)).toContain('Forgot your password?')
  })
})
