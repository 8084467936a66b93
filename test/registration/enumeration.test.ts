import { describe, expect, it } from 'vitest'
import { type MailWorld, mailWorld } from '../links/support.ts'
import { statementsDuring } from '../support/statements.ts'

const file = `
registration: { mode: open }
limits: { registration: { ip: 1000/1h }, recovery: { ip: 1000/1h, email: 1000/1h }, mail: { email: 1000/1h } }
`
const KEYS_ARE_COLD_MS = 120_000

async function armsWorld() {
  const world = await mailWorld({ file })
  const known = await world.addPerson({ email: 'known@example.com' })
  const locked = await world.addPerson({ email: 'locks@example.com' })
  const disabled = await world.addPerson({ email: 'ended@example.com' })
  await world.database.app.transaction().execute((tx) => world.users.lock(tx, world.by, locked.id, 'not-me'))
  await world.users.disable(world.by, disabled.id)
  return { world, emails: [known.email, locked.email, disabled.email, 'never@example.com'] }
}

/** All that somebody who asks could see or measure, and what it left behind. */
async function once(world: MailWorld, path: string, email: string) {
  const before = await rowsOf(world)
  const answers: Response[] = []
  const asPage = { accept: 'text/html' }
  const statements = await statementsDuring(async () => answers.push(await world.post(path, { email }, asPage)))
  const [answer] = answers
  const cookie =
    answer?.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ') ?? ''
  const page = await world.open(answer?.headers.get('location') ?? '', { cookie })
  const after = await rowsOf(world)
  return {
    status: answer?.status,
    // The note is sealed: as long for one as for the other.
    headers: [...(answer?.headers ?? [])]
      .filter(([name]) => !/^(x-request-id|date|ratelimit)$/.test(name))
      .map(([name, value]) => [name, value.replaceAll(/note=[\w.-]+/g, ({ length }) => `note of ${length}`)]),
    page: (await page.text()).replaceAll(email, 'EMAIL'),
    statements,
    rows: after.map((count, n) => count - (before[n] ?? 0)),
  }
}

async function rowsOf({ database }: MailWorld): Promise<number[]> {
  const admin = await database.superuser()
  const counts: number[] = []
  for (const table of ['links', 'outbox', 'events', 'users', 'user_emails', 'pgboss.job']) {
    const { rows } = await admin.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)
    counts.push(rows[0]?.n ?? 0)
  }
  return counts
}

const isKeyRead = (statement: string) => statement.includes('"person_keys"')

describe.each(['/register', '/recover'] as const)('%s tells nobody who has an account (threat 25)', (path) => {
  it('by status, headers, page, statements or rows', async () => {
    const { world, emails } = await armsWorld()
    // Once before: what a process keeps at hand is at hand for everybody.
    for (const email of emails) await once(world, path, email)
    const unknown = await once(world, path, 'never@example.com')
    expect(unknown.status).toBe(303)
    expect(unknown.page).toContain('<h1')
    expect(unknown.statements.length).toBeGreaterThan(5)
    expect(unknown.statements.filter(isKeyRead)).toEqual([])
    expect(unknown.rows).toEqual([1, 1, 1, 0, 0, 1])
    for (const email of emails) expect({ email, ...(await once(world, path, email)) }).toEqual({ email, ...unknown })
  })

  it('by more than the reading of a key that was not at hand, which the steps of time hide', async () => {
    const { world, emails } = await armsWorld()
    for (const email of emails) await once(world, path, email)
    const others: string[][] = []
    for (const email of emails) {
      world.clock.advance(KEYS_ARE_COLD_MS)
      const { statements } = await once(world, path, email)
      expect(statements.filter(isKeyRead).length).toBeLessThanOrEqual(2)
      others.push(statements.filter((statement) => !isKeyRead(statement)))
    }
    for (const statements of others) expect(statements).toEqual(others.at(-1))
  })

  it('but mails to whom it should', async () => {
    const { world, emails } = await armsWorld()
    for (const email of emails) await once(world, path, email)
    const mailed = (await world.letters()).map(({ to, message }) => `${to} ${message}`)
    expect(mailed).toEqual(
      path === '/recover'
        ? ['known@example.com recovery', 'locks@example.com recovery']
        : [
            'known@example.com already-registered',
            'locks@example.com already-registered',
            'ended@example.com already-registered',
            'never@example.com registration',
          ],
    )
  })
})

describe('the time of an answer', () => {
  it('is a whole step at least, whoever it is about', async () => {
    const world = await mailWorld()
    await world.addPerson({ email: 'known@example.com' })
    for (const email of ['known@example.com', 'never@example.com']) {
      const start = performance.now()
      await world.post('/recover', { email })
      expect(performance.now() - start).toBeGreaterThanOrEqual(49)
    }
  })
})
