import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { ACKNOWLEDGED, type Break, claimedIn } from '../acknowledgement.ts'
import { type AuditLine, auditLine } from '../line.ts'
import { type SourceLine, Unreadable } from '../source-line.ts'
import { splitLines, TOO_LONG } from './split-lines.ts'

/** A log as it was exported: its lines, one after the other, whatever its size. `onBytes` hears how many were read. */
export const linesOfFile = (path: string, onBytes?: (read: number) => void): AsyncGenerator<SourceLine> =>
  linesOfStream(createReadStream(path), onBytes)

export async function* linesOfStream(
  stream: AsyncIterable<Uint8Array>,
  onBytes?: (read: number) => void,
): AsyncGenerator<SourceLine> {
  let line = 0
  for await (const text of splitLines(stream, onBytes)) {
    line++
    if (text === TOO_LONG) throw malformed(line, 'it is longer than any line of a log')
    if (text !== '') yield { line, value: parseLine(line === 1 ? text.replace(BYTE_ORDER_MARK, '') : text, line) }
  }
}

/** Editors of Windows put one in front when they save. */
const BYTE_ORDER_MARK = /^\ufeff/

const malformed = (line: number, detail: string, cause?: unknown) =>
  new Unreadable({ wrong: 'malformed', line, detail }, { cause })

function parseLine(text: string, line: number): AuditLine {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw malformed(line, 'it is not JSON', error)
  }
  const read = auditLine.safeParse(json)
  if (read.success) return asWritten(json, read.data)
  const [issue] = read.error.issues
  const place = issue && issue.path.length > 0 ? `${z.core.toDotPath(issue.path)}: ` : ''
  throw malformed(line, `it is no line of a log: ${place}${issue?.message ?? 'unknown'}`)
}

/** What is hashed is what stands in the file: a schema that copies it may leave a field out (`__proto__`). */
function asWritten(json: unknown, line: AuditLine): AuditLine {
  if (line.type !== 'entry' || typeof json !== 'object' || json === null || !('entry' in json)) return line
  const entry = Object.assign(Object.create(null), json.entry)
  return 'opened' in json && line.opened
    ? { ...line, entry, opened: Object.assign(Object.create(null), json.opened) }
    : { ...line, entry }
}

/** What a file says was looked into: whether that is so, is found out when it is verified. */
export async function claimedBreaksOfFile(path: string): Promise<Break[]> {
  const claimed: Break[] = []
  for await (const text of splitLines(createReadStream(path))) {
    if (text === TOO_LONG) break
    if (text.includes(ACKNOWLEDGED)) claimed.push(...claimedInLine(text))
    if (claimed.length > MOST_CLAIMED) break
  }
  return claimed
}

/** Far more than anybody looks into: a file that is made to fill our memory is none of ours. */
const MOST_CLAIMED = 100_000
const acknowledgement = z.looseObject({ entry: z.looseObject({ action: z.literal(ACKNOWLEDGED), after: z.unknown() }) })

function claimedInLine(text: string): readonly Break[] {
  try {
    return claimedIn(acknowledgement.safeParse(JSON.parse(text)).data?.entry.after)
  } catch {
    return []
  }
}
