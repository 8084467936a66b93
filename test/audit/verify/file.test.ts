import { beforeAll, describe, expect, test } from 'vitest'
import { entryHash } from '../../../src/audit/chain/leaf.ts'
import type { AuditLine, EntryLine } from '../../../src/audit/verify/line.ts'
import {
  checkpoint,
  entryAt,
  head,
  isEntry,
  linkOf,
  madeLog,
  organisations,
  pruned,
  rebuilt,
  replaced,
  type SigningKey,
  signingKey,
  storedEntry,
  verified,
  verifiedText,
} from './made-log.ts'

type Path = readonly (string | number)[]

let keys: SigningKey[]
let log: AuditLine[]
let trusted: { kid: string; x: string }[]

beforeAll(async () => {
  const first = await signingKey()
  const second = await signingKey(first)
  keys = [first, second]
  log = await madeLog({ keys })
  trusted = [first.line]
})

const keptHead = (seq: number, first: number) =>
  keys[0]?.sign(head(first, entryAt(log, seq)), 'hearthkey-audit+jwt') ?? ''

describe('what is as it was written', () => {
  test('[TOS-6] is found right, and the summary says what was looked at', async () => {
    const { finding, summary } = await verified(log, { heads: [await keptHead(10, 6)], trustedKeys: trusted })
    expect(finding).toBeUndefined()
    expect(summary).toMatchObject({
      entries: 12,
      segments: 2,
      lastSeq: 12,
      signedSeq: 10,
      headsCompared: 1,
      complete: true,
    })
    expect(summary.keys).toEqual(keys.map(({ line }) => ({ kid: line.kid, trusted: true, named: true })))
    expect(summary.from).toEqual(new Date(entryAt(log, 1).entry.time))
    expect(summary.to).toEqual(new Date(entryAt(log, 12).entry.time))
  })

  test('[TOS-6] without keys from elsewhere none is called trusted', async () => {
    const { summary } = await verified(log)
    expect(summary.keys.map(({ trusted }) => trusted)).toEqual([false, false])
  })
})

const pathsOf = (value: unknown, path: Path = []): Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([field, inner]) => pathsOf(inner, [...path, field]))
    : [path]

const other = (value: unknown): unknown => {
  if (typeof value === 'number') return value + 1
  if (typeof value !== 'string') return 'something'
  const last = value.at(-1)
  // The last digit of an id or a time stays one.
  return /^\d{4}-/.test(value) ? value.replace(/\d\d\dZ$/, '789Z') : `${value.slice(0, -1)}${last === 'a' ? 'b' : 'a'}`
}

function changed<T>(value: T, [field, ...rest]: Path, to: (old: unknown) => unknown): T {
  if (field === undefined) return to(value) as T
  const copy: Record<string | number, unknown> = structuredClone(value) as never
  copy[field] = changed(copy[field], rest, to)
  return copy as T
}

/** What was opened for people is not hashed, and cannot be: whose key is destroyed could not be verified any more. */
const unproven = new Set(['description', 'opened.actorName', 'opened.ip', 'opened.userAgent', 'opened.after.email'])

describe('a change of any field of an entry', () => {
  test('[TOS-6] is found and the entry named', async () => {
    const entry = entryAt(log, 7)
    const paths = pathsOf(entry).filter((path) => !unproven.has(path.join('.')) && path[0] !== 'type')
    expect(paths.length).toBeGreaterThan(30)
    for (const path of paths) {
      const { finding } = await verified(replaced(log, entry, changed(entry, path, other)))
      const line = log.indexOf(entry) + 1
      const place = path.join('.')
      expect.soft({ place, wrong: finding?.wrong, line: finding?.line }, place).toEqual({
        place,
        // A place in the order that is taken from one entry is one that is missing.
        wrong: place === 'seq' ? 'removed' : expect.stringMatching(/^(changed|link-broken|malformed)$/),
        line,
      })
    }
  })

  test('[TOS-6] a field more, or one less, is found as well', async () => {
    const entry = entryAt(log, 7)
    const { session: _, ...less } = entry.entry
    for (const one of [{ ...entry.entry, more: 1 }, less])
      expect((await verified(replaced(log, entry, { ...entry, entry: one }))).finding).toMatchObject({
        wrong: 'changed',
        seq: 7,
      })
    const hidden = JSON.stringify(entry).replace('"v":1', '"v":1,"__proto__":{"more":1}')
    const text = log.map((line) => (line === entry ? hidden : JSON.stringify(line))).join('\n')
    expect((await verifiedText(text)).finding).toMatchObject({ wrong: 'changed', seq: 7 })
  })

  test('[TOS-6] each field of another line is what it was, or named', async () => {
    const wrongs: Record<string, unknown> = {}
    for (const line of log.filter(({ type }) => type === 'key' || type === 'checkpoint').slice(0, 4))
      for (const path of pathsOf(line)) {
        const { finding } = await verified(replaced(log, line, changed(line, path, other)))
        wrongs[`${line.type}.${path.join('.')}`] = finding?.wrong
        expect.soft(finding, `${line.type} ${path.join('.')}`).toBeDefined()
      }
    expect(wrongs).toMatchObject({ 'key.x': 'key', 'key.kid': 'key', 'checkpoint.jws': 'signature' })
  })
})

describe('the order of entries', () => {
  const named = async (lines: readonly AuditLine[]) => (await verified(lines)).finding

  test('[TOS-6] an entry that is gone is named', async () => {
    expect(await named(replaced(log, entryAt(log, 7)))).toMatchObject({ wrong: 'removed', seq: 7 })
  })

  test('[TOS-6] the first that is gone is named', async () => {
    expect(await named(replaced(log, entryAt(log, 1)))).toMatchObject({ wrong: 'removed', seq: 1 })
  })

  test('[TOS-6] two that changed places are named', async () => {
    const [one, two] = [entryAt(log, 7), entryAt(log, 8)]
    expect(await named(replaced(replaced(log, two), one, two, one))).toMatchObject({ wrong: 'reordered', seq: 7 })
  })

  test('[TOS-6] two whose contents changed places are named', async () => {
    const [one, two] = [entryAt(log, 7), entryAt(log, 8)]
    const lines = replaced(replaced(log, one, { ...one, entry: two.entry }), two, { ...two, entry: one.entry })
    expect(await named(lines)).toMatchObject({ wrong: 'changed', seq: 7 })
  })

  test('[TOS-6] one that stands twice is named', async () => {
    const one = entryAt(log, 7)
    expect(await named(replaced(log, one, one, one))).toMatchObject({ wrong: 'inserted', seq: 7 })
  })

  test('[TOS-6] one that was put in is named, with a place of its own or with that of another', async () => {
    const one = entryAt(log, 7)
    const foreign: EntryLine = { ...one, entry: { ...one.entry, id: storedEntry(1).id } }
    expect(await named(replaced(log, one, foreign, one))).toMatchObject({ wrong: 'changed', seq: 7 })
    const [rehashed] = rebuilt([foreign], (line) => line)
    expect(await named(replaced(log, one, ...(rehashed ? [rehashed] : []), one))).toMatchObject({
      wrong: 'link-broken',
      seq: 7,
    })
  })

  test('[TOS-6] all that follow with new numbers do not hide one that is gone', async () => {
    const lines = replaced(log, entryAt(log, 7)).map((line) =>
      isEntry(line) && line.seq > 7 ? { ...line, seq: line.seq - 1 } : line,
    )
    expect(await named(lines)).toMatchObject({ wrong: 'link-broken', seq: 7 })
  })

  test('[TOS-6] a signed head that is gone is named', async () => {
    const [first] = log.filter(({ type }) => type === 'checkpoint')
    expect(first && (await named(replaced(log, first)))).toMatchObject({ wrong: 'removed', seq: 10 })
  })
})

describe('whoever makes the hashes anew', () => {
  const evil = (line: EntryLine): EntryLine =>
    line.seq === 7 ? { ...line, entry: { ...line.entry, action: 'membership.removed' } } : line

  test('[TOS-6] is found by the head that was signed', async () => {
    expect((await verified(rebuilt(log, evil))).finding).toMatchObject({ wrong: 'head-differs', seq: 10 })
  })

  const resigned = async (by: readonly SigningKey[]) => {
    const lines = rebuilt(log, evil).filter(({ type }) => type !== 'checkpoint' && type !== 'key')
    const [first, second] = by
    if (!first) throw new Error('no key')
    return [
      ...lines.slice(0, 1),
      ...by.map(({ line }) => line),
      ...(
        await Promise.all(
          lines
            .slice(1)
            .map(async (line) =>
              isEntry(line) && line.seq % 5 === 0
                ? [line, await checkpoint(line.seq === 5 ? first : (second ?? first), line.seq - 4, line)]
                : [line],
            ),
        )
      ).flat(),
    ]
  }

  test('[TOS-6] and signs with a key of their own, by the head that was kept and by the key that is trusted', async () => {
    const lines = await resigned([await signingKey()])
    expect((await verified(lines)).finding).toBeUndefined()
    expect((await verified(lines, { heads: [await keptHead(10, 6)] })).finding).toMatchObject({ wrong: 'key' })
    expect((await verified(lines, { trustedKeys: trusted })).finding).toMatchObject({ wrong: 'key', seq: 10 })
  })

  test('[TOS-6] and holds the right key as well, by the head that was kept', async () => {
    const lines = await resigned(keys)
    expect((await verified(lines, { trustedKeys: trusted })).finding).toBeUndefined()
    expect((await verified(lines, { heads: [await keptHead(10, 6)] })).finding).toMatchObject({
      wrong: 'head-differs',
      seq: 10,
    })
  })
})

describe('the end of a log', () => {
  test('[TOS-6] that was cut off shows against a head that was kept, and against nothing else', async () => {
    const cut = log.filter((line) => !isEntry(line) || line.seq <= 5).slice(0, -1)
    expect((await verified(cut)).finding).toBeUndefined()
    expect((await verified(cut, { heads: [await keptHead(10, 6)] })).finding).toMatchObject({ wrong: 'cut', seq: 6 })
  })

  test('[TOS-6] that was cut off behind a head that still is there shows by that', async () => {
    const cut = log.filter((line) => !isEntry(line) || line.seq <= 8)
    expect((await verified(cut)).finding).toMatchObject({ wrong: 'removed', seq: 9 })
  })
})

describe('keys and signed heads', () => {
  test('[TOS-6] a head that somebody else signed is named', async () => {
    const forger = await signingKey()
    const forged = { ...(await checkpoint(forger, 6, entryAt(log, 10))) }
    const [, second] = log.filter(({ type }) => type === 'checkpoint')
    const lines = second ? replaced(log, second, forged) : []
    expect((await verified(lines)).finding).toMatchObject({
      wrong: 'key',
      detail: expect.stringContaining(forger.line.kid),
    })
  })

  test('[TOS-6] a head that somebody else signed under the name of our key is named', async () => {
    const forger = await signingKey()
    const jws = await forger.sign(head(6, entryAt(log, 10)), 'hearthkey-audit+jwt')
    const [, ...rest] = jws.split('.')
    const header = Buffer.from(
      JSON.stringify({ alg: 'EdDSA', kid: keys[1]?.line.kid, typ: 'hearthkey-audit+jwt' }),
    ).toString('base64url')
    const [, second] = log.filter(({ type }) => type === 'checkpoint')
    const lines = second ? replaced(log, second, { type: 'checkpoint', jws: [header, ...rest].join('.') }) : []
    expect((await verified(lines)).finding).toMatchObject({ wrong: 'signature' })
  })

  test('[TOS-6] what our key signed for another purpose is no head', async () => {
    const jws = (await keys[1]?.sign(head(6, entryAt(log, 10)), 'JWT')) ?? ''
    const [, second] = log.filter(({ type }) => type === 'checkpoint')
    expect((await verified(second ? replaced(log, second, { type: 'checkpoint', jws }) : [])).finding).toMatchObject({
      wrong: 'signature',
    })
  })

  test('[TOS-6] a key that no key before it endorses is refused', async () => {
    const stranger = await signingKey()
    const endorsedByStranger = await signingKey(stranger)
    for (const second of [stranger, endorsedByStranger]) {
      const [first] = keys
      const lines = first ? await madeLog({ keys: [first, second] }) : []
      expect((await verified(lines)).finding).toMatchObject({
        wrong: 'key',
        detail: expect.stringContaining(second.line.kid),
      })
    }
  })

  test('[TOS-6] an endorsement of another key is none', async () => {
    const [first, second] = keys
    const third = await signingKey()
    if (!first || !second) throw new Error('no keys')
    const lines = await madeLog({
      keys: [first, { ...third, line: { ...third.line, endorsement: second.line.endorsement } }],
    })
    expect((await verified(lines)).finding).toMatchObject({ wrong: 'key' })
  })
})

describe('what retention took away', () => {
  const [one, two] = organisations
  const mine = (n: number) => storedEntry(n, { organisation: n % 2 === 0 ? one : two })
  /** Of the first organisation the first two segments went: the places 1, 3, 5, 7 and 9. */
  const made = async (upTo: number, of: typeof one | typeof two | null = one) => {
    const lines = await madeLog({
      keys: keys.slice(0, 1),
      entries: [...Array.from({ length: 11 }, (_, n) => mine(n)), pruned(11, of, { upTo, entries: 5 })],
    })
    return lines.map((line) => (isEntry(line) && line.entry.org === one && line.seq <= 10 ? linkOf(line) : line))
  }

  test('[TOS-6] leaves the rest verifiable', async () => {
    const { finding, summary } = await verified(await made(10))
    expect(finding).toBeUndefined()
    expect(summary).toMatchObject({ entries: 7, links: 5, pruned: [{ organisation: one, upTo: 10, seq: 12 }] })
  })

  test('[MON-13] is found when nothing in the log says so', async () => {
    const lines = (await made(10)).filter((line) => !isEntry(line) || line.seq < 12)
    expect((await verified(lines)).finding).toMatchObject({ wrong: 'removed', seq: 1 })
  })

  test('[MON-13] is found when the log says so of another organisation', async () => {
    for (const of of [two, null])
      expect((await verified(await made(10, of))).finding).toMatchObject({ wrong: 'removed', seq: 1 })
  })

  test('[MON-13] is found when the log says so of less', async () => {
    expect((await verified(await made(8))).finding).toMatchObject({ wrong: 'removed', seq: 9 })
  })

  test('[MON-13] is found where it took one from the middle', async () => {
    const lines = await made(10)
    const eleventh = entryAt(lines, 11)
    const { finding } = await verified(replaced(lines, eleventh, linkOf(eleventh)))
    expect(finding).toMatchObject({ wrong: 'removed', seq: 11 })
  })

  test('[MON-13] is not believed of somebody who is not the server itself', async () => {
    const liar = { ...pruned(11, one, { upTo: 10, entries: 5 }), actor: { kind: 'person', id: 'usr_1' } as const }
    const lines = await madeLog({
      keys: keys.slice(0, 1),
      entries: [...Array.from({ length: 11 }, (_, n) => mine(n)), liar],
    })
    const gone = lines.map((line) => (isEntry(line) && line.entry.org === one && line.seq <= 10 ? linkOf(line) : line))
    expect((await verified(gone)).finding).toMatchObject({ wrong: 'removed', seq: 1 })
  })

  const whole = async (linksUpTo: number) => {
    const lines = await madeLog({
      keys: keys.slice(0, 1),
      entries: [
        ...Array.from({ length: 11 }, (_, n) => mine(n)),
        pruned(11, null, { upTo: 10, entries: 0, linksUpTo }),
      ],
    })
    return lines.filter((line) => !isEntry(line) || line.seq > 10)
  }

  test('[TOS-6] leaves the rest verifiable where whole segments went, links and all', async () => {
    const { finding, summary } = await verified(await whole(10), { heads: [await keptHead(5, 1)].slice(1) })
    expect(finding).toBeUndefined()
    expect(summary).toMatchObject({ entries: 2, segments: 2, prunedSegments: 2, lastSeq: 12 })
  })

  test('[MON-13] whole segments that are gone without a word are found', async () => {
    expect((await verified(await whole(0))).finding).toMatchObject({ wrong: 'removed', seq: 1 })
    expect((await verified(await whole(5))).finding).toMatchObject({ wrong: 'removed', seq: 6 })
  })

  test('[TOS-6] a segment that is gone from the middle is found', async () => {
    const lines = log.filter((line) => !isEntry(line) || line.seq <= 5 || line.seq > 10)
    expect((await verified(lines)).finding).toMatchObject({ wrong: 'removed', seq: 6 })
  })
})

describe('a log that a filter was laid over', () => {
  const partial = () =>
    replaced(replaced(log, entryAt(log, 3)), entryAt(log, 8)).map((line) =>
      line.type === 'log' ? { ...line, complete: false } : line,
    )

  test('[TOS-6] is right as far as it goes, and says that it is not whole', async () => {
    const { finding, summary } = await verified(partial())
    expect(finding).toBeUndefined()
    expect(summary).toMatchObject({ complete: false, entries: 10 })
  })

  test('[TOS-6] shows an entry that was changed', async () => {
    const entry = entryAt(log, 4)
    const lines = replaced(partial(), entry, { ...entry, entry: { ...entry.entry, action: 'user.created' } })
    expect((await verified(lines)).finding).toMatchObject({ wrong: 'changed', seq: 4 })
  })
})

describe('what is no log', () => {
  const texts: Readonly<Record<string, readonly [string, number | undefined]>> = {
    'is empty': ['', undefined],
    'is no JSON': ['{"type":"log"', 1],
    'is another JSON': ['{"hello":"world"}', 1],
    'is binary': ['\u0000\u0001\u0002\n', 1],
    'is a list': ['[]\n', 1],
    'is a number': ['1\n', 1],
    'is text behind a log': ['LOG\nPlease pay at once\n', 2],
    'is an entry of another form': ['LOG\n{"type":"entry","seq":1}\n', 2],
    'is deep': [`LOG\n${'['.repeat(100_000)}${']'.repeat(100_000)}\n`, 2],
    'begins without the log': ['{"type":"checkpoint","jws":"a.b.c"}\n', 1],
    'has a head that is none': ['LOG\n{"type":"checkpoint","jws":"a.b.c"}\n', 2],
  }
  test.each(Object.entries(texts))('[TOS-6] %s: is named by its line', async (_, [text, line]) => {
    const { finding } = await verifiedText(text.replace('LOG', JSON.stringify(log[0])))
    expect(finding).toMatchObject({ wrong: expect.stringMatching(/^(malformed|signature)$/) })
    expect(finding?.line).toBe(line)
  })

  test('[TOS-6] half a surrogate is a change like any other', async () => {
    const entry = entryAt(log, 7)
    const text = log
      .map((line) => JSON.stringify(line).replace(entry === line ? /curl|Zürich/ : /$^/, '\\ud800'))
      .join('\n')
    expect((await verifiedText(text)).finding).toMatchObject({ wrong: 'changed', seq: 7 })
  })

  test('[TOS-6] an entry that is nested deeper than anything is named as well', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000)
    const first = entryAt(log, 1)
    const entry = { ...first.entry, personal: null, after: { deep: '@' } }
    const hash = entryHash({ ...entry, after: { deep: JSON.parse(deep) } }).toString('hex')
    const line = { ...first, entry, entryHash: hash, opened: { ...first.opened, after: { deep: '@' } } }
    const text = [...log.slice(0, 3), line].map((one) => JSON.stringify(one).replaceAll('"@"', deep)).join('\n')
    expect((await verifiedText(text)).finding).toMatchObject({ wrong: 'malformed', line: 4 })
  })
})
