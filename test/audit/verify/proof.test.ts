import { beforeAll, describe, expect, test } from 'vitest'
import { unreadableHash } from '../../../src/audit/chain/leaf.ts'
import { linkHash, NO_LINK } from '../../../src/audit/chain/link.ts'
import type { AuditLine } from '../../../src/audit/verify/line.ts'
import { describeVerdict } from '../../../src/cli/audit/verdict-words.ts'
import {
  checkpoint,
  entryAt,
  entryLine,
  head,
  isEntry,
  linkOf,
  madeLog,
  pruned,
  rebuilt,
  type SigningKey,
  signingKey,
  storedEntry,
  verified,
} from './made-log.ts'

let [first, second]: SigningKey[] = []
let log: AuditLine[]
const keyOf = (key: SigningKey | undefined): SigningKey => key ?? expect.fail('no key')
const part = (lines: readonly AuditLine[]) =>
  lines.map((line) => (line.type === 'log' ? { ...line, complete: false } : line))

beforeAll(async () => {
  first = await signingKey()
  second = await signingKey(first)
  log = await madeLog({ keys: [first] })
})

describe('a log that nobody signed', () => {
  test('[TOS-6] is not right for whoever asked by whom it was signed', async () => {
    const trustedKeys = [keyOf(first).line]
    const entries = log.filter((line) => line.type === 'log' || isEntry(line))
    const unproven = { wrong: 'unproven', detail: expect.stringContaining('nothing here was signed') }
    expect((await verified(entries)).finding).toBeUndefined()
    expect((await verified(entries, { trustedKeys })).finding).toMatchObject(unproven)
    expect((await verified(part(entries), { trustedKeys })).finding).toMatchObject(unproven)
    const noHeads = log.filter((line) => line.type !== 'checkpoint')
    const verdict = await verified(noHeads, { trustedKeys })
    expect(verdict.finding).toMatchObject(unproven)
    expect(describeVerdict(verdict, { keysGiven: true, headsGiven: false })).toMatchObject({
      exit: 1,
      text: expect.stringContaining('NOTHING IS PROVEN'),
    })
  })
})

describe('a part with a head that was kept', () => {
  const heads = async () => [await keyOf(first).sign(head(6, entryAt(log, 10)), 'hearthkey-audit+jwt')]

  test('[TOS-6] is not right where none could be compared', async () => {
    const trustedKeys = undefined
    const without = part(log.filter((line) => !isEntry(line) || (line.seq !== 4 && line.seq !== 10)))
    expect((await verified(without, { trustedKeys, heads: await heads() })).finding).toMatchObject({
      wrong: 'unproven',
    })
    // What stands alone says its hash itself.
    const alone = part(log.filter((line) => !isEntry(line) || line.seq === 10))
    expect((await verified(alone, { heads: await heads() })).finding).toMatchObject({ wrong: 'unproven' })
  })

  test('[TOS-6] is right where it was compared', async () => {
    const { finding, summary } = await verified(part(log), { heads: await heads() })
    expect(finding).toBeUndefined()
    expect(summary.headsCompared).toBe(1)
  })
})

describe('a key that another one has followed', () => {
  const entries = Array.from({ length: 12 }, (_, n) => storedEntry(n))
  const followed = () =>
    storedEntry(5, {
      action: 'audit_key.rotated',
      actor: { kind: 'operator', id: 'key rotate-audit' },
      target: { kind: 'audit_key', id: 'aky_1' },
      before: { kid: keyOf(first).line.kid },
      after: { kid: keyOf(second).line.kid },
      personal: null,
      origin: null,
    })
  const trusted = () => ({ trustedKeys: [keyOf(first).line] })

  test('[TOS-6] signs nothing more once its successor has signed', async () => {
    const lines = await madeLog({ keys: [keyOf(first), keyOf(second)], entries })
    expect((await verified(lines, trusted())).finding).toBeUndefined()
    const more = [...lines, await checkpoint(keyOf(first), 11, entryAt(lines, 12))]
    expect((await verified(more)).finding).toMatchObject({ wrong: 'key', seq: 12 })
  })

  test('[TOS-6] nor once the log says that it was followed', async () => {
    const said = [...entries.slice(0, 5), followed(), ...entries.slice(6)]
    const right = await madeLog({ keys: [keyOf(first), keyOf(second)], entries: said })
    expect((await verified(right, trusted())).finding).toBeUndefined()
    const [line, ...rest] = await madeLog({ keys: [keyOf(first)], entries: said })
    const wrong = [
      ...(line ? [line] : []),
      keyOf(first).line,
      keyOf(second).line,
      ...rest.filter(({ type }) => type !== 'key'),
    ]
    expect((await verified(wrong)).finding).toMatchObject({ wrong: 'key', seq: 10 })
  })

  test('[TOS-6] nor makes all of it anew: its successor would have signed the newest head', async () => {
    const lines = await madeLog({ keys: [keyOf(first), keyOf(second)], entries })
    const changed = rebuilt(
      lines.filter((line) => line.type !== 'checkpoint'),
      (line) => (line.seq === 3 ? { ...line, entry: { ...line.entry, action: 'user.created' } } : line),
    )
    const all = [...changed, await checkpoint(keyOf(first), 1, entryAt(changed, 12))]
    expect((await verified(all, trusted())).finding).toMatchObject({ wrong: 'key', seq: 12 })
  })

  test('[TOS-6] may have signed the newest head where it was followed since', async () => {
    const said = [...entries.slice(0, 10), followed(), ...entries.slice(11)]
    const [line, ...rest] = await madeLog({ keys: [keyOf(first)], entries: said })
    const lines = [
      ...(line ? [line] : []),
      keyOf(first).line,
      keyOf(second).line,
      ...rest.filter(({ type }) => type !== 'key'),
    ]
    expect((await verified(lines, trusted())).finding).toBeUndefined()
  })
})

describe('what an audit.pruned says', () => {
  const said = (after: object, over: object = {}) =>
    madeLog({
      keys: [keyOf(first)],
      entries: [
        ...Array.from({ length: 11 }, (_, n) => storedEntry(n, { organisation: null })),
        { ...pruned(11, null, { upTo: 0, entries: 0 }), ...over, after: after as never },
      ],
    })

  test.each([
    ['a text', { upTo: 'x', entries: 0 }, {}],
    ['a number past every number', { upTo: 0, entries: 0, linksUpTo: 9e18 }, {}],
    ['half an entry', { upTo: 1.5, entries: 0 }, {}],
    ['entries that were yet to come', { upTo: 12, entries: 1 }, {}],
    ['links that were yet to come', { upTo: 0, entries: 0, linksUpTo: 99 }, {}],
    ['what somebody else says', { upTo: 10, entries: 1 }, { actor: { kind: 'system', id: 'x' } }],
  ])('[MON-13] is not believed, and named, where it is %s', async (_what, after, over) => {
    const lines = await said(after, over)
    expect((await verified(lines)).finding).toMatchObject({ wrong: 'odd', seq: 12 })
    const gone = lines.map((line) => (isEntry(line) && line.seq === 2 ? linkOf(line) : line))
    expect((await verified(gone)).finding).toMatchObject({ wrong: 'removed', seq: 2 })
  })
})

describe('an entry that nobody could read when it was put into the chain', () => {
  test('[TOS-6] is named, and hides nothing of what comes behind it', async () => {
    const unreadable = storedEntry(0)
    const entryHash = unreadableHash(unreadable.id)
    const hash = linkHash(NO_LINK, { seq: 1, id: unreadable.id, at: unreadable.at, organisation: null, entryHash })
    const behind = entryLine(2, hash, storedEntry(1))
    const [line] = log
    const lines = [
      line,
      {
        type: 'link',
        seq: 1,
        id: unreadable.id,
        time: unreadable.at.toISOString(),
        org: null,
        entryHash: entryHash.toString('hex'),
        hash: hash.toString('hex'),
      },
      behind,
    ]
    expect((await verified(lines)).finding).toMatchObject({ wrong: 'odd', seq: 1, id: unreadable.id })
    const changed = { ...behind, entry: { ...behind.entry, action: 'user.created' } }
    expect((await verified([...lines.slice(0, 2), changed])).finding).toMatchObject({ wrong: 'changed', seq: 2 })
  })
})
