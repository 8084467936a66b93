import { expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { jobHandlers } from '../../src/instance/jobs.ts'
import { defineId } from '../../src/lib/ids.ts'
import { readPosition } from '../../src/revocations/position.ts'
import type { Revocation } from '../../src/revocations/revocation.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

const DAY = 24 * 3_600_000

interface Gate {
  readonly opened: Promise<void>
  open(): void
}
function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

function feedOf({ services: { database, revocations } }: TestApp) {
  const announce = (sub: string) =>
    inTransaction(database.app, (tx) => revocations.announce(tx, { sub, reason: 'test' }))
  /** Announced, and committed only when the gate is opened. */
  const announceSlowly = async (sub: string) => {
    const [written, held] = [gate(), gate()]
    const done = inTransaction(database.app, async (tx) => {
      await revocations.announce(tx, { sub, reason: 'test' })
      written.open()
      await held.opened
    })
    await written.opened
    const commit = () => {
      held.open()
      return done
    }
    return { commit }
  }
  const read = async (after?: string, limit = 100) => {
    const page = await revocations.since(after, limit)
    if (!page.ok) throw new Error(page.error)
    return { ...page.value, subs: page.value.entries.map(({ sub }) => sub) }
  }
  /** Until there is no more at the moment. */
  const readAll = async (after?: string, limit?: number) => {
    const entries: Revocation[] = []
    for (let from = after; ; ) {
      const page = await read(from, limit)
      entries.push(...page.entries)
      from = page.next
      if (!page.more) return { subs: entries.map(({ sub }) => sub), next: page.next }
    }
  }
  return { announce, announceSlowly, read, readAll }
}

it('tells each reader what came since they last asked, and nothing twice where nothing overlaps', async () => {
  const { announce, read } = feedOf(await createTestApp())
  const empty = await read()
  expect(empty).toMatchObject({ entries: [], more: false })
  await announce('a')
  await announce('b')
  const first = await read(empty.next)
  expect(first.subs).toEqual(['a', 'b'])
  expect((await read(first.next)).subs).toEqual([])
  await announce('c')
  expect((await read(first.next)).subs).toEqual(['c'])
  expect((await read()).subs, 'a new reader is told all').toEqual(['a', 'b', 'c'])
})

it('loses nothing that commits after what was written later, and holds nothing back while a transaction is open', async () => {
  const { announce, announceSlowly, read } = feedOf(await createTestApp())
  const late = await announceSlowly('late')
  await announce('soon')
  const first = await read()
  expect(first.subs).toEqual(['soon'])
  await late.commit()
  const second = await read(first.next)
  expect(second.subs).toEqual(['late'])
  expect((await read(second.next)).subs).toEqual([])
})

it('loses nothing that commits in the middle of a round of pages, before and behind the page', async () => {
  const { announce, announceSlowly, read, readAll } = feedOf(await createTestApp())
  const early = await announceSlowly('early')
  for (const sub of ['a', 'b', 'c', 'd']) await announce(sub)
  const first = await read(undefined, 2)
  expect([first.subs, first.more]).toEqual([['a', 'b'], true])
  await early.commit()
  await announce('e')
  const rest = await readAll(first.next, 2)
  expect(rest.subs).toEqual(['c', 'd', 'e'])
  const after = await readAll(rest.next, 2)
  expect(after.subs).toEqual(['early', 'e'])
  expect((await readAll(after.next, 2)).subs).toEqual([])
})

it('begins anew for a reader who comes from another history, as after a restore', async () => {
  const { announce, read } = feedOf(await createTestApp())
  await announce('a')
  const far = '900000000000:900000000005:900000000002'
  expect((await read(far)).subs).toEqual(['a'])
})

it('begins anew also where the other history has counted past the place of the reader before they ask again', async () => {
  const app = await createTestApp()
  const { announce, read } = feedOf(app)
  await announce('known')
  const before = await read()
  // What the restored database has counted since is less than, and then as much as, the one before had when it was asked.
  await announce('after the restore')
  const { rows } = await app.database.ownerPool.query<{ xid: string }>(
    'SELECT max(xid::text::bigint)::text AS xid FROM revocations',
  )
  const beyond = String(BigInt(rows[0]?.xid ?? '') + 1n)
  const place = before.next.replace(/@.*/, `@${beyond}:${beyond}:`)
  const read1 = await read(place)
  expect(read1.subs).toEqual(['known', 'after the restore'])
  expect((await read(read1.next)).subs, 'and that once').toEqual([])
})

it('tells all once to a reader whose place is from before places had a time', async () => {
  const { announce, read } = feedOf(await createTestApp())
  await announce('a')
  const { next } = await read()
  const old = await read(next.replace(/.*@/, ''))
  expect(old.subs).toEqual(['a'])
  expect((await read(old.next)).subs).toEqual([])
})

it.each([
  ['', 'nothing'],
  ['1', 'a number'],
  ['5:4:', 'ends before it begins'],
  ['1:9:7,6', 'open ones out of order'],
  ['1:9:9', 'open beyond the end'],
  ['99999999999999999999:99999999999999999999:', 'too large'],
  ["1:1:'; DROP TABLE revocations", 'a statement'],
  ['1:5:_1:6:_7', 'half a position'],
  ['1:5:_1:6:_7_x', 'no id'],
  ['@1:5:', 'no time'],
  ['99999999999999999@1:5:', 'a time beyond all'],
  ['1@2@1:5:', 'two times'],
])('refuses %j as a position: %s', async (text) => {
  expect(readPosition(text)).toBeUndefined()
})

it('forgets what no token can outlive, and no sooner', async () => {
  const app = await createTestApp()
  const { announce, read } = feedOf(app)
  const count = async () => {
    const rows = await app.services.database.app.selectFrom('revocations').select('id').execute()
    return rows.length
  }
  const clean = async () => {
    const { config, services, clock, log } = app
    const handler = jobHandlers({ config, services, clock, log: log.log }).find(
      ({ kind }) => kind.name === 'revocations.clean',
    )
    await handler?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
  }
  await announce('a')
  app.clock.advance(DAY)
  await clean()
  expect([(await read()).subs, await count()]).toEqual([['a'], 1])
  app.clock.advance(5 * 60_000)
  expect((await read()).subs).toEqual([])
  await clean()
  expect(await count()).toBe(0)
})

it('carries whatever was named', async () => {
  const { services } = await createTestApp()
  const named = {
    sub: defineId('usr').generate(),
    organisation: defineId('org').generate(),
    sid: defineId('ses').generate(),
    clientId: 'shop',
    apiKey: defineId('key').generate(),
  }
  await inTransaction(services.database.app, (tx) => services.revocations.announce(tx, { ...named, reason: 'test' }))
  expect(await services.revocations.since(undefined, 10)).toMatchObject({
    ok: true,
    value: { entries: [{ ...named, reason: 'test' }] },
  })
})
