import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { AppError } from '../../errors/app-error.ts'
import { Secret } from '../../lib/secret.ts'

export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

export interface TlsPair {
  readonly cert: Buffer
  readonly key: Secret<Buffer>
  readonly fingerprint: string
}

/** Reads both files and proves that they belong together, so that a pair half replaced is never served. */
export function readTlsPair(files: TlsFiles): TlsPair {
  try {
    const cert = readFileSync(files.cert)
    const key = readFileSync(files.key)
    createSecureContext({ cert, key })
    const fingerprint = createHash('sha256').update(cert).update(key).digest('hex')
    return { cert, key: new Secret(key), fingerprint }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown reason'
    throw new AppError('tls-files-unusable', {
      detail: `TLS_CERT ${files.cert} and TLS_KEY ${files.key}: ${reason}`,
      cause,
    })
  }
}
