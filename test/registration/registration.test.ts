import { describe, expect, it, vi } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { Secret } from '../../src/lib/secret.ts'
import { createRegistration } from '../../src/registration/service.ts'
import { type MailWorld, mailWorld } from '../links/support.ts'
import { testConfig } from '../support/config.ts'
import { configFile } from '../support/scratch.ts'

const open = { file: 'registration: { mode: open }' }
const email = 'Grace.Hopper@Example.com'
const chosen = { name: 'Grace Hopper', password: 'compilers need no magic' }
const HOUR = 3_600_000

const ask = (world: MailWorld, address = email, path = '/register') => world.post(path, { email: address })
async function invited(options: Parameters<typeof mailWorld>[0] = open) {
  const world = await mailWorld(options)
  await ask(world)
  return { ...world, link: await world.linkTo('/register/confirm') }
}

describe('registration', () => {
  it('takes an address alone, and creates the account behind the link that was mailed to it', async () => {
    const world = await mailWorld(open)
    const page = await world.open('/register')
    expect(page.status).toBe(200)
    expect(await page.text()).not.toContain('type="password"')

    const sent = await ask(world)
    expect(sent.status).toBe(200)
    expect(await sent.text(), 'there is no mail server').toContain('This service sends no mail')
    expect(await world.users.findByEmail(email), 'nothing is created before the mailbox is proven').toBeUndefined()
    expect(await world.letters()).toMatchObject([{ to: email, message: 'registration' }])

    const link = await world.linkTo('/register/confirm')
    expect(await (await world.open(link)).text()).toContain(email)
    const done = await world.post(link, chosen)
    expect([done.status, done.headers.get('location')]).toEqual([303, '/register/done'])
    expect(done.headers.getSetCookie(), 'nobody is signed in by it').toEqual([])
    expect(await (await world.open('/register/done')).text(), 'and it can be reloaded').toContain('href="/account"')
    const user = await world.users.findByEmail(email)
    expect(user).toMatchObject({ email, name: chosen.name, emailVerified: true, status: 'active', instanceRole: null })
    expect(await world.passwords.verify(user?.id, new Secret(chosen.password))).toBe('match')
    expect(await world.actions()).toEqual(['link.issued', 'link.used', 'user.created', 'password.set'])
  })

  it('is not finished by looking, however often: mail scanners open everything', async () => {
    const { open: get, request, link, users } = await invited()
    for (let times = 0; times < 3; times += 1) expect((await get(link)).status).toBe(200)
    expect((await request(link, { method: 'HEAD' })).status).toBe(200)
    expect(await users.findByEmail(email)).toBeUndefined()
  })

  it('counts no more than the policy of the day lets it: what was sent while it was open opens nothing once it is closed', async () => {
    const world = await invited()
    for (const file of ['registration: { mode: closed }', 'registration: { mode: domain, domains: [example.org] }']) {
      const policy = testConfig({ CONFIG_FILE: configFile(file) }).registration
      const { links, mail, passwords, users: people, config, clock, by } = world
      const restarted = createRegistration({
        db: world.database.app,
        policy,
        issuerUrl: config.server.issuerUrl,
        people,
        readAddress: () => ({ ok: true, value: { address: email, domain: 'example.com' } }),
        passwords,
        links,
        mail,
        limit: async () => ({ ok: true, quotas: [] }),
        clock,
      })
      const token = new URL(world.link, config.server.issuerUrl).searchParams.get('token') ?? ''
      expect(await restarted.opens(token)).toBeUndefined()
      const done = await restarted.confirm(by, token, { ...chosen, password: new Secret(chosen.password) })
      expect(done).toEqual({ ok: false, error: { kind: 'dead' } })
    }
    expect(await world.users.findByEmail(email)).toBeUndefined()
    expect((await world.post(world.link, chosen)).status).toBe(303)
  })

  it('works once, also when the form is sent twenty times at the same moment', async () => {
    const { post, link, actions } = await invited()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(link, chosen)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 303)).toHaveLength(1)
    expect((await actions()).filter((action) => action === 'user.created')).toHaveLength(1)
    expect((await post(link, chosen)).status).toBe(410)
  })

  it('of one address by two links makes one account, and tells the second to sign in', async () => {
    const world = await invited()
    await ask(world, email.toLowerCase())
    const second = await world.linkTo('/register/confirm')
    expect(second).not.toBe(world.link)
    const answers = await Promise.all([world.post(world.link, chosen), world.post(second, { ...chosen, name: 'Eve' })])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 303])
    const pages = await Promise.all(answers.map((answer) => answer.text()))
    expect(pages.filter((page) => page.includes('already have an account'))).toHaveLength(1)
    expect(await world.users.list({ limit: 10 })).toHaveLength(1)
  })

  it('is over for an address that has an account by now: said once, and nothing is hashed for it', async () => {
    const world = await invited()
    await ask(world, email.toLowerCase())
    const second = await world.linkTo('/register/confirm')
    expect((await world.post(world.link, chosen)).status).toBe(303)
    const hashed = vi.spyOn(world.passwords, 'prepare')
    expect(await (await world.post(second, chosen)).text()).toContain('already have an account')
    expect((await world.post(second, chosen)).status).toBe(410)
    expect(hashed).not.toHaveBeenCalled()
  })

  it('says everything that is wrong beside its field, keeps what was typed, and the link stays good', async () => {
    const { post, link } = await invited()
    const answer = await post(link, { name: ' ', password: 'short' })
    expect(answer.status).toBe(422)
    const page = await answer.text()
    for (const field of ['name', 'password']) expect(page).toContain(`id="${field}-error"`)
    expect(page).not.toContain('value="short"')
    const again = await (await post(link, { name: 'Grace', password: email })).text()
    expect(again).toContain('value="Grace"')
    expect((await post(link, chosen)).status).toBe(303)
  })

  it('refuses a password that is the name or the address', async () => {
    const { post, link } = await invited()
    for (const password of ['grace.hopper@example.com', 'Grace Hopper 1906'])
      expect((await post(link, { name: chosen.name, password })).status).toBe(422)
  })

  it.each(['email', 'emailVerified', 'instanceRole', 'status', 'id', 'locale', 'token'])(
    'takes no field %s that its forms do not have (threat 24)',
    async (field) => {
      const { post, link, users } = await invited()
      expect((await post(link, { ...chosen, [field]: 'admin' })).status).toBe(400)
      if (field !== 'email') expect((await post('/register', { email, [field]: 'admin' })).status).toBe(400)
      expect(await users.findByEmail(email)).toBeUndefined()
    },
  )

  it('dies after a day, and says one thing for every reason, with what to do next', async () => {
    const world = await invited()
    world.clock.advance(24 * HOUR)
    const dead = [world.link, '/register/confirm', `/register/confirm?token=${'A'.repeat(43)}`]
    const pages = await Promise.all(
      dead.map(async (path) => {
        const answer = await world.open(path)
        expect(answer.status).toBe(410)
        return (await answer.text()).replaceAll(/href="[^"]*lang[^"]*"/g, '')
      }),
    )
    expect(new Set(pages).size).toBe(1)
    expect(pages[0]).toContain('href="/register"')
    expect((await world.post(world.link, chosen)).status).toBe(410)
  })

  it('mails the spelling that was typed to a stranger, the stored one to somebody known (threat 23)', async () => {
    const world = await mailWorld(open)
    await world.addPerson({ email: 'Ada@Example.com' })
    await ask(world, 'ADA@EXAMPLE.COM')
    await ask(world, 'New.One@example.com')
    expect(await world.letters()).toMatchObject([
      { to: 'Ada@Example.com', message: 'already-registered' },
      { to: 'New.One@example.com', message: 'registration' },
    ])
    for (const look of ['ada＠example.com', 'ada@example.com\u200b', 'ıda@example.com'])
      expect((await ask(world, look)).status).toBe(422)
    expect(await world.letters()).toHaveLength(2)
  })

  it('leads to the configured address, whatever a request claims (threat 26)', async () => {
    const world = await mailWorld({ ...open, env: { ISSUER_URL: 'https://id.example.com' } })
    await world.post('/register', { email }, { host: 'evil.example', 'x-forwarded-host': 'evil.example' })
    await ask(world)
    const links = (await world.letters()).flatMap((letter) => letter.links)
    expect(links.length).toBeGreaterThan(0)
    for (const link of links) expect(new URL(link).origin).toBe('https://id.example.com')
  })

  it('refuses a novel in any field, without a hash or a letter (threat 31)', async () => {
    const world = await invited()
    const novel = 'x'.repeat(60_000)
    for (const answer of [
      await ask(world, `${novel}@example.com`),
      await world.post(world.link, { ...chosen, password: novel }),
      await world.post(world.link, { ...chosen, name: novel }),
    ])
      expect(answer.status).toBe(422)
    expect((await world.open(`/register/confirm?token=${novel}`)).status).toBe(410)
    expect(await world.letters()).toHaveLength(1)
  })

  it('costs a stranger without a link no hash', async () => {
    const { post, passwords } = await mailWorld(open)
    const prepare = vi.spyOn(passwords, 'prepare')
    const path = `/register/confirm?token=${'A'.repeat(43)}`
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(path, chosen)))
    // The excess is refused at the door.
    expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([410, 503])
    expect(prepare).not.toHaveBeenCalled()
  })

  it('has passwords judged so often and no oftener, keeps what was typed, and the link', async () => {
    const { post, open, link, passwords, clock } = await invited()
    const judging = vi.spyOn(passwords, 'prepare').mockResolvedValue({ ok: false, error: { reason: 'breached' } })
    const answers: Response[] = []
    for (let n = 0; n < 12; n++) answers.push(await post(link, chosen))
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(422), 429, 429])
    expect(judging).toHaveBeenCalledTimes(10)
    const last = answers.at(-1)
    const seconds = Number(last?.headers.get('Retry-After'))
    expect(seconds).toBeGreaterThan(0)
    const page = await last?.text()
    expect(page).toContain('There were too many tries')
    expect(page).toContain(`value="${chosen.name}"`)
    expect((await open(link)).status).toBe(200)
    judging.mockRestore()
    clock.advance(seconds * 1000)
    expect((await post(link, chosen)).status).toBe(303)
  })

  it('is asked to come back when too many passwords wait, keeps what was typed, and the link', async () => {
    const { post, link, passwords } = await invited()
    vi.spyOn(passwords, 'prepare').mockRejectedValueOnce(new AppError('busy', { retryAfter: 2 }))
    const answer = await post(link, chosen)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Retry-After')).toBe('2')
    expect(await answer.text()).toContain(`value="${chosen.name}"`)
    expect((await post(link, chosen)).status).toBe(303)
  })

  it('says that a letter is on its way where there is a mail server, to everybody alike', async () => {
    const world = await mailWorld({
      ...open,
      env: { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'no-reply@example.com' },
    })
    await world.addPerson({ email: 'known@example.com' })
    for (const address of ['known@example.com', 'stranger@example.com'])
      for (const path of ['/register', '/recover']) {
        const page = await (await ask(world, address, path)).text()
        expect(page).toContain(address)
        expect(page).not.toContain('sends no mail')
      }
  })

  it('is limited by address of the asker, keeps what was typed, and says when to come back [MON-9]', async () => {
    const world = await mailWorld(open)
    for (let n = 0; n < 5; n += 1) expect((await ask(world, `a${n}@example.com`)).status).toBe(200)
    const answer = await ask(world, 'a5@example.com')
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(await answer.text()).toContain('value="a5@example.com"')
    expect(await world.letters()).toHaveLength(5)
    world.clock.advance(2 * HOUR)
    expect((await ask(world, 'a5@example.com')).status).toBe(200)
  })

  it('goes back to the sign-in that it was left for, and nowhere else (threat 2)', async () => {
    const world = await mailWorld(open)
    const asked = await ask(world, email, '/register?back=V1StGXR8_Z5jdHi6B-myT')
    const cookie = asked.headers.getSetCookie().join().split(';')[0] ?? ''
    const done = await world.post(await world.linkTo('/register/confirm'), chosen, { cookie })
    expect(done.headers.get('location')).toBe('/register/done?back=V1StGXR8_Z5jdHi6B-myT')
    const path = done.headers.get('location') ?? ''
    expect(await (await world.request(path, { headers: { cookie } })).text()).toContain(
      'href="/login/V1StGXR8_Z5jdHi6B-myT"',
    )
    const elsewhere = await (await world.open(path)).text()
    expect(elsewhere, 'a sign-in goes on in its own browser alone').not.toContain('href="/login/')
    expect(elsewhere).toContain('href="/account"')
    for (const back of ['//evil.example', 'https:evil.example', '\\evil', '../../oauth', 'a/b', '%2f%2fevil']) {
      const page = await (await world.open(`/register?back=${encodeURIComponent(back)}`)).text()
      expect(page).toMatch(/id="sign-in" href="\/account"/)
      expect(page.replaceAll(/href="[^"]*lang=[^"]*"/g, '')).not.toContain('evil')
    }
  })

  it('speaks the language of the page in the letter', async () => {
    const world = await mailWorld(open)
    await ask(world, email, '/register?lang=de')
    const [letter] = await world.letters()
    expect(letter?.text).toContain('Öffnen Sie')
  })
})

describe('who may register is the operator’s to say', () => {
  it('and nobody may, where nothing was said', async () => {
    const world = await mailWorld()
    for (const answer of [await world.open('/register'), await ask(world)]) expect(answer.status).toBe(403)
    expect(await world.letters()).toEqual([])
  })

  it('by domain: exactly those, in any spelling, and whoever is refused is told which', async () => {
    const world = await mailWorld({ file: 'registration: { mode: domain, domains: [Example.com, bücher.example] }' })
    for (const address of ['a@example.com', 'a@EXAMPLE.com', 'a@bücher.example', 'a@xn--bcher-kva.example'])
      expect((await ask(world, address)).status).toBe(200)
    for (const address of ['a@mail.example.com', 'a@notexample.com', 'a@example.com.evil.example']) {
      world.clock.advance(2 * HOUR)
      const answer = await ask(world, address)
      expect(answer.status).toBe(422)
      expect(await answer.text()).toContain('example.com, xn--bcher-kva.example')
    }
    expect(await world.letters()).toHaveLength(4)
  })

  it('and a mode without its domains stops the start', async () => {
    await expect(mailWorld({ file: 'registration: { mode: domain }' })).rejects.toThrow('registration.mode')
    await expect(mailWorld({ file: 'registration: { mode: domain, domains: ["*.example"] }' })).rejects.toThrow(
      'registration.domains',
    )
  })
})
