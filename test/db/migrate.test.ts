import { describe, expect, it } from 'vitest'
import { withOwnerClient } from '../../src/db/database.ts'
import type { MigrationFile } from '../../src/db/migrations/files.ts'
import { migrate, migrationStatus } from '../../src/db/migrations/migrate.ts'
import { frozenClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { captureLog } from '../support/log.ts'

const clock = frozenClock()
const { log } = captureLog()

const file = (version: number, sql: string): MigrationFile => ({
  version,
  name: `000${version}_x.sql`,
  reason: 'x',
  checksum: `sum${version}`,
  sql,
})
const first = file(1, 'CREATE TABLE one (id int)')
const second = file(2, 'CREATE TABLE two (id int)')
const broken = file(2, 'CREATE TABLE two (id int); SELECT 1 / 0;')

const emptyDatabase = () => testDatabase({ template: 'template1' })

describe('migrate', () => {
  it('applies what is pending, once', async () => {
    const { target } = await emptyDatabase()
    await withOwnerClient(target, (client) => migrate(client, { clock, log, files: [first] }))
    const plan = await withOwnerClient(target, (client) => migrate(client, { clock, log, files: [first, second] }))
    expect(plan.pending).toEqual([second])
    const status = await withOwnerClient(target, (client) => migrationStatus(client, [first, second]))
    expect(status.applied.map(({ name, applied_at }) => [name, applied_at])).toEqual([
      [first.name, clock.now()],
      [second.name, clock.now()],
    ])
    expect(status.pending).toEqual([])
  })

  it('rolls a broken migration back whole and keeps those before it', async () => {
    const { target, superuser } = await emptyDatabase()
    await expect(
      withOwnerClient(target, (client) => migrate(client, { clock, log, files: [first, broken] })),
    ).rejects.toMatchObject({
      code: 'migration-failed',
      detail: expect.stringContaining('division by zero'),
    })
    const { rows } = await (await superuser()).query(
      `SELECT to_regclass('one') IS NOT NULL AS one, to_regclass('two') IS NOT NULL AS two`,
    )
    expect(rows[0]).toEqual({ one: true, two: false })
  })

  it('tries everything on a dry run and leaves nothing', async () => {
    const { target, superuser } = await emptyDatabase()
    const rehearse = (files: MigrationFile[]) =>
      withOwnerClient(target, (client) => migrate(client, { clock, log, files, dryRun: true }))
    expect((await rehearse([first, second])).pending).toHaveLength(2)
    await expect(rehearse([first, broken])).rejects.toMatchObject({ code: 'migration-failed' })
    const { rows } = await (await superuser()).query(
      `SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'`,
    )
    expect(rows[0]).toEqual({ tables: 0 })
  })

  it('lets one of several instances do the work while the others wait', async () => {
    const { target } = await emptyDatabase()
    const slow = file(1, 'SELECT pg_sleep(0.05); CREATE TABLE one (id int)')
    const plans = await Promise.all(
      Array.from({ length: 5 }, () =>
        withOwnerClient(target, (client) => migrate(client, { clock, log, files: [slow] })),
      ),
    )
    expect(plans.map(({ pending }) => pending.length).sort()).toEqual([0, 0, 0, 0, 1])
  })

  it('refuses a database that a newer program has migrated, and leaves it alone', async () => {
    const { target } = await emptyDatabase()
    await withOwnerClient(target, (client) => migrate(client, { clock, log, files: [first, second] }))
    await expect(
      withOwnerClient(target, (client) => migrate(client, { clock, log, files: [first] })),
    ).rejects.toMatchObject({ code: 'database-newer' })
  })
})
