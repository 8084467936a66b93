import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { harmlessJson } from '../../lib/harmless-json.ts'
import { onOneLine } from '../../lib/one-line.ts'
import type { WrittenEntry } from './entry-line.ts'
import type { ExportLine } from './lines.ts'

/** As text, a piece after the other, each made when the one before was taken. */
export type Text = AsyncIterable<string | Buffer>

export async function* asNdjson(lines: AsyncIterable<ExportLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${harmlessJson(line)}\n`
}

const COLUMNS = [
  'seq',
  'time',
  'action',
  'description',
  'organisation',
  'actor_kind',
  'actor_id',
  'actor_name',
  'target_kind',
  'target_id',
  'before',
  'after',
  'ip',
  'user_agent',
  'session',
  'request',
  'id',
]

/**
 * Entries alone, for spreadsheets: what proves them does not fit into columns. A name that begins like a formula is text there
 * too: whoever can choose their name would otherwise run something on the desk of whoever looks into the log. Which separator
 * the program goes by, its country decides: so everything is quoted, and behind the others no formula begins either.
 */
export const asCsv = (lines: AsyncIterable<ExportLine>): Text =>
  Readable.from(rowsOf(lines)).compose(
    stringify({ header: true, columns: COLUMNS, escape_formulas: true, quoted: true, quoted_empty: false }),
  )

async function* rowsOf(lines: AsyncIterable<ExportLine>): AsyncGenerator<readonly string[]> {
  for await (const line of lines) if (line.type === 'entry') yield rowOf(line)
}

const rowOf = ({ seq, entry, opened, description }: WrittenEntry): string[] => [
  `${seq}`,
  entry.time,
  entry.action,
  cell(description),
  entry.org ?? '',
  entry.actor.kind,
  cell(entry.actor.id ?? ''),
  cell(opened.actorName ?? ''),
  entry.target.kind,
  cell(entry.target.id),
  jsonOf(opened.before),
  jsonOf(opened.after),
  opened.ip ?? '',
  cell(opened.userAgent ?? ''),
  entry.session ?? '',
  cell(entry.request ?? ''),
  entry.id,
]

/** On one line, and with nothing behind a separator of any country that a spreadsheet would take for a formula. */
const cell = (text: string): string => onOneLine(text).replaceAll(/;(?=[\s"]*[=+\-@\uff0b\uff0d\uff1d\uff20])/g, ";'")

/** Means the same, and has no semicolon: where that separates, a text in it would begin a cell. */
const jsonOf = (fields: unknown): string => (fields === null ? '' : harmlessJson(fields).replaceAll(';', '\\u003b'))
