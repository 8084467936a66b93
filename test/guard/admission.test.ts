import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { createAdmission } from '../../src/guard/admission/service.ts'
import { roundTripsDuring } from '../support/round-trips.ts'
import { type GuardWorld, guardWorlds, MINUTE, somebody, stranger } from './support.ts'

const guardWorld = guardWorlds()
const WINDOW = 15 * MINUTE

/** So far into the windows of the limits; 1 is their very end. */
const into = ({ clock }: GuardWorld, share: number) =>
  clock.set(new Date(Math.ceil(clock.now().getTime() / WINDOW) * WINDOW + Math.floor((WINDOW - 1) * share)))

interface Guess {
  readonly email?: string
  readonly user?: ReturnType<typeof somebody>
  readonly ip?: string
}

const guess = (
  { guard }: GuardWorld,
  { email: typed = 'ada@example.com', user, ip }: Guess = {},
  admit = guard.admit,
) => {
  const email = guard.emailKey(typed)
  const keys = { email, ...(ip !== undefined && { ip }) }
  return admit({ rule: 'signIn', keys }, { pool: 'password', email, user })
}

const countedIn = async ({ services }: GuardWorld) => {
  const { app } = services.database
  const { rows: failures } = await sql<{ failures: number }>`SELECT failures FROM lockouts`.execute(app)
  const { rows: limits } = await sql<{ points: number }>`SELECT points FROM rate_limits WHERE points > 0`.execute(app)
  return { failures: failures.map((row) => row.failures), points: limits.map((row) => row.points) }
}

const kindsOf = (all: readonly { readonly kind: string }[]) => {
  const kinds = all.map(({ kind }) => kind)
  return Object.fromEntries(
    [...new Set(kinds)].sort().map((kind) => [kind, kinds.filter((one) => one === kind).length]),
  )
}

describe('limits and lockout, asked at once', () => {
  it('let two hundred guesses at the same moment be judged as often as the steps say, over two processes (threat 15)', async () => {
    const world = await guardWorld({ yaml: 'limits: { signIn: { email: 1000/15m, ip: 1000/15m } }' })
    into(world, 0.9)
    const both = [world.guard, world.instance()]
    const user = somebody()
    const begun = await Promise.all(
      Array.from({ length: 200 }, (_, n) => guess(world, { user, ip: '192.0.2.7' }, both[n % 2]?.admit)),
    )
    expect(kindsOf(begun)).toEqual({ go: 5, locked: 195 })
    expect((await countedIn(world)).failures).toEqual([5])
  })

  it('let no more pass than a limit, and whoever is refused by one has not touched the lockout', async () => {
    const world = await guardWorld({ yaml: 'lockout: { steps: "99:1m" }' })
    into(world, 0.95)
    const both = [world.guard, world.instance()]
    const begun = await Promise.all(Array.from({ length: 60 }, (_, n) => guess(world, {}, both[n % 2]?.admit)))
    expect(kindsOf(begun)).toEqual({ go: 10, limited: 50 })
    const { failures, points } = await countedIn(world)
    expect(failures).toEqual([10])
    expect(points, 'what was refused was given back').toEqual([10])

    const row = async () =>
      (await sql<{ version: string }>`SELECT xmin::text AS version FROM lockouts`.execute(world.services.database.app))
        .rows
    const before = await row()
    // One that has not heard of the refusals yet, and so asks for both.
    expect((await guess(world, {}, world.instance().admit)).kind).toBe('limited')
    expect(await row()).toEqual(before)
  })

  it('judge one after the other where the window before has to be looked at, and count the same', async () => {
    const world = await guardWorld({ yaml: 'lockout: { steps: "99:1m" }' })
    into(world, 0.99)
    expect(kindsOf(await Promise.all(Array.from({ length: 20 }, () => guess(world))))).toEqual({ go: 10, limited: 10 })
    // Almost half of what the last window let through still weighs.
    into(world, 0.52)
    const begun: { readonly kind: string }[] = []
    for (let time = 0; time < 8; time += 1) begun.push(await guess(world))
    expect(kindsOf(begun)).toEqual({ go: 5, limited: 3 })
    expect((await countedIn(world)).failures).toEqual([15])
  })

  it('are one round trip, where the same questions one after the other are two, and answer the same', async () => {
    const world = await guardWorld()
    into(world, 0.9)
    const { guard, services } = world
    const inTurn = createAdmission({ ...guard, together: undefined })
    for (const [email, admit, trips] of [
      ['ada@example.com', guard.admit, 1],
      ['grace@example.com', inTurn, 2],
    ] as const) {
      const begun: Awaited<ReturnType<typeof guess>>[] = []
      const asked = await roundTripsDuring(async () => begun.push(await guess(world, { email }, admit)))
      expect(asked).toEqual({ trips, statements: trips })
      expect(begun).toMatchObject([{ kind: 'go', ticket: { pool: 'password', failures: 1, isLast: false } }])
    }
    const { rows } =
      await sql`SELECT pool, octet_length(browser) AS browser, failures, locked_until FROM lockouts`.execute(
        services.database.app,
      )
    expect(rows[0]).toEqual(rows[1])
  })

  it('reserve the failure that reaches a step with its pause, which is given back with it', async () => {
    const world = await guardWorld()
    into(world, 0.9)
    for (let time = 0; time < 4; time += 1) await guess(world)
    const fifth = await guess(world)
    if (fifth.kind !== 'go') throw new Error('it is the last that is judged')
    expect(fifth.ticket.lockedUntil).toEqual(new Date(world.clock.now().getTime() + 5 * MINUTE))
    expect((await guess(world)).kind).toBe('locked')
    await world.guard.lockout.giveBack(fifth.ticket)
    expect((await guess(world)).kind).toBe('go')
    expect(await world.guard.lockout.failed(stranger, fifth.ticket, undefined)).toMatchObject({ kind: 'locked' })
  })

  it('give the failure back where a refusal ends between two looks at the clock, and another one stands', async () => {
    const world = await guardWorld({ yaml: 'limits: { signIn: { email: 2/1s, ip: 1/15m } }' })
    const { clock } = world
    clock.set(new Date(Math.ceil(clock.now().getTime() / WINDOW) * WINDOW + 500))
    const [start, ip] = [clock.now().getTime(), '192.0.2.7']
    for (let time = 0; time < 3; time += 1) await guess(world)
    clock.set(new Date(start + 400))
    for (const email of ['grace@example.com', 'eve@example.com']) await guess(world, { email, ip })
    const before = await countedIn(world)

    const [early, late] = [new Date(start + 999), new Date(start + 1000)]
    vi.spyOn(clock, 'now').mockReturnValueOnce(early).mockReturnValueOnce(early).mockReturnValue(late)
    expect(await guess(world, { ip })).toMatchObject({ kind: 'limited' })
    vi.restoreAllMocks()
    expect((await countedIn(world)).failures.toSorted()).toEqual(before.failures.toSorted())
  })
})
