import type { AuditLine } from './line.ts'
import type { Finding } from './verdict.ts'

/** A line, with its number where it is one of a file. */
export interface SourceLine {
  readonly line?: number
  readonly value: AuditLine
  /** What stands there cannot be what was written; `value` is as much of it as there is to go on with. */
  readonly fault?: Finding
}

/** What is so wrong that it is no line: said by whoever reads them, and the end of it. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
  readonly finding: Finding

  constructor(finding: Finding, options?: ErrorOptions) {
    super(finding.detail, options)
    this.finding = finding
  }
}
