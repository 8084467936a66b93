import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entryHash } from '../../../src/audit/chain/leaf.ts'
import type { AuditLine, EntryLine } from '../../../src/audit/verify/line.ts'
import { verifyLog } from '../../../src/audit/verify/verify.ts'
import { describeVerdict } from '../../../src/cli/audit/verdict-words.ts'
import { chainedDatabase } from './chained-database.ts'
import {
  checkpoint,
  entryAt,
  head,
  isEntry,
  madeLog,
  rebuilt,
  type SigningKey,
  signingKey,
  storedEntry,
  verified,
  verifiedText,
} from './made-log.ts'

const verifier = join(import.meta.dirname, '../../../examples/audit-verifier/verify.mjs')
const folder = mkdtempSync(join(tmpdir(), 'hearthkey-left-out-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Given {
  readonly keys?: readonly SigningKey[]
  readonly heads?: readonly string[]
}

/** Ours, and the one that was written from the guide. */
async function judged(lines: readonly AuditLine[], { keys, heads = [] }: Given) {
  const trusted = keys?.map(({ line }) => line)
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const example = spawnSync(process.execPath, [
    verifier,
    file('log.ndjson', lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    ...(heads.length > 0 ? ['--head', file('heads', heads.join('\n'))] : []),
    ...(trusted ? ['--keys', file('jwks.json', JSON.stringify({ keys: trusted }))] : []),
  ])
  if (example.status !== 0 && example.status !== 1) throw new Error(example.stderr.toString())
  const ours = await verified(lines, { heads, ...(trusted && { trustedKeys: trusted }) })
  return { ours: ours.finding?.wrong, example: example.status === 0, verdict: ours }
}

const fifteen = (keys: readonly SigningKey[]) =>
  madeLog({ keys, entries: Array.from({ length: 15 }, (_, n) => storedEntry(n)) })
const otherwise = (line: EntryLine): EntryLine => ({ ...line, entry: { ...line.entry, action: 'user.created' } })
const entries = (lines: readonly AuditLine[]) => lines.filter((line) => line.type !== 'checkpoint')
const isHead = (line: AuditLine) => line.type === 'checkpoint'

describe('a key that was stolen, and that another one had followed', () => {
  let [stolen, ours]: SigningKey[] = []
  const key = (one: SigningKey | undefined) => one ?? expect.fail('no key')
  let log: AuditLine[]
  beforeAll(async () => {
    stolen = await signingKey()
    ours = await signingKey(stolen)
    log = await fifteen([stolen, ours])
  })

  test('[TOS-6] signs nothing where its own line was taken out of the log', async () => {
    const heads = log.filter((line) => line.type === 'checkpoint')
    const changed = rebuilt(entries(log), (line) => (line.seq === 13 ? otherwise(line) : line))
    const withHeads = changed.flatMap((line) =>
      isEntry(line) && line.seq <= 10 && line.seq % 5 === 0
        ? [line, ...heads.slice(line.seq / 5 - 1, line.seq / 5)]
        : [line],
    )
    const evil = [...withHeads, await checkpoint(key(stolen), 11, entryAt(changed, 15))]
    const unnamed = evil.filter((line) => line.type !== 'key' || line.kid !== key(stolen).line.kid)
    const given = { keys: [key(stolen), key(ours)], heads: heads.slice(1, 2).map(({ jws }) => jws) }
    expect(await judged(log, given)).toMatchObject({ ours: undefined, example: true })
    expect(await judged(evil, given)).toMatchObject({ ours: 'key', example: false })
    expect(await judged(unnamed, given)).toMatchObject({ ours: 'key', example: false })
  })

  test('[TOS-6] does not sign the whole log anew', async () => {
    const changed = rebuilt(entries(log), (line) => (line.seq === 3 ? otherwise(line) : line))
    const evil = [...changed, await checkpoint(key(stolen), 1, entryAt(changed, 15))]
    expect(await judged(evil, { keys: [key(stolen), key(ours)] })).toMatchObject({ ours: 'key', example: false })
  })

  test('[TOS-6] gives itself no successor but the one that was published', async () => {
    const forged = await fifteen([key(stolen), await signingKey(key(stolen))])
    expect(await judged(forged, { keys: [key(stolen)] }), 'nobody knows of another').toMatchObject({ example: true })
    expect(await judged(forged, { keys: [key(stolen), key(ours)] })).toMatchObject({ ours: 'key', example: false })
    const later = [key(stolen), key(ours), await signingKey(key(ours))]
    expect(await judged(log, { keys: later }), 'an older export').toMatchObject({ ours: undefined, example: true })
  })

  test('[TOS-6] is named where the log does not name its successor', async () => {
    const { verdict } = await judged(await fifteen([key(stolen)]), { keys: [key(stolen), key(ours)] })
    const { text } = describeVerdict(verdict, { keysGiven: true, headsGiven: false })
    expect(text).toContain(`It does not name the key ${key(ours).line.kid}, which you trust`)
    expect(text).toContain(`Keys that sign its heads: ${key(stolen).line.kid}.`)
  })

  test('[TOS-6] signs nothing behind what was verified the night before', async () => {
    const tail = [
      ...log.filter((line) => isEntry(line) && line.seq > 10),
      await checkpoint(key(stolen), 11, entryAt(log, 15)),
    ]
    const lines = async function* () {
      for (const value of [...log.filter(({ type }) => type === 'log' || type === 'key'), ...tail]) yield { value }
    }
    const begin = { seq: 10, hash: Buffer.from(entryAt(log, 10).hash, 'hex') }
    expect((await verifyLog(lines(), { begin })).finding).toBeUndefined()
    const signedBy = key(ours).line.kid
    expect((await verifyLog(lines(), { begin: { ...begin, signedBy } })).finding).toMatchObject({ wrong: 'key' })
  })
})

describe('a part of a log', () => {
  const forged = ({ opened: _, description: __, ...line }: EntryLine): EntryLine => {
    const entry = { ...line.entry, after: { forged: true } }
    return { ...line, entry, entryHash: entryHash(entry).toString('hex') }
  }
  const partOf = (log: readonly AuditLine[], seqs: readonly number[], forge: readonly number[] = []) =>
    entries(log)
      .filter((line) => !isEntry(line) || seqs.includes(line.seq))
      .map((line) => (isEntry(line) && forge.includes(line.seq) ? forged(line) : line))
      .map((line) => (line.type === 'log' ? { ...line, complete: false } : line))

  test('[TOS-6] is proven by a kept head only up to the first entry that is missing', async () => {
    const key = await signingKey()
    const log = await fifteen([key])
    const headAt = (seq: number) => key.sign(head(1, entryAt(log, seq)), 'hearthkey-audit+jwt')
    const [early, late] = [await headAt(3), await headAt(10)]
    expect(await judged(partOf(log, [1, 2, 3]), { heads: [early] })).toMatchObject({ ours: undefined, example: true })
    const unproven = { ours: 'unproven', example: false }
    expect(await judged(partOf(log, [1, 2, 3, 9, 10], [9]), { heads: [late] })).toMatchObject(unproven)
    expect(await judged(partOf(log, [1, 2, 3, 9, 10], [9]), { heads: [early, late] })).toMatchObject(unproven)
  })

  test('[TOS-6] is said to prove nothing', async () => {
    const log = await fifteen([await signingKey()])
    const { verdict } = await judged(partOf(log, [1, 2, 9], [9]), {})
    const { text, exit } = describeVerdict(verdict, { keysGiven: false, headsGiven: false })
    expect([exit, text]).toEqual([0, expect.stringContaining('no signature speaks for it')])
  })

  test('[TOS-6] does not begin in the middle of a whole one', async () => {
    const key = await signingKey()
    const log = await fifteen([key])
    const lines = log.flatMap((line) => {
      if (isEntry(line) && line.seq === 8) return []
      return isEntry(line) && line.seq === 6
        ? [line, ...log.slice(0, 1).map((first) => ({ ...first, complete: false }))]
        : [line]
    })
    const heads = [await key.sign(head(11, entryAt(log, 15)), 'hearthkey-audit+jwt')]
    expect(
      await judged(
        lines.filter((line) => !isHead(line)),
        { heads },
      ),
    ).toMatchObject({ ours: 'malformed', example: false })
  })
})

describe('an honest export', () => {
  test('[TOS-6] is right with a field of any name in it', async () => {
    const odd = JSON.parse('{"__proto__": 1, "constructor": 2}')
    const log = await madeLog({ entries: [storedEntry(0, { personal: null, after: odd }), storedEntry(1)] })
    expect(await judged(log, {})).toMatchObject({ ours: undefined, example: true })
    const shown = log.map((line) =>
      isEntry(line) && line.seq === 1 && line.opened
        ? { ...line, opened: { ...line.opened, after: JSON.parse('{"__proto__": 7, "constructor": 2}') } }
        : line,
    )
    expect((await judged(shown, {})).ours).toBe('changed')
  })

  test('[TOS-6] is one still when an editor put a byte order mark in front of it', async () => {
    const text = (await madeLog()).map((line) => `${JSON.stringify(line)}\n`).join('')
    expect((await verifiedText(`\ufeff${text}`)).finding).toBeUndefined()
  })
})

describe('the signed heads of a database', () => {
  const twoSegments = async () => {
    const at = await chainedDatabase()
    for (let segment = 0; segment < 2; segment++) {
      await at.write()
      await at.write()
      await at.append()
      await at.sign()
    }
    return at
  }

  test('[TOS-6] are missed where somebody had come to one that is gone', async () => {
    const at = await twoSegments()
    await at.tamper(`INSERT INTO audit_followers (name, seq, moved_at) VALUES ('heads-log', 4, now())`)
    expect((await at.verify()).finding).toBeUndefined()
    await at.tamper('DELETE FROM audit_checkpoints WHERE seq = 4')
    expect((await at.verify()).finding).toMatchObject({ wrong: 'cut', seq: 4 })
  })

  test.each([
    ['first_seq', '4'],
    ['hash', String.raw`'\x00'::bytea || substr(hash, 2)`],
  ])('[TOS-6] say what was signed: %s of the row', async (column, value) => {
    const at = await twoSegments()
    await at.tamper(`UPDATE audit_checkpoints SET ${column} = ${value} WHERE seq = 4`)
    expect((await at.verify()).finding).toMatchObject({ wrong: 'signature', seq: 4 })
  })
})
