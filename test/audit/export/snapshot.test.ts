import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { createEntryOpener, type EntryOpener } from '../../../src/audit/entry/opened.ts'
import type { ExportLine } from '../../../src/audit/export/lines.ts'
import { createAuditExport } from '../../../src/audit/export/service.ts'
import { fail } from '../../../src/lib/result.ts'
import { type ChainedDatabase, chainedDatabase } from '../verify/chained-database.ts'

const operator = { actor: { kind: 'operator', id: 'audit export' } } as const
const opener = createEntryOpener({ persons: async () => async () => fail('erased') })

async function exported(at: ChainedDatabase, take: (lines: AsyncIterable<ExportLine>) => Promise<void>, by = opener) {
  const { owner } = at.db
  const { run } = createAuditExport({
    owner,
    opener: by,
    record: at.recordEvent,
    append: () => at.append(),
    issuer: 'https://id.example.com',
    clock: at.clock,
  })
  await run(operator, { filter: {}, format: 'ndjson' }, take)
}

it('[STO-12] an export is of one moment: what is taken away or comes while it is read changes nothing of it', async () => {
  const at = await chainedDatabase()
  for (let n = 0; n < 3; n++) await at.write()
  const taken: string[] = []
  await exported(at, async (lines) => {
    for await (const line of lines) {
      if (line.type === 'log') {
        await at.tamper('DELETE FROM events WHERE id = (SELECT event_id FROM audit_chain WHERE seq = 2)')
        await at.write()
        await at.append()
        await at.sign()
      }
      if ('seq' in line) taken.push(`${line.type} ${line.seq}`)
      if (line.type === 'checkpoint') taken.push(line.type)
    }
  })
  // The last is the export itself.
  expect(taken).toEqual(['entry 1', 'entry 2', 'entry 3', 'entry 4'])
})

it('an export changes nothing, and who stops reading it holds its snapshot for ten minutes at most', async () => {
  const at = await chainedDatabase()
  await at.write()
  const shown: unknown[] = []
  const asking: EntryOpener = {
    open: async (tx, entries) => {
      const { rows } = await sql`
        SELECT current_setting('idle_in_transaction_session_timeout') AS pause,
          current_setting('transaction_read_only') AS reads`.execute(tx)
      shown.push(...rows)
      return opener.open(tx, entries)
    },
  }
  const drained = async (lines: AsyncIterable<ExportLine>) => {
    for await (const _ of lines);
  }
  await exported(at, drained, asking)
  expect(shown[0]).toEqual({ pause: '10min', reads: 'on' })
  expect(new Set(shown.map((one) => JSON.stringify(one))).size).toBe(1)
})
