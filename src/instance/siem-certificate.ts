import { createSecureContext } from 'node:tls'
import type { ClientCertificate } from '../audit/stream/syslog/connect.ts'
import type { Config } from '../config/config.ts'
import { configInvalid, type Problem } from '../config/problem.ts'
import { readText } from '../config/read-text.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { Secret } from '../lib/secret.ts'

const LIMIT = 1024 * 1024

/** Undefined where none is named. Read at each connection, so that one that is renewed needs no new start. */
export function certificateForSiem({ audit }: Pick<Config, 'audit'>): (() => ClientCertificate) | undefined {
  const { syslogCert: cert, syslogKey: key } = audit
  if (cert === undefined || key === undefined) return undefined
  return () => {
    const pair = readPair(cert, key)
    if (!pair.ok) throw configInvalid([pair.error])
    return pair.value
  }
}

/** Both, and that they belong together: a pair that is half replaced would be refused by the SIEM, with less to go by. */
function readPair(certPath: string, keyPath: string): Result<ClientCertificate, Problem> {
  const [cert, key] = [readText(certPath, LIMIT), readText(keyPath, LIMIT)]
  if (!cert.ok) return fail({ where: 'audit.syslogCert', reason: `the file cannot be read: ${cert.error}` })
  if (!key.ok) return fail({ where: 'audit.syslogKey', reason: `the file cannot be read: ${key.error}` })
  try {
    createSecureContext({ cert: cert.value, key: key.value })
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown reason'
    const reason = `it cannot be used with audit.syslogKey (${why}): name a PEM certificate and its own key, which no passphrase guards`
    return fail({ where: 'audit.syslogCert', reason })
  }
  return ok({ cert: cert.value, key: new Secret(key.value) })
}
