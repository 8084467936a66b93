import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { canonical } from '../../../src/audit/chain/canonical.ts'
import { entryHash } from '../../../src/audit/chain/leaf.ts'
import { linkHash, NO_LINK } from '../../../src/audit/chain/link.ts'
import { entryLine } from '../../../src/audit/verify/line.ts'
import { sha256 } from '../../../src/lib/hash.ts'
import { verifiedText } from './made-log.ts'

const guide = readFileSync(new URL('../../../docs/guides/audit-log.md', import.meta.url), 'utf8')
const example = (name: string) =>
  new RegExp(`<!-- example: ${name} -->\n\`\`\`json\n([\\s\\S]*?)\n\`\`\``).exec(guide)?.[1] ?? ''
const lines = example('lines')
  .split('\n')
  .map((line) => entryLine.parse(JSON.parse(line)))

test('[TOS-6] the example of the guide is right to the last digit', () => {
  expect(lines.length).toBe(2)
  let previous = NO_LINK
  for (const { seq, entry, entryHash: said, hash } of lines) {
    expect(entryHash(entry).toString('hex')).toBe(said)
    const link = {
      seq,
      id: entry.id,
      at: new Date(entry.time),
      organisation: entry.org,
      entryHash: Buffer.from(said, 'hex'),
    }
    previous = linkHash(previous, link)
    expect(previous.toString('hex')).toBe(hash)
  }
  expect(example('canonical')).toBe(canonical(lines[1]?.entry))
  expect(sha256(example('canonical')).toString('hex')).toBe(lines[1]?.entryHash)
  expect(sha256(example('link')).toString('hex')).toBe(lines[1]?.hash)
})

test('[TOS-6] the example of the guide is a log', async () => {
  const log =
    '{"type":"log","version":1,"issuer":"https://id.example","exportedAt":"2026-03-03T00:00:00Z","complete":true}'
  expect((await verifiedText(`${log}\n${example('lines')}\n`)).finding).toBeUndefined()
})
