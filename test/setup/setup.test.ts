import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { Secret } from '../../src/lib/secret.ts'
import { arranging } from '../support/event-guard.ts'
import { untilSomebodyWaits } from '../support/waiting.ts'
import { filledIn, type SetupWorld, setupWorld } from './support.ts'

const HOUR = 3_600_000
const admins = async ({ users }: SetupWorld) =>
  (await users.list({ limit: 100 })).filter(({ instanceRole }) => instanceRole === 'admin')

describe('the set-up link', () => {
  it('opens a form that creates the first administrator, who can then sign in', async () => {
    const world = await setupWorld()
    const path = await world.link()
    expect(path).toMatch(/^\/setup\?token=[A-Za-z0-9_-]{43}$/)
    const form = await world.open(path)
    expect(form.status).toBe(200)
    expect(await form.text()).toContain('id="create-admin"')

    const done = await world.post(path)
    expect(done.status).toBe(200)
    expect(await done.text()).toContain(filledIn.email)
    const [admin, ...others] = await admins(world)
    expect(others).toEqual([])
    expect(admin).toMatchObject({ email: 'Ada@Example.com', name: 'Ada Lovelace', emailVerified: false })
    expect(await world.passwords.verify(admin?.id, new Secret(filledIn.password))).toBe('match')
    expect(await world.actions()).toEqual([
      'setup_link.issued',
      'user.created',
      'user.admin_granted',
      'password.set',
      'setup.completed',
    ])
  })

  it('is not used up by looking, however often: mail scanners open everything', async () => {
    const world = await setupWorld()
    const path = await world.link()
    for (let times = 0; times < 3; times += 1) expect((await world.open(path)).status).toBe(200)
    expect((await world.request(path, { method: 'HEAD' })).status).toBe(200)
    expect((await world.post(path)).status).toBe(200)
  })

  it('works once', async () => {
    const world = await setupWorld()
    const path = await world.link()
    expect((await world.post(path)).status).toBe(200)
    expect((await world.open(path)).status).toBe(410)
    expect((await world.post(path, { email: 'eve@example.com' })).status).toBe(410)
    expect(await admins(world)).toHaveLength(1)
    const { rows } = await sql`SELECT FROM setup_link`.execute(world.database.app)
    expect(rows, 'nothing is left of it').toEqual([])
  })

  it('works once, also when it is posted twenty times at the same moment', async () => {
    const world = await setupWorld()
    const path = await world.link()
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => (await world.post(path, { email: `a${n}@example.com` })).status),
    )
    expect(statuses.toSorted()).toEqual([200, ...Array(19).fill(410)])
    expect(await world.users.list({ limit: 100 })).toHaveLength(1)
    expect((await world.actions()).filter((action) => action === 'user.created')).toHaveLength(1)
  })

  it('dies after a day', async () => {
    const world = await setupWorld()
    const path = await world.link()
    world.clock.advance(24 * HOUR - 1)
    expect((await world.open(path)).status).toBe(200)
    world.clock.advance(1)
    expect((await world.open(path)).status).toBe(410)
    expect((await world.post(path)).status).toBe(410)
    expect(await admins(world)).toEqual([])
  })

  it('dies with the next one', async () => {
    const world = await setupWorld()
    const [first, second] = [await world.link(), await world.link()]
    expect((await world.post(first)).status).toBe(410)
    expect((await world.post(second)).status).toBe(200)
  })

  it('is one, also when it is issued by many at the same moment', async () => {
    const world = await setupWorld()
    const paths = await Promise.all(Array.from({ length: 8 }, () => world.link()))
    const statuses = await Promise.all(paths.map(async (path) => (await world.open(path)).status))
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  })

  it('outlives the start of another instance, until it is too old', async () => {
    const world = await setupWorld()
    const first = await world.setup.ensureLink(world.by)
    if (!first.ok) throw new Error('no link was issued')
    const path = first.value.url.slice(world.config.server.issuerUrl.length)
    const issuedAt = world.clock.now()
    world.clock.advance(HOUR)
    expect(await world.setup.ensureLink(world.by)).toEqual({
      ok: false,
      error: { issuedAt, expiresAt: first.value.expiresAt },
    })
    expect((await world.open(path)).status).toBe(200)
    world.clock.advance(23 * HOUR)
    expect(await world.setup.ensureLink(world.by), 'and then the next start has one').toMatchObject({ ok: true })
    expect((await world.post(path)).status).toBe(410)
  })

  it('is one, and is shown by one, when many instances start at the same moment', async () => {
    const world = await setupWorld()
    const starts = await Promise.all(Array.from({ length: 8 }, () => world.setup.ensureLink(world.by)))
    const shown = starts.flatMap((start) => (start.ok ? [start.value.url] : []))
    expect(shown).toHaveLength(1)
    expect((await world.open(shown[0]?.slice(world.config.server.issuerUrl.length) ?? '')).status).toBe(200)
    expect(await world.actions()).toEqual(['setup_link.issued'])
  })

  it('says nothing of why it is dead: one page for all, which names the cure', async () => {
    const world = await setupWorld()
    const [replaced, live] = [await world.link(), await world.link()]
    const token = live.split('=')[1] ?? ''
    const dead = [replaced, '/setup', '/setup?token=', '/setup?token=x', `/setup?token=${token.slice(0, -1)}`]
    const pages = await Promise.all(
      dead.map(async (path) => {
        const answer = await world.open(path)
        expect(answer.status).toBe(410)
        const [page, requestId] = [await answer.text(), answer.headers.get('x-request-id') ?? '']
        expect(page).toContain('setup-link-dead')
        expect(page).toContain(requestId)
        expect(world.log.lines()).toContainEqual(expect.objectContaining({ requestId, error: 'setup-link-dead' }))
        return page.replaceAll(/href="[^"]*"/g, '').replace(requestId, '')
      }),
    )
    expect(new Set(pages).size).toBe(1)
    expect(pages[0]).toContain('hearthkey setup-link')
  })

  it('is not opened by another spelling of its bytes', async () => {
    const world = await setupWorld()
    const path = await world.link()
    const last = path.at(-1) ?? ''
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const twin = alphabet[alphabet.indexOf(last) ^ 1]
    expect(Buffer.from(`${path.slice(-43, -1)}${twin}`, 'base64url')).toEqual(Buffer.from(path.slice(-43), 'base64url'))
    expect((await world.open(`${path.slice(0, -1)}${twin}`)).status).toBe(410)
  })

  it('stands in no table and in no line of the log', async () => {
    const world = await setupWorld()
    const path = await world.link()
    const token = path.split('=')[1] ?? ''
    await world.open(path)
    await world.post(path, { password: 'short' })
    const hex = Buffer.from(token, 'base64url').toString('hex')
    const seen = `${await world.dump()}\n${world.log.text()}`
    expect(seen).toContain('"path":"/setup"')
    for (const text of [token, hex, Buffer.from(token).toString('hex')]) expect(seen).not.toContain(text)
  })

  it('leads to the configured address, whatever a request claims (threat 26)', async () => {
    const world = await setupWorld({ ISSUER_URL: 'https://id.example.com' })
    const issued = await world.setup.issueLink(world.by)
    expect(issued.ok && issued.value.url).toMatch(/^https:\/\/id\.example\.com\/setup\?token=/)
  })
})

describe('set-up never opens again (threat 33)', () => {
  it('after the first administrator, even when nothing of them is left', async () => {
    const world = await setupWorld()
    await world.post(await world.link())
    expect(await world.setup.isOver()).toBe(true)
    await inTransaction(world.database.owner, async (tx) => {
      await arranging(tx)
      for (const table of ['password_credentials', 'user_emails', 'users'])
        await sql`DELETE FROM ${sql.table(table)}`.execute(tx)
    })
    expect(await world.users.list({ limit: 10 })).toEqual([])
    expect(await world.setup.isOver()).toBe(true)
    expect(await world.setup.issueLink(world.by)).toEqual({ ok: false, error: 'over' })
    expect(await world.setup.ensureLink(world.by)).toEqual({ ok: false, error: 'over' })
  })

  it('after an administrator who was made by a command, and a live link is dead at once', async () => {
    const world = await setupWorld()
    const path = await world.link()
    await world.users.create(world.by, { email: 'bob@example.com', name: 'Bob', instanceRole: 'admin' })
    expect((await world.open(path)).status).toBe(410)
    expect((await world.post(path)).status).toBe(410)
    expect(await admins(world)).toHaveLength(1)
  })

  it('when a command makes an administrator between the check and the change', async () => {
    const world = await setupWorld()
    const path = await world.link()
    const posted = await inTransaction(world.database.app, async (tx) => {
      await world.users.createIn(tx, world.by, { email: 'bob@example.com', name: 'Bob', instanceRole: 'admin' })
      const waits = world.post(path)
      await untilSomebodyWaits(world.database.app)
      return { answer: waits }
    })
    expect((await posted.answer).status).toBe(410)
    expect((await admins(world)).map(({ name }) => name)).toEqual(['Bob'])
  })

  it('though ordinary users leave it open', async () => {
    const world = await setupWorld()
    await world.users.create(world.by, { email: 'bob@example.com', name: 'Bob' })
    expect(await world.setup.isOver()).toBe(false)
    expect((await world.post(await world.link())).status).toBe(200)
  })

  it('and the role that serves cannot take the fact back', async () => {
    const { database } = await setupWorld()
    for (const statement of [
      'DELETE FROM first_administrator',
      `INSERT INTO first_administrator VALUES (true, gen_random_uuid(), now())`,
      'UPDATE first_administrator SET at = now()',
      'TRUNCATE first_administrator',
      `UPDATE users SET instance_role = 'admin'`,
    ])
      await expect(sql.raw(statement).execute(database.app)).rejects.toThrow(/permission denied/)
  })
})

describe('the set-up form', () => {
  it('comes back with what was typed, never the password, and says everything that is wrong', async () => {
    const world = await setupWorld()
    const path = await world.link()
    const typed = { name: ' ', email: 'ada@', password: 'short secret' }
    const answer = await world.post(path, { ...typed, password: 'too short' })
    expect(answer.status).toBe(422)
    const page = await answer.text()
    expect(page).toContain('value="ada@"')
    expect(page).not.toContain('too short')
    expect(page).toContain('at least 12 characters')
    for (const field of ['name', 'email', 'password']) expect(page).toContain(`id="${field}-error"`)
    expect(page).toContain(`action="${path}"`)
    expect((await world.post(path)).status, 'and the link still works').toBe(200)
  })

  it('refuses the name and the address that were just typed as a password, and says how strong it was', async () => {
    const world = await setupWorld()
    const path = await world.link()
    const asName = await world.post(path, { name: 'Grace Brewster Hopper', password: 'hopper.grace.1906' })
    expect(asName.status).toBe(422)
    const page = await asName.text()
    expect(page).toContain('Choose a password that is more than your name.')
    expect(page).toContain('The password you sent was weak')
    expect(await (await world.post(path, { password: 'ADA@example.com' })).text()).toContain('not your e-mail address')
  })

  it('puts a typed name on the page as text (threat 29)', async () => {
    const world = await setupWorld()
    const answer = await world.post(await world.link(), { name: '"><script>alert(1)</script>', password: 'short' })
    expect(await answer.text()).not.toContain('<script>')
  })

  it('keeps the link when the address is taken', async () => {
    const world = await setupWorld()
    await world.users.create(world.by, { email: 'ada@example.com', name: 'Bob' })
    const path = await world.link()
    const answer = await world.post(path)
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('id="email-error"')
    expect((await world.post(path, { email: 'ada2@example.com' })).status).toBe(200)
  })

  it('says the minimum that the operator set', async () => {
    const world = await setupWorld()
    expect(await (await world.open(await world.link())).text()).toContain(String(world.passwords.minLength))
  })

  it('stays in the language that was chosen, with its link', async () => {
    const world = await setupWorld()
    const path = await world.link()
    const german = await (await world.open(`${path}&lang=de`)).text()
    expect(german).toContain('<html lang="de"')
    const action = /action="([^"]+)"/.exec(german)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const again = await world.post(action, { password: 'kurz' })
    expect(again.status).toBe(422)
    const page = await again.text()
    expect(page).toContain('<html lang="de"')
    const english = /href="([^"]*lang=en[^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect((await world.open(english)).status).toBe(200)
  })

  it('takes no field that it does not have (threat 24)', async () => {
    const world = await setupWorld()
    const path = await world.link()
    const body = new URLSearchParams({ ...filledIn, emailVerified: 'true' })
    const answer = await world.request(path, {
      method: 'POST',
      body,
      headers: { Origin: world.config.server.issuerUrl },
    })
    expect(answer.status).toBe(400)
    expect(await admins(world)).toEqual([])
  })

  it('is refused from another site', async () => {
    const world = await setupWorld()
    const path = await world.link()
    const answer = await world.request(path, {
      method: 'POST',
      body: new URLSearchParams(filledIn),
      headers: { Origin: 'https://evil.example' },
    })
    expect(answer.status).toBe(403)
    expect(await admins(world)).toEqual([])
  })

  it('costs a stranger without a link no hash', async () => {
    const world = await setupWorld()
    const dead = `/setup?token=${'A'.repeat(43)}`
    const prepare = vi.spyOn(world.passwords, 'prepare')
    const answers = await Promise.all(Array.from({ length: 300 }, () => world.post(dead)))
    // The excess is refused at the door.
    expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([410, 503])
    expect(prepare).not.toHaveBeenCalled()
  })

  it('is asked to come back when too many passwords wait, and keeps what was typed', async () => {
    const world = await setupWorld({}, { hashesForReal: true })
    const path = await world.link()
    const storm = Array.from({ length: 200 }, () =>
      world.passwords.verify(undefined, new Secret('whatever it is')).catch(() => 'refused'),
    )
    const answer = await world.post(path)
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThanOrEqual(1)
    expect(await answer.text()).toContain('value="Ada@Example.com"')
    expect(await Promise.all(storm)).toContain('refused')
    expect((await world.post(path)).status).toBe(200)
  })
})
