import type { StreamLine } from '../target.ts'
import { severityOf } from './severity.ts'

/** "log audit" (RFC 5424, section 6.2.1). */
const FACILITY = 13
/** What is not in the standard is named with an enterprise's number. We have none; RFC 5612 keeps this one free of others. */
const DATA = 'hearthkey@32473'
const LONGEST_HOST = 255
const LONGEST_NAME = 32

/** One message of RFC 5424, with its length before it (RFC 6587, section 3.4.1; RFC 5425, section 4.3). */
export function frame(line: StreamLine, host: string): Buffer {
  const { at, name, facts, json } = line
  const header = [
    `<${FACILITY * 8 + severityOf(name)}>1`,
    at.toISOString(),
    word(host, LONGEST_HOST),
    'hearthkey',
    '-',
    word(name, LONGEST_NAME),
  ].join(' ')
  // Without a byte order mark: what follows is JSON, and most who parse it stumble over one.
  const message = Buffer.from(`${header} ${dataOf(facts)} ${json}`)
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

/** Printable ASCII without a space, or nothing. */
const word = (text: string, longest: number): string => text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, longest) || '-'

const dataOf = (facts: StreamLine['facts']): string =>
  `[${[DATA, ...Object.entries(facts).map(([name, value]) => `${name}="${value.replaceAll(/["\\\]]/g, '\\$&')}"`)].join(' ')}]`
