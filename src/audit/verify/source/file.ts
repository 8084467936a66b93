import { createReadStream } from 'node:fs'
import { z } from 'zod'
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
    if (text !== '') yield { line, value: parseLine(text, line) }
  }
}

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
  if (line.type !== 'entry') return line
  return typeof json === 'object' && json !== null && 'entry' in json
    ? { ...line, entry: Object.assign(Object.create(null), json.entry) }
    : line
}
