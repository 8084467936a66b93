import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { passwordChange } from '../../src/account/password/change.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { findHeld } from '../../src/factors/store.ts'
import { browserIn } from '../../src/guard/browsers/browser.ts'
import { accountParts } from '../../src/instance/account.ts'
import { openCompanies } from '../../src/instance/companies.ts'
import { signInParts } from '../../src/instance/sign-in.ts'
import { toBase64url } from '../../src/lib/base64url.ts'
import { Secret } from '../../src/lib/secret.ts'
import { putAttempt } from '../../src/login/attempts/store.ts'
import { putArtifacts } from '../../src/oidc/artifacts/store.ts'
import { userId } from '../../src/users/user.ts'
import { type MailWorld, mailWorld } from '../links/support.ts'

const next = new Secret('nine small owls under a quilt')

function newBrowser() {
  const browser = browserIn(toBase64url(randomBytes(32)))
  if (!browser) throw new Error('no browser')
  return browser
}

/** Somebody whose account is open to others in every way there is. */
async function everythingOpen() {
  const world = await mailWorld()
  const { by, clock, database, guard, links, sessions } = world
  const user = await world.addPerson()
  const db = database.app
  const later = new Date(clock.now().getTime() + 3_600_000)
  const [mine, other] = [newBrowser(), newBrowser()]
  const [myAttempt, otherAttempt] = [randomBytes(32), randomBytes(32)]
  const start = { user: user.id, amr: ['pwd'], acr: 'x', userAgent: undefined, ip: '192.0.2.7', at: clock.now() }
  const opened = await inTransaction(db, async (tx) => {
    for (const browser of [mine, other]) await guard.browsers.remember(tx, user.id, browser)
    for (const uidHash of [myAttempt, otherAttempt])
      await putAttempt(
        tx,
        { uidHash, expiresAt: later },
        {
          version: 1,
          user: user.id,
          proofs: [{ factor: 'password', user: user.id, at: clock.now() }],
          mustChangePassword: true,
          passed: {},
        },
      )
    const issue = (purpose: 'recovery' | 'email-change') =>
      links.issue(tx, by, { purpose, person: user.id, data: { email: user.email, address: 'eve@example.com' } })
    const [first, second, change] = [await issue('recovery'), await issue('recovery'), await issue('email-change')]
    const session = await sessions.start(tx, by, start)
    await sessions.start(tx, by, start)
    return { first, second, change, session }
  })
  const grant = randomBytes(32)
  const row = {
    uid_hash: null,
    org_id: null,
    client_id: 'invoices',
    payload: '{}',
    sealed: null,
    created_at: clock.now(),
  }
  const of = { ...row, grant_hash: grant, user_id: userId.toUuid(user.id), expires_at: later }
  await putArtifacts(db, [
    { ...of, id_hash: grant, kind: 'Grant' },
    { ...of, id_hash: randomBytes(32), kind: 'RefreshToken' },
  ])
  const attempt = { pool: 'password', email: guard.emailKey(user.email), user: user.id } as const
  for (let time = 0; time < 5; time += 1) await guard.lockout.begin(attempt)

  const reasonsOf = async (action: string) =>
    (
      await inInstance(world.services.database.owner, (tx) =>
        tx.selectFrom('events').select('after').where('action', '=', action).execute(),
      )
    ).map(({ after }) => after)
  const left = async () => ({
    attempts: (await db.selectFrom('login_attempts').select('uid_hash').execute()).map(({ uid_hash }) => uid_hash),
    browsers: (await db.selectFrom('known_browsers').select('browser_hash').execute()).map((row) => row.browser_hash),
    artifacts: (await db.selectFrom('oidc_artifacts').select('kind').execute()).map(({ kind }) => kind),
    sessions: (await db.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()).length,
    links: [
      await links.look('recovery', opened.second.token.reveal()),
      await links.look('email-change', opened.change.token.reveal()),
    ],
    signIn: (await guard.lockout.begin(attempt)).kind,
    grantsRevoked: await reasonsOf('grants.revoked'),
    letters: (await world.letters()).map(({ message }) => message),
    verdict: await world.passwords.verify(user.id, next),
  })
  return { world, user, mine, myAttempt, opened, left }
}

const nothing = {
  attempts: [] as Buffer[],
  browsers: [] as Buffer[],
  artifacts: [],
  sessions: 0,
  links: [undefined, undefined],
  signIn: 'go',
  letters: ['notice password-changed'],
  verdict: 'match',
}
const wiring = (world: MailWorld) => ({ ...world, people: { ...world.people } })

it('[STO-3] a recovered account is open to nobody who was in it', async () => {
  const { world, opened, left } = await everythingOpen()
  const done = await world.recovery.reset(world.by, opened.first.token.reveal(), { password: next })
  expect(done).toMatchObject({ ok: true })
  expect(await left()).toEqual({ ...nothing, grantsRevoked: [{ reason: 'account-recovered' }] })
})

it('[MOS-3] neither is one whose password had to be changed at sign-in: that sign-in alone goes on', async () => {
  const { world, user, myAttempt, left } = await everythingOpen()
  const { newPasswords } = signInParts(wiring(world))
  const prepared = await newPasswords.prepare(user, next, { hasSecondFactor: false })
  if (!prepared.ok) throw new Error(prepared.error.reason)
  const how = { userAgent: undefined, keepAttempt: myAttempt }
  const replace = (stillCounts: boolean) =>
    inTransaction(world.database.app, (tx) =>
      newPasswords.replace(tx, world.by, user.id, prepared.value, { ...how, stillCounts: async () => stillCounts }),
    )
  expect(await replace(false)).toBe(false)
  expect((await left()).sessions, 'nothing is ended where nothing counts').toBe(2)
  expect(await replace(true)).toBe(true)
  expect(await left()).toEqual({
    ...nothing,
    attempts: [myAttempt],
    grantsRevoked: [{ reason: 'password-changed' }],
  })
})

it('[DRP-2] neither is one whose owner has changed the password: where they sit stays signed in, and known', async () => {
  const { world, user, mine, opened, left } = await everythingOpen()
  const account = accountParts({ ...wiring(world), companies: openCompanies(wiring(world)) })
  const viewer = { user: user.id, session: opened.session, authTime: world.clock.now(), amr: ['pwd'], acr: 'aal1' }
  const visit = {
    viewer,
    user,
    by: world.by,
    locale: 'en',
    steppedUpAt: world.clock.now(),
    proofs: [],
    mailbox: 'not-asked' as const,
  }
  const done = await passwordChange(account).change({ ...visit, browser: mine }, next)
  if (!done.ok || !done.value) throw new Error('the change was refused')
  expect(await left()).toEqual({
    ...nothing,
    sessions: 1,
    browsers: [done.value.hash],
    grantsRevoked: [{ reason: 'password-changed' }],
  })
})

it('a recovery by mail forgets what was guessed at the password, and nothing of what was guessed at the second factor', async () => {
  const world = await mailWorld()
  const user = await world.addPerson()
  const attempt = (pool: 'password' | 'second-factor') =>
    world.guard.lockout.begin({ pool, email: world.guard.emailKey(user.email), user: user.id })
  for (let time = 0; time < 5; time += 1) await Promise.all([attempt('password'), attempt('second-factor')])
  await world.post('/recover', { email: user.email })
  const link = await world.linkTo('/recover/password')
  expect((await world.post(link, { password: next.reveal() })).status).toBe(303)
  expect([(await attempt('password')).kind, (await attempt('second-factor')).kind]).toEqual(['go', 'locked'])
})

it.each([
  ['by mail, it is one that the mailbox alone has set', true],
  ['by the operator’s link, it is not: no mailbox was proven', false],
])('a password that is recovered %s', async (_how, byMailbox) => {
  const world = await mailWorld()
  const user = await world.addPerson()
  const issued = byMailbox ? undefined : await world.recovery.issueFor(world.by, user, { factors: 'kept' })
  if (byMailbox) await world.post('/recover', { email: user.email })
  const handed = issued?.ok ? new URL(issued.value.url.reveal()) : undefined
  const link = handed ? handed.pathname + handed.search : await world.linkTo('/recover/password')
  expect((await world.post(link, { password: next.reveal() })).status).toBe(303)
  expect((await findHeld(world.database.app, user.id)).passwordByMailbox).toBe(byMailbox)
})
