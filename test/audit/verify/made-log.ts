import { randomBytes } from 'node:crypto'
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { entryHash, leafOf } from '../../../src/audit/chain/leaf.ts'
import { linkHash, NO_LINK } from '../../../src/audit/chain/link.ts'
import type { StoredEntry } from '../../../src/audit/entry/stored-entry.ts'
import { eventId } from '../../../src/audit/event.ts'
import type { AuditLine, CheckpointLine, EntryLine, KeyLine, LinkLine } from '../../../src/audit/verify/line.ts'
import { linesOfStream } from '../../../src/audit/verify/source/file.ts'
import { type VerifyOptions, verifyLog } from '../../../src/audit/verify/verify.ts'
import { defineId, type Id } from '../../../src/lib/ids.ts'

const organisationId = defineId('org')
const personId = defineId('usr')
const sessionId = defineId('ses')

export const ISSUER = 'https://id.example'
const BEGAN = Date.parse('2026-03-01T08:00:00.000Z')

export interface SigningKey {
  readonly line: KeyLine
  sign(payload: object, typ: string): Promise<string>
}

export async function signingKey(by?: SigningKey): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const { x = '' } = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x })
  const payload = { iss: ISSUER, kid, x, at: new Date(BEGAN).toISOString() }
  return {
    line: {
      type: 'key',
      kid,
      kty: 'OKP',
      crv: 'Ed25519',
      x,
      alg: 'EdDSA',
      use: 'sig',
      endorsement: by ? await by.sign(payload, 'hearthkey-audit-key+jwt') : null,
    },
    sign: (said, typ) =>
      new CompactSign(Buffer.from(JSON.stringify(said)))
        .setProtectedHeader({ alg: 'EdDSA', kid, typ })
        .sign(privateKey),
  }
}

export const organisations = [organisationId.generate(), organisationId.generate()] as const

/** With something in each of its fields. */
export function storedEntry(n: number, over: Partial<StoredEntry> = {}): StoredEntry {
  const person = personId.generate()
  return {
    id: eventId.generate(),
    at: new Date(BEGAN + n * 1000),
    organisation: organisations[n % 2] ?? null,
    action: 'membership.roles_changed',
    actor: { kind: 'person', id: person },
    target: { kind: 'membership', id: `mem_${n}` },
    before: { roles: ['reader'], n },
    after: { roles: ['reader', 'clerk'], n, note: 'Zürich „ü“ \u2028 1e21' },
    personal: { of: person, sealed: randomBytes(40) },
    origin: { of: person, ip: randomBytes(20), userAgent: randomBytes(30) },
    session: sessionId.generate(),
    requestId: `req-${n}`,
    ...over,
  }
}

export const pruned = (
  n: number,
  organisation: Id<'org'> | null,
  after: { upTo: number; entries: number; linksUpTo?: number },
) =>
  storedEntry(n, {
    action: 'audit.pruned',
    organisation,
    actor: { kind: 'system', id: 'audit.prune' },
    target: { kind: 'audit_log', id: organisation ?? 'instance' },
    before: null,
    after,
    personal: null,
    origin: null,
    session: null,
    requestId: null,
  })

export const entryLine = (seq: number, previous: Buffer, entry: StoredEntry): EntryLine => {
  const name = entry.actor.kind === 'person' ? { sealed: randomBytes(24) } : null
  const leaf = leafOf(entry, name)
  const hash = entryHash(leaf)
  const link = { seq, id: entry.id, at: entry.at, organisation: entry.organisation, entryHash: hash }
  return {
    type: 'entry',
    seq,
    entry: leaf,
    entryHash: hash.toString('hex'),
    hash: linkHash(previous, link).toString('hex'),
    opened: {
      actorName: name && 'Ada',
      ip: entry.origin && '192.0.2.7',
      userAgent: entry.origin && 'curl',
      before: entry.before,
      after: entry.personal ? { ...entry.after, email: 'ada@example.com' } : entry.after,
    },
    description: 'Ada changed the roles of a member',
  }
}

export const linkOf = ({ seq, entry: { id, time, org }, entryHash, hash }: EntryLine): LinkLine => ({
  type: 'link',
  seq,
  id,
  time,
  org,
  entryHash,
  hash,
})

export const head = (
  first: number,
  last: EntryLine,
): { iss: string; seq: number; first: number; head: string; at: string } => ({
  iss: ISSUER,
  seq: last.seq,
  first,
  head: last.hash,
  at: last.entry.time,
})

export const checkpoint = async (key: SigningKey, first: number, last: EntryLine): Promise<CheckpointLine> => ({
  type: 'checkpoint',
  jws: await key.sign(head(first, last), 'hearthkey-audit+jwt'),
})

interface Made {
  readonly keys?: readonly SigningKey[]
  readonly segment?: number
  readonly entries?: readonly StoredEntry[]
}

/** A log as an instance would have written it; a new key signs each further segment while there is one. */
export async function madeLog({
  keys,
  segment = 5,
  entries = Array.from({ length: 12 }, (_, n) => storedEntry(n)),
}: Made = {}): Promise<AuditLine[]> {
  const signing = keys ?? [await signingKey()]
  const lines: AuditLine[] = [
    { type: 'log', version: 1, issuer: ISSUER, exportedAt: '2026-03-02T00:00:00.000Z', complete: true },
    ...signing.map(({ line }) => line),
  ]
  let previous = NO_LINK
  for (const [index, entry] of entries.entries()) {
    const line = entryLine(index + 1, previous, entry)
    lines.push(line)
    previous = Buffer.from(line.hash, 'hex')
    const key = signing[Math.min(Math.floor(index / segment), signing.length - 1)]
    if (key && line.seq % segment === 0) lines.push(await checkpoint(key, line.seq - segment + 1, line))
  }
  return lines
}

/** As a file would give them: each is written, and read again. */
export const verified = (lines: readonly unknown[], options: VerifyOptions = {}) =>
  verifiedText(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), options)

export async function verifiedText(text: string, options: VerifyOptions = {}) {
  const chunks = async function* () {
    yield Buffer.from(text)
  }
  return verifyLog(linesOfStream(chunks()), options)
}

export const isEntry = (line: AuditLine): line is EntryLine => line.type === 'entry'
export const entryAt = (lines: readonly AuditLine[], seq: number): EntryLine => {
  const found = lines.filter(isEntry).find((line) => line.seq === seq)
  if (!found) throw new Error(`no entry ${seq}`)
  return found
}

export const replaced = (lines: readonly AuditLine[], old: AuditLine, ...others: AuditLine[]): AuditLine[] =>
  lines.flatMap((line) => (line === old ? others : [line]))

/** By somebody who knows how it is made: every hash is right again, from the entry that was changed on. */
export function rebuilt(lines: readonly AuditLine[], change: (line: EntryLine) => EntryLine): AuditLine[] {
  let previous = NO_LINK
  return lines.map((line) => {
    if (!isEntry(line)) return line
    const changed = change(line)
    const hash = entryHash(changed.entry)
    const link = {
      seq: line.seq,
      id: changed.entry.id,
      at: new Date(changed.entry.time),
      organisation: changed.entry.org,
      entryHash: hash,
    }
    previous = linkHash(previous, link)
    return { ...changed, entryHash: hash.toString('hex'), hash: previous.toString('hex') }
  })
}
