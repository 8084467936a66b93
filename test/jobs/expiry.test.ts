import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { begin } from '../../src/db/pooled-db.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { deleteExpired, type Expiring } from '../../src/jobs/expiry.ts'
import { testDatabase } from '../support/database.ts'
import { arranging } from '../support/event-guard.ts'
import { statementsDuring } from '../support/statements.ts'

const now = new Date('2030-01-15T12:00:00Z')
const jwts: Expiring = { table: 'oidc_used_jwts' }

/** Dead and living ones, mixed as they come. */
const fill = (owner: Parameters<typeof inTransaction>[0], count: number) =>
  inTransaction(owner, async (tx) => {
    await arranging(tx)
    await sql`INSERT INTO oidc_used_jwts (hash, expires_at)
      SELECT sha256(n::text::bytea), ${now}::timestamptz + (CASE WHEN n % 2 = 0 THEN -1 ELSE 1 END) * n * interval '1 s'
      FROM generate_series(1, ${count}::int) n`.execute(tx)
    await sql`ANALYZE oidc_used_jwts`.execute(tx)
  })

describe('what has expired', () => {
  it('is removed in batches of the size that was asked for, the oldest first, and nothing that has not', async () => {
    const { owner } = await testDatabase()
    await fill(owner, 20)
    expect(await deleteExpired(owner, jwts, now, 4)).toBe(4)
    const { rows } = await sql<{ oldest: Date }>`SELECT min(expires_at) AS oldest FROM oidc_used_jwts`.execute(owner)
    expect(rows[0]?.oldest).toEqual(new Date(now.getTime() - 12_000))
    expect([await deleteExpired(owner, jwts, now, 4), await deleteExpired(owner, jwts, now, 4)]).toEqual([4, 2])
    expect(await deleteExpired(owner, jwts, now, 4)).toBe(0)
    const left = await sql<{ number: number }>`SELECT count(*)::int AS number FROM oidc_used_jwts`.execute(owner)
    expect(left.rows[0]?.number).toBe(10)
  })

  it('waits for nobody: what somebody holds is left for the next run', async () => {
    const { owner } = await testDatabase()
    await fill(owner, 4)
    const held = await begin(owner)
    await sql`SELECT hash FROM oidc_used_jwts WHERE hash = sha256('4'::bytea) FOR UPDATE`.execute(held.tx)
    expect(await deleteExpired(owner, jwts, now, 100)).toBe(1)
    await held.rollback()
    expect(await deleteExpired(owner, jwts, now, 100)).toBe(1)
  })

  it('is left alone where it was renewed meanwhile', async () => {
    const { owner } = await testDatabase()
    await fill(owner, 2)
    const renewing = await begin(owner)
    await sql`UPDATE oidc_used_jwts SET expires_at = ${now}::timestamptz + interval '1 h' WHERE hash = sha256('2'::bytea)`.execute(
      renewing.tx,
    )
    expect(await deleteExpired(owner, jwts, now, 100)).toBe(0)
    await renewing.commit()
    expect(await deleteExpired(owner, jwts, now, 100)).toBe(0)
  })

  it.each<Expiring>([
    { table: 'oidc_artifacts' },
    { table: 'oidc_used_jwts' },
    { table: 'login_attempts' },
    { table: 'links' },
    { table: 'totp_offers' },
    { table: 'email_codes' },
    { table: 'passkey_challenges' },
    { table: 'revocations' },
    { table: 'rate_limits', column: 'expire', written: (moment) => String(moment.getTime()) },
    { table: 'known_browsers', column: 'last_seen_at' },
  ])('of $table is found by an index, and again by where it lies', async (one) => {
    const { owner } = await testDatabase()
    const [text = ''] = (await statementsDuring(() => deleteExpired(owner, one, now, 1000))).filter((each) =>
      /DELETE/.test(each),
    )
    await inTransaction(owner, async (tx) => {
      // So small a table is read whole otherwise: what there is to be had by an index is asked.
      await sql`SET LOCAL enable_seqscan = off`.execute(tx)
      await sql`SET LOCAL enable_sort = off`.execute(tx)
      const { rows } = await sql.raw<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${text}`).execute(tx)
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toMatch(/^Delete on \w+ .*\n.*\n?[\s\S]*Tid Scan/)
      expect(plan).toContain('Index Scan using')
      expect(plan, 'the index is for the search alone').not.toMatch(/Filter: \(ctid/)
      expect(plan).not.toMatch(/Seq Scan|Sort/)
    })
  })
})
