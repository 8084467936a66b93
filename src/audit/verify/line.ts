import { z } from 'zod'

/**
 * The lines of an exported log (NDJSON, one object a line), and what a verifier reads from a database as well. Their order:
 * one `log`, every `key` (each behind the one that endorses it), then entries, links and checkpoints in the order of `seq`,
 * a checkpoint right behind the line whose `seq` it signs. Of a segment that retention took away wholly, only the checkpoint
 * is left, in its place. The form is a promise to whoever verifies: docs/guides/audit-log.md has it.
 */
const hex32 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits')
const eventId = z.string().regex(/^evt_[0-9a-f]{32}$/, 'expected an id that starts with evt_')
const organisation = z
  .string()
  .regex(/^org_[0-9a-f]{32}$/, 'expected an id that starts with org_')
  .nullable()
const seq = z.int().min(1)
const time = z.iso.datetime({ precision: 3 })
const fields = z.record(z.string(), z.unknown()).nullable()

export const logLine = z.strictObject({
  type: z.literal('log'),
  version: z.literal(1),
  issuer: z.string(),
  exportedAt: z.iso.datetime(),
  /** False: a filter left some entries out, so that what is missing says nothing. */
  complete: z.boolean(),
})

export const keyLine = z.strictObject({
  type: z.literal('key'),
  kid: z.string(),
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  alg: z.literal('EdDSA').optional(),
  use: z.literal('sig').optional(),
  /** A JWS by its predecessor; null for the first. */
  endorsement: z.string().nullable(),
})

export const checkpointLine = z.strictObject({ type: z.literal('checkpoint'), jws: z.string() })

/** What is hashed; what is in it beside this is hashed too, and is the writer's business. */
const leaf = z.looseObject({
  v: z.int().min(1).max(1),
  id: eventId,
  time,
  org: organisation,
  action: z.string(),
  actor: z.looseObject({ kind: z.string(), id: z.string().nullable() }),
  before: fields,
  after: fields,
})

/** For people: what is sealed in the entry, opened. The hash says nothing of it. */
const opened = z.strictObject({
  actorName: z.string().nullable(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  before: fields,
  after: fields,
  /** The person's key is gone, and what was sealed with it. */
  erased: z.boolean().optional(),
  /** Something sealed does not open although there is a key. */
  broken: z.boolean().optional(),
})

export const entryLine = z.strictObject({
  type: z.literal('entry'),
  seq,
  entry: leaf,
  entryHash: hex32,
  hash: hex32,
  opened: opened.optional(),
  description: z.string().optional(),
})

/** Of an entry that retention took away. */
export const linkLine = z.strictObject({
  type: z.literal('link'),
  seq,
  id: eventId,
  time,
  org: organisation,
  entryHash: hex32,
  hash: hex32,
})

export const auditLine = z.discriminatedUnion('type', [logLine, keyLine, checkpointLine, entryLine, linkLine])

export type LogLine = z.infer<typeof logLine>
export type KeyLine = z.infer<typeof keyLine>
export type CheckpointLine = z.infer<typeof checkpointLine>
export type EntryLine = z.infer<typeof entryLine>
export type LinkLine = z.infer<typeof linkLine>
export type AuditLine = z.infer<typeof auditLine>
