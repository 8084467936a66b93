import { fail, ok, type Result } from '../../lib/result.ts'

export interface CsvRecord {
  readonly line: number
  readonly fields: readonly string[]
}

export interface CsvFault {
  readonly line: number
  readonly reason: 'quote-inside' | 'after-quote' | 'not-closed' | 'lone-return'
}

const BYTE_ORDER_MARK = '\ufeff'
/** A quoted field, in which "" is a quote, or a bare one without any; then what ends it. */
const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|$)/y

/** RFC 4180, to the letter, but that a line may end with LF alone: what is doubtful is refused, with its line. */
export function parseCsv(given: string): Result<readonly CsvRecord[], CsvFault> {
  const text = given.startsWith(BYTE_ORDER_MARK) ? given.slice(1) : given
  const records: CsvRecord[] = []
  let fields: string[] = []
  let [at, line, begun] = [0, 1, 1]
  while (at < text.length || fields.length > 0) {
    field.lastIndex = at
    const found = field.exec(text)
    if (!found) return fail({ line, reason: faultAt(text, at) })
    const [whole, quoted, bare = '', end] = found
    fields.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    line += whole.split('\n').length - 1
    at += whole.length
    if (end === ',') continue
    // An empty line is no record with one empty field.
    if (fields.length > 1 || fields[0] !== '') records.push({ line: begun, fields })
    fields = []
    begun = line
  }
  return ok(records)
}

function faultAt(text: string, at: number): CsvFault['reason'] {
  if (text[at] === '"') return /^"(?:[^"]|"")*"/.test(text.slice(at)) ? 'after-quote' : 'not-closed'
  return /^[^",\r\n]*\r/.test(text.slice(at)) ? 'lone-return' : 'quote-inside'
}
