import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const source = (path: string) => JSON.stringify(join(import.meta.dirname, '../../../src', path))

/** Its lines are made while they are read, each behind the one before: nothing of it stands anywhere. */
const program = (entries: number) => `
  import { entryHash } from ${source('audit/chain/leaf.ts')}
  import { linkHash, NO_LINK } from ${source('audit/chain/link.ts')}
  import { linesOfStream } from ${source('audit/verify/source/file.ts')}
  import { verifyLog } from ${source('audit/verify/verify.ts')}
  let bytes = 0
  async function* log() {
    yield Buffer.from('{"type":"log","version":1,"issuer":"x","exportedAt":"2026-03-01T00:00:00Z","complete":true}\\n')
    let previous = NO_LINK
    for (let seq = 1; seq <= ${entries}; seq++) {
      const id = 'evt_' + seq.toString(16).padStart(32, '0')
      const entry = { v: 1, id, time: '2026-03-01T00:00:00.000Z', org: null, action: 'a.b', actor: { kind: 'system', id: 'x', name: null },
        target: { kind: 'a', id: 'b' }, before: null, after: { note: 'x'.repeat(1500) }, personal: null, origin: null, session: null, request: null }
      const hash = entryHash(entry)
      previous = linkHash(previous, { seq, id, at: new Date(entry.time), organisation: null, entryHash: hash })
      const line = Buffer.from(JSON.stringify({ type: 'entry', seq, entry, entryHash: hash.toString('hex'), hash: previous.toString('hex') }) + '\\n')
      bytes += line.length
      yield line
    }
  }
  const { finding, summary } = await verifyLog(linesOfStream(log()))
  process.stdout.write(JSON.stringify({ finding: finding ?? null, entries: summary.entries, bytes }))`

/** Node itself and what it loads take a good 20 MB of these. */
const HEAP_MB = 40
const ENTRIES = 60_000

test('[TOS-6] a log of more than twice the memory that there is is verified', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    `--max-old-space-size=${HEAP_MB}`,
    '--input-type=module',
    '--eval',
    program(ENTRIES),
  ])
  const { finding, entries, bytes } = JSON.parse(stdout)
  expect({ finding, entries }).toEqual({ finding: null, entries: ENTRIES })
  expect(bytes).toBeGreaterThan(2 * HEAP_MB * 1024 * 1024)
}, 60_000)
