import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readMigrations } from '../../src/db/migrations/files.ts'
import { planMigrations } from '../../src/db/migrations/plan.ts'

async function folder(files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'hearthkey-migrations-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
  return dir
}

const appliedAt = new Date('2030-01-01T00:00:00Z')

describe('migration files', () => {
  it('are read in the order of their numbers, each with its reason', async () => {
    const files = await readMigrations(
      await folder({
        '0002_b.sql': '-- Reason: two.\nSELECT 2;',
        '0001_a.sql': '-- Reason: one\n-- and more.\nSELECT 1;',
      }),
    )
    expect(files.map(({ version, name, reason }) => [version, name, reason])).toEqual([
      [1, '0001_a.sql', 'one and more.'],
      [2, '0002_b.sql', 'two.'],
    ])
  })

  it.each([
    ['a gap in the numbers', { '0002_b.sql': '-- Reason: two.' }],
    ['two files of one number', { '0001_a.sql': '-- Reason: a.', '0001_b.sql': '-- Reason: b.' }],
    ['a name that is no number', { 'first.sql': '-- Reason: a.' }],
    ['a file without a reason', { '0001_a.sql': 'SELECT 1;' }],
  ])('refuse %s', async (_what, files) => {
    await expect(readMigrations(await folder(files))).rejects.toThrow(/migrations\//)
  })

  it('have the same checksum with either line ending', async () => {
    const [unix] = await readMigrations(await folder({ '0001_a.sql': '-- Reason: a.\nSELECT 1;\n' }))
    const [windows] = await readMigrations(await folder({ '0001_a.sql': '-- Reason: a.\r\nSELECT 1;\r\n' }))
    expect(windows?.checksum).toBe(unix?.checksum)
  })

  it('of this program all parse', async () => {
    expect((await readMigrations()).length).toBeGreaterThan(0)
  })
})

describe('the plan', () => {
  const file = { version: 1, name: '0001_a.sql', reason: 'a', checksum: 'abc', sql: '' }
  const row = { version: 1, name: '0001_a.sql', checksum: 'abc', applied_at: appliedAt }

  it('is what has not been applied', () => {
    const second = { ...file, version: 2, name: '0002_b.sql' }
    expect(planMigrations([file, second], [row]).pending).toEqual([second])
  })

  it('refuses a database that is newer than the program', () => {
    expect(() => planMigrations([file], [row, { ...row, version: 2, name: '0002_later.sql' }])).toThrow(
      expect.objectContaining({ code: 'database-newer', detail: expect.stringContaining('0002_later.sql') }),
    )
  })

  it('refuses a migration that was changed after it was applied', () => {
    expect(() => planMigrations([{ ...file, checksum: 'def' }], [row])).toThrow(
      expect.objectContaining({ code: 'migration-changed' }),
    )
  })
})
