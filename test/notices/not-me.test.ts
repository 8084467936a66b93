import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { noticeNames } from '../../src/ui/messages/areas/notices.ts'
import { type MailWorld, mailWorld } from '../links/support.ts'

const DAY = 86_400_000

async function told(options: { what?: (typeof noticeNames)[number]; admin?: true } = {}) {
  const world = await mailWorld()
  const user = options.admin ? await firstAdministrator(world) : await world.addPerson()
  const tell = (what: (typeof noticeNames)[number] = 'new-device') =>
    inTransaction(world.database.app, (tx) =>
      world.notices.tell(tx, world.by, { user, what, device: 'Firefox, Linux', place: '192.0.2.7' }),
    )
  await tell(options.what)
  const standing = async () => (await world.users.find(user.id))?.status
  return { ...world, user, tell, standing, link: await world.linkTo('/link/not-me') }
}

async function firstAdministrator({ users, by }: MailWorld) {
  const made = await users.create(by, { email: 'root@example.com', name: 'Root', instanceRole: 'admin' })
  if (!made.ok) throw new Error(made.error)
  return made.value
}

describe('“this was not me”', () => {
  it.each(noticeNames.filter((what) => what !== 'account-locked'))(
    'is one button away from hearing of %s',
    async (what) => {
      const { open, post, link, standing, letters, user } = await told({ what })
      const page = await (await open(link)).text()
      for (const text of ['Firefox, Linux', '192.0.2.7', 'January 15, 2030', 'id="lock-account"'])
        expect(page).toContain(text)
      expect(await standing(), 'nothing is changed by looking').toBe('active')
      const done = await post(link)
      expect([done.status, done.headers.get('location')]).toEqual([303, '/link/not-me/done'])
      expect(await (await open('/link/not-me/done')).text()).toContain('Your account is locked')
      expect(await standing()).toBe('locked')
      expect((await letters()).at(-1)).toMatchObject({ to: user.email, message: 'notice account-locked' })
    },
  )

  it('says in the log why, and that it was nobody who is proven', async () => {
    const { post, link, user, database, actions } = await told()
    await post(link)
    expect((await actions()).slice(-3)).toEqual(['link.used', 'user.locked', 'link.issued'])
    const admin = await database.superuser()
    const { rows } = await admin.query(`SELECT actor_kind, target_id, after FROM events WHERE action = 'user.locked'`)
    expect(rows).toEqual([{ actor_kind: 'anonymous', target_id: user.id, after: { locked: true, reason: 'not-me' } }])
  })

  it('locks once, and answers calmly to whoever presses again, comes twenty times, or has another such link', async () => {
    const { post, link, tell, linkTo, actions, standing } = await told()
    await tell('password-changed')
    const second = await linkTo('/link/not-me')
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(link)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...Array(19).fill(410)])
    expect(await (await post(link)).text()).toContain('your account is locked')
    expect((await post(second)).status, 'locked already is as good as locked').toBe(303)
    expect((await actions()).filter((action) => action === 'user.locked')).toHaveLength(1)
    expect(await standing()).toBe('locked')
  })

  it('works for a week', async () => {
    const { open, post, link, clock, standing } = await told()
    clock.advance(7 * DAY - 1)
    expect((await open(link)).status).toBe(200)
    clock.advance(1)
    expect((await post(link)).status).toBe(410)
    expect(await standing()).toBe('active')
  })

  it('of somebody who is disabled leaves them disabled, and locked once they are enabled', async () => {
    const { post, link, users, by, user, standing } = await told()
    await users.disable(by, user.id)
    expect((await post(link)).status).toBe(303)
    expect(await standing()).toBe('disabled')
    await users.enable(by, user.id)
    expect(await standing()).toBe('locked')
  })

  it('of somebody who was erased is dead', async () => {
    const { open, post, link, services, user } = await told()
    await inTransaction(services.database.app, (tx) => services.keyring.persons.destroy(tx, user.id))
    expect((await open(link)).status).toBe(410)
    expect((await post(link)).status).toBe(410)
  })

  it('also locks the last administrator, for whom the command on the host remains', async () => {
    const { post, link, standing, recovery, by, user, users } = await told({ admin: true })
    expect((await post(link)).status).toBe(303)
    expect(await standing()).toBe('locked')
    const issued = await recovery.issueFor(by, user, { factors: 'kept' })
    if (!issued.ok) throw new Error(issued.error)
    const { pathname, search } = new URL(issued.value.url.reveal())
    expect((await post(pathname + search, { password: 'the castle stands again' })).status).toBe(303)
    expect(await users.find(user.id)).toMatchObject({ status: 'active', emailVerified: false })
  })

  it('takes what a thief may have asked for: ways back, another address', async () => {
    const { post, link, links, by, user, database } = await told()
    const pending = await inTransaction(database.app, async (tx) => [
      ['recovery', await links.issue(tx, by, { purpose: 'recovery', person: user.id })] as const,
      ['email-change', await links.issue(tx, by, { purpose: 'email-change', person: user.id })] as const,
    ])
    await post(link)
    for (const [purpose, { token }] of pending) expect(await links.look(purpose, token.reveal())).toBeUndefined()
  })

  it('takes no field, and no form from another site', async () => {
    const { post, link, standing } = await told()
    expect((await post(link, { user: 'usr_1' })).status).toBe(400)
    expect((await post(link, {}, { Origin: 'https://evil.example' })).status).toBe(403)
    expect(await standing()).toBe('active')
  })

  it('puts what a browser calls itself on the page as text (threat 29)', async () => {
    const { notices, open, linkTo, by, user, database } = await told()
    await inTransaction(database.app, (tx) =>
      notices.tell(tx, by, { user, what: 'new-device', device: '"><script>alert(1)</script>' }),
    )
    expect(await (await open(await linkTo('/link/not-me'))).text()).not.toContain('<script>alert')
  })
})
