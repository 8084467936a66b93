import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compactVerify, importJWK } from 'jose'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { readChain } from '../../../src/audit/chain/read.ts'
import { headsToFile } from '../../../src/audit/heads/file.ts'
import { isDue } from '../../../src/audit/heads/mail.ts'
import { unsignedSince } from '../../../src/audit/keeping/store.ts'
import { verifyDatabase } from '../../../src/audit/verify/database.ts'
import { readHeads } from '../../../src/cli/audit/given.ts'
import { inInstance, inTransaction } from '../../../src/db/transaction.ts'
import { createLog } from '../../../src/lib/log.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { keepingWorld } from './keeping-support.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
type World = Awaited<ReturnType<typeof keepingWorld>>

async function opened({ keys }: Pick<World, 'keys'>, jws: string) {
  const all = await keys.public()
  const { payload, protectedHeader } = await compactVerify(jws, async ({ kid }) => {
    const key = all.find((one) => one.kid === kid)
    if (!key) throw new Error(`unknown ${kid}`)
    return importJWK(key.jwk)
  })
  return { header: protectedHeader, payload: JSON.parse(new TextDecoder().decode(payload)) }
}

const unsignedSinceOf = (owner: World['owner']) => inInstance(owner, unsignedSince)

const hashAt = async ({ owner }: Pick<World, 'owner'>, seq: number) => {
  const [one] = await inInstance(owner, (tx) => readChain(tx, { after: seq - 1, limit: 1 }))
  return (one?.kind === 'entry' ? one.entry.hash : one?.link.hash)?.toString('hex')
}

describe('signed heads', () => {
  it('[MON-13] cover an event within the time that is set, one behind the other, and open with the published key', async () => {
    const world = await keepingWorld()
    const { turn, write, heads, clock, config } = world
    clock.advance(MINUTE)
    await write()
    await turn()
    const before = (await heads()).length
    await write()
    await turn()
    expect(await heads()).toHaveLength(before)
    clock.advance(10 * MINUTE)
    await turn()
    const all = await heads()
    expect(all).toHaveLength(before + 1)
    let first = 1
    for (const { seq, firstSeq, jws, hash, kid } of all) {
      const { header, payload } = await opened(world, jws)
      expect(header).toEqual({ alg: 'EdDSA', typ: 'hearthkey-audit+jwt', kid })
      expect(payload).toEqual({
        iss: config.server.issuerUrl,
        seq,
        first,
        head: hash.toString('hex'),
        at: expect.any(String),
      })
      expect(firstSeq).toBe(first)
      expect(payload.head).toBe(await hashAt(world, seq))
      first = seq + 1
    }
    // Nothing new: nothing is signed again.
    clock.advance(DAY)
    await turn()
    expect(await heads()).toHaveLength(before + 1)
  })

  it('are not put off by an event that says it is yet to happen', async () => {
    const { turn, owner, heads, clock, database } = await keepingWorld()
    await turn()
    clock.advance(11 * MINUTE)
    await turn()
    const before = (await heads()).length
    const admin = await database.superuser()
    await admin.query(`INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id)
      VALUES (uuidv7(), '2199-01-01', 'key.created', 'system', 'x', 'key', 'k')`)
    await turn()
    expect(await unsignedSinceOf(owner)).toEqual(clock.now())
    clock.advance(10 * MINUTE)
    await turn()
    const all = await heads()
    expect(all).toHaveLength(before + 1)
    // Nor is its segment kept until then.
    expect(all.at(-1)?.lastAt).toEqual(clock.now())
  })

  it('[MON-13] are not put off by a clock that was ahead, for an entry or for a head', async () => {
    const { turn, write, heads, clock } = await keepingWorld()
    await write()
    await turn()
    clock.advance(11 * MINUTE)
    await turn()
    const before = (await heads()).length
    for (const signsAhead of [false, true]) {
      clock.advance(730 * DAY)
      await write()
      await turn()
      if (signsAhead) {
        clock.advance(11 * MINUTE)
        await turn()
      }
      clock.advance(-730 * DAY)
      const signed = (await heads()).length
      await write()
      await turn()
      clock.advance(11 * MINUTE)
      await turn()
      expect((await heads()).length).toBeGreaterThan(signed)
    }
    expect((await heads()).length).toBeLessThan(before + 6)
    expect(isDue(new Date(clock.now().getTime() + 730 * DAY), clock.now())).toBe(true)
  })

  it('cover a thousand events at once, however young', async () => {
    const { turn, owner, heads, clock, database } = await keepingWorld()
    await turn()
    const admin = await database.superuser()
    clock.set(new Date())
    await admin.query(`INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id)
      SELECT uuidv7(), date_trunc('milliseconds', now()), 'key.created', 'system', 'x', 'key', 'k' FROM generate_series(1, 2500)`)
    await turn()
    const sizes = (await heads()).map(({ seq, firstSeq }) => seq - firstSeq + 1).filter((size) => size >= 1000)
    expect(sizes.length).toBeGreaterThanOrEqual(2)
    expect(Math.max(...sizes)).toBeLessThan(2100)
    const { seq } = await owner.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow()
    expect(Number(seq) - ((await heads()).at(-1)?.seq ?? 0)).toBeLessThan(1000)
  })

  it('leave by the log and by a file, each line once, and wait for a file that cannot be written', async () => {
    const directory = scratchDirectory('heads')
    const missing = join(directory, 'not-there')
    const headsFile = join(directory, 'heads.jws')
    const { turn, write, heads, clock, log } = await keepingWorld({ audit: { headsFile } })
    await writeFile(headsFile, 'kept\n')
    for (let n = 0; n < 3; n++) {
      await write()
      await turn()
      clock.advance(11 * MINUTE)
      await turn()
    }
    await turn()
    const jws = (await heads()).map((head) => head.jws)
    expect(jws.length).toBeGreaterThanOrEqual(3)
    expect((await readFile(headsFile, 'utf8')).split('\n')).toEqual(['kept', ...jws, ''])
    const said = log.lines().filter(({ msg }) => msg === 'a head of the audit log was signed')
    expect(said.map(({ jws: one }) => one)).toEqual(jws)
    const stuck = await keepingWorld({ audit: { headsFile: join(missing, 'heads.jws') } })
    await stuck.write()
    await stuck.turn()
    stuck.clock.advance(11 * MINUTE)
    await stuck.turn()
    await stuck.turn()
    expect(stuck.log.lines()).toContainEqual(expect.objectContaining({ level: 'warn', what: 'heads-file' }))
    expect(stuck.log.text()).toContain('a head of the audit log was signed')
  })

  it.each(['trace', 'info', 'warn', 'error', 'fatal', 'silent'] as const)(
    'leave by the log at every level that it may have: %s',
    async (level) => {
      const lines: string[] = []
      const log = createLog(level, { write: (line: string) => void lines.push(line) })
      const { turn, write, heads, clock } = await keepingWorld({ log })
      await write()
      await turn()
      clock.advance(11 * MINUTE)
      await turn()
      const [{ jws } = { jws: 'none' }] = await heads()
      expect(lines.filter((line) => line.includes(jws))).toHaveLength(1)
    },
  )

  it('are mailed once a day, the latest of them', async () => {
    const { turn, write, clock, owner } = await keepingWorld({ audit: { headsMail: ['auditor@example.com'] } })
    const letters = async () =>
      (await owner.selectFrom('outbox').select('message').where('message', '=', 'audit-head').execute()).length
    await turn()
    for (let hour = 0; hour < 48; hour++) {
      await write()
      clock.advance(60 * MINUTE)
      await turn()
    }
    expect(await letters()).toBe(2)
  })
})

describe('a file of heads that a full disk broke off', () => {
  it.each([20, 120, 400])('[TOS-6] goes on behind it on a line of its own, %i characters short', async (short) => {
    const { turn, write, heads, clock, owner } = await keepingWorld()
    for (let n = 0; n < 2; n++) {
      await write()
      await turn()
      clock.advance(11 * MINUTE)
      await turn()
    }
    const all = await heads()
    const [directory, jws] = [scratchDirectory('heads'), all.map((head) => head.jws)]
    const whole = jws[0] ?? ''
    const path = join(directory, 'heads.jws')
    await writeFile(path, whole.slice(0, -short))
    await inInstance(owner, (tx) => headsToFile(path).take(tx, all))
    const torn: number[] = []
    expect(await readHeads(directory, 'heads.jws', (line) => torn.push(line))).toEqual(jws)
    if (short < 300) expect(torn).toEqual([1])
    expect((await readFile(path, 'utf8')).split('\n')).toEqual([whole.slice(0, -short), ...jws, ''])
    // As an earlier version left it: on the same line.
    await writeFile(path, `${whole.slice(0, -short)}${jws.join('\n')}\n`)
    expect(await readHeads(directory, 'heads.jws')).toEqual(jws)
  })
})

describe('the key of the audit log', () => {
  it('cannot be held by the role that serves: it stops neither the chain nor its heads', async () => {
    const { turn, write, heads, clock, services } = await keepingWorld()
    await write()
    await turn()
    clock.advance(11 * MINUTE)
    await inTransaction(services.database.app, async (tx) => {
      await sql`SELECT pg_advisory_xact_lock(1751867765, 1)`.execute(tx)
      await turn()
      expect((await heads()).length).toBeGreaterThan(0)
      await expect(sql`LOCK TABLE audit_keys IN SHARE ROW EXCLUSIVE MODE`.execute(tx)).rejects.toThrow(
        'permission denied',
      )
    }).catch(() => undefined)
    expect((await heads()).length).toBeGreaterThan(0)
  })

  it('is rotated by a clock that was set back: each still stands behind the one that endorses it', async () => {
    const { keys, owner, clock } = await keepingWorld()
    clock.advance(-30 * DAY)
    const { active, retired } = await keys.rotate({ actor: { kind: 'operator', id: 'key rotate-audit' } })
    expect((await keys.public()).map(({ kid }) => kid)).toEqual([retired, active])
    expect((await verifyDatabase({ owner, now: clock.now() })).summary.keys.map(({ kid }) => kid)).toEqual([
      retired,
      active,
    ])
  })

  it('is rotated: the one before says who follows, and can sign nothing more; what it signed still opens', async () => {
    const world = await keepingWorld()
    const { turn, write, keys, heads, clock, owner, config } = world
    await write()
    await turn()
    clock.advance(11 * MINUTE)
    await turn()
    const { active, retired } = await keys.rotate({ actor: { kind: 'operator', id: 'key rotate-audit' } })
    await turn()
    clock.advance(11 * MINUTE)
    await turn()
    const [one, two] = await keys.public()
    expect([one?.kid, two?.kid]).toEqual([retired, active])
    expect(one?.endorsement).toBeNull()
    const endorsed = await opened(world, two?.endorsement ?? '')
    expect(endorsed.header).toEqual({ alg: 'EdDSA', typ: 'hearthkey-audit-key+jwt', kid: retired })
    expect(endorsed.payload).toEqual({
      iss: config.server.issuerUrl,
      kid: active,
      x: two?.jwk.x,
      at: expect.any(String),
    })
    const all = await heads()
    expect(all.map(({ kid }) => kid)).toEqual(expect.arrayContaining([retired, active]))
    for (const { jws } of all) await opened(world, jws)
    const rows = await owner.selectFrom('audit_keys').select(['kid', 'sealed']).orderBy('id').execute()
    expect(rows.map(({ sealed }) => sealed === null)).toEqual([true, false])
    await expect(
      owner.updateTable('audit_keys').set({ retired_at: null }).where('kid', '=', retired).execute(),
    ).rejects.toThrow('stays erased')
  })

  it('many times at once is as many rotations, one behind the other', async () => {
    const { keys } = await keepingWorld()
    const by = { actor: { kind: 'operator', id: 'test' } } as const
    const done = await Promise.all(Array.from({ length: 9 }, () => keys.rotate(by)))
    const all = await keys.public()
    expect(all).toHaveLength(10)
    expect(all.filter(({ retiredAt }) => retiredAt === null).map(({ kid }) => kid)).toEqual(
      done.map(({ active }) => active).filter((kid) => !done.some(({ retired }) => retired === kid)),
    )
  })
})
