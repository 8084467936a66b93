import type { Conflict } from './cross-checks.ts'
import type { Parsed } from './schema.ts'

const OF_TLS = 'is for a SIEM that is reached by TLS: audit.syslog tls://…'

export function authorityOfANamedSiem({ audit: { syslog, syslogCa } }: Parsed): Conflict | undefined {
  if (syslogCa === undefined || syslog?.tls) return undefined
  return { keys: ['audit.syslogCa', 'audit.syslog'], reason: OF_TLS }
}

const [CERT, KEY] = ['audit.syslogCert', 'audit.syslogKey'] as const

export function certificateForANamedSiem({ audit: { syslog, syslogCert, syslogKey } }: Parsed): Conflict | undefined {
  if (syslogCert === undefined && syslogKey === undefined) return undefined
  if (syslogCert === undefined || syslogKey === undefined)
    return {
      keys: syslogCert === undefined ? [CERT, KEY] : [KEY, CERT],
      reason: `is not set: ${CERT} and ${KEY} go together`,
    }
  return syslog?.tls ? undefined : { keys: [CERT, 'audit.syslog'], reason: OF_TLS }
}

/** Lines of two kinds in one file are neither. */
export function filesOfTheLogApart({ audit: { file, headsFile } }: Parsed): Conflict | undefined {
  if (file === undefined || file !== headsFile) return undefined
  return { keys: ['audit.headsFile', 'audit.file'], reason: 'must be another file than audit.file' }
}
