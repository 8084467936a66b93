import type { Server } from 'node:https'
import { describeError } from '../../lib/describe-error.ts'
import type { Log } from '../../lib/log.ts'
import { readTlsPair, type TlsFiles, type TlsPair } from './tls-pair.ts'

/** The oldest protocol that is offered. */
export const minVersion = 'TLSv1.3'

interface TlsReloadOptions {
  readonly server: Server
  readonly files: TlsFiles
  readonly current: TlsPair
  readonly log: Log
  readonly everyMs: number
}

/**
 * Certificates are renewed by rename (certbot) and by swapping a link (Kubernetes), of which file events tell nothing
 * reliable; reading the two small files now and then does. New connections get the new pair, open ones are left alone. A
 * pair that does not fit, or not yet, leaves the old one serving.
 */
export function reloadTlsOnChange({ server, files, current, log, everyMs }: TlsReloadOptions): () => void {
  let { fingerprint } = current
  let complaint: string | undefined

  const reload = () => {
    try {
      const pair = readTlsPair(files)
      complaint = undefined
      if (pair.fingerprint === fingerprint) return
      server.setSecureContext({ cert: pair.cert, key: pair.key.reveal(), minVersion })
      fingerprint = pair.fingerprint
      log.info({ cert: files.cert }, 'TLS certificate reloaded')
    } catch (error) {
      const { message } = describeError(error)
      if (message === complaint) return
      complaint = message
      log.error({ err: error }, 'TLS certificate not reloaded; the previous one stays in use')
    }
  }

  const timer = setInterval(reload, everyMs).unref()
  return () => clearInterval(timer)
}
