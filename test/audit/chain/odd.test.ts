import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import type { ActorContext } from '../../../src/audit/actor.ts'
import { appendToChain } from '../../../src/audit/chain/append.ts'
import { readChain } from '../../../src/audit/chain/read.ts'
import { follow } from '../../../src/audit/following/follow.ts'
import { verifyDatabase } from '../../../src/audit/verify/database.ts'
import { inInstance, inTransaction } from '../../../src/db/transaction.ts'
import { chainOf } from '../../../src/instance/chain.ts'
import { openEntryOpener } from '../../../src/instance/entry-opener.ts'
import { ada, by, peopleWorld } from '../../users/support.ts'
import { chainWorld, verifyHashes, verifyLinks } from './support.ts'

describe('an entry that is odd does not stop the chain', () => {
  it('a row that no writer of ours left so is in it, and is told of', async () => {
    const { database, owner, clock, write, append, chained, log } = await chainWorld()
    const admin = await database.superuser()
    const insert = `INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id, after)
      VALUES ($1, $2, 'key.created', 'system', 'x', 'key', 'key_1', $3)`
    await write()
    // By one whom no policy binds, like rows that were there before the table refused them: those are not looked at.
    await admin.query(insert, ['11111111-1111-4111-8111-111111111111', new Date(), null])
    await admin.query(insert, ['ffffffff-ffff-ffff-ffff-ffffffffffff', new Date(), null])
    for (const time of ['infinity', '-infinity', '290000-01-01', '20000-01-01', '0044-03-15 BC'])
      await admin.query(insert, [v7(), time, null])
    await admin.query(insert, [v7(), new Date(), '{"n": 1e999}'])
    await admin.query(insert, [v7(), new Date(), `${'{"a":'.repeat(5500)}1${'}'.repeat(5500)}`])
    await admin.query(`INSERT INTO events (id, occurred_at, org_id, action, actor_kind, actor_id, target_kind, target_id)
      VALUES ('${v7()}', now(), '11111111-1111-4111-8111-111111111111', 'key.created', 'system', 'x', 'key', 'key_1')`)
    await write()
    expect(await append()).toBe(12)
    verifyLinks(await chained())
    expect((await chained()).filter(({ kind }) => kind === 'unreadable')).toHaveLength(10)
    expect(log.lines().filter(({ msg }) => String(msg).includes('none that this program writes'))).toHaveLength(10)
    await write()
    expect(await append()).toBe(1)
    // Named, and all of the rest looked at.
    const { finding, summary } = await verifyDatabase({ owner, now: new Date() })
    expect(finding).toMatchObject({ wrong: 'odd', id: expect.stringMatching(/^evt_[0-9a-f]{32}$/) })
    expect(finding?.detail).toContain('9 more')
    expect(summary.lastSeq).toBe(13)
    // Whoever follows goes past them.
    const heard: number[] = []
    const follower = {
      name: 'somebody',
      from: 'beginning',
      take: async (_: unknown, all: readonly { seq: number }[]) => void heard.push(...all.map(({ seq }) => seq)),
    } as const
    for (let n = 0; n < 3; n++) await follow({ owner, clock }, follower)
    expect(heard).toHaveLength(3)
  })

  it('a name that cannot be found is left out of its own entry alone, whatever went wrong', async () => {
    const { write, append, chained, log, verify } = await chainWorld()
    await write('key_1')
    const bad = await write('key_2')
    await write('key_3')
    const names = async (...[tx, entries]: Parameters<Parameters<typeof appendToChain>[0]['names']>) => {
      if (entries.some(({ id }) => id === bad))
        await tx.selectFrom('users').select('id').where('id', '=', 'no uuid').execute()
      return new Map(entries.map(({ id }) => [id, 'somebody']))
    }
    expect(await append({ names })).toBe(3)
    expect((await chained()).map((one) => one.kind === 'entry' && one.entry.actorName)).toEqual([
      'somebody',
      null,
      'somebody',
    ])
    expect(log.text()).toContain(bad)
    await verify()
  })
})

async function withAda() {
  const world = await peopleWorld()
  const { services, users, clock, log } = world
  const made = await users.create(by, ada)
  if (!made.ok) throw new Error(made.error)
  const { owner, app } = services.database
  const byAda: ActorContext = { actor: { kind: 'person', id: made.value.id }, ip: '203.0.113.7' }
  const act = () =>
    inTransaction(app, (tx) => services.events.recordEvent(tx, byAda, { action: 'key.created', target: 'key_1' }))
  const erase = () => inTransaction(owner, (tx) => services.keyring.persons.destroy(tx, made.value.id))
  const append = () => appendToChain(chainOf({ services, clock, log: log.log }))
  const opened = async () => {
    const all = await inInstance(owner, (tx) => readChain(tx, { after: 0, limit: 1000 }))
    verifyHashes(all)
    return openEntryOpener(services.keyring).open(
      owner,
      all.flatMap((one) => (one.kind === 'entry' ? [one.entry] : [])),
    )
  }
  return { act, erase, append, opened }
}

describe('what an actor was called', () => {
  it('[MON-13] is in the chain, sealed with their key; once they are erased the chain verifies, and the name is gone', async () => {
    const { act, erase, append, opened } = await withAda()
    const id = await act()
    await append()
    expect((await opened()).find((entry) => entry.id === id)?.actor.name).toBe(ada.name)
    await erase()
    await append()
    expect((await opened()).find((entry) => entry.id === id)).toMatchObject({ erased: true, actor: { name: null } })
  })

  it('is nothing where they were erased between the event and the chain', async () => {
    const { act, erase, append, opened } = await withAda()
    const id = await act()
    await erase()
    await append()
    expect((await opened()).find((entry) => entry.id === id)).toMatchObject({ erased: true, actor: { name: null } })
  })
})
