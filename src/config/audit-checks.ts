import type { Conflict } from './cross-checks.ts'
import type { Parsed } from './schema.ts'

export function authorityOfANamedSiem({ audit: { syslog, syslogCa } }: Parsed): Conflict | undefined {
  if (syslogCa === undefined || syslog?.tls) return undefined
  return {
    keys: ['audit.syslogCa', 'audit.syslog'],
    reason: 'is for a SIEM that is reached by TLS: audit.syslog tls://…',
  }
}

/** Lines of two kinds in one file are neither. */
export function filesOfTheLogApart({ audit: { file, headsFile } }: Parsed): Conflict | undefined {
  if (file === undefined || file !== headsFile) return undefined
  return { keys: ['audit.headsFile', 'audit.file'], reason: 'must be another file than audit.file' }
}
