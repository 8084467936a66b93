import type { Log } from '../lib/log.ts'
import type { Exchange } from './exchange.ts'

export type AccessLog = (exchange: Exchange, status: number) => void

/** Asked every few seconds for ever: an operator who wants to see them sets the level to debug. */
const probes = new Set(['/healthz', '/readyz'])

const MAX_PATH = 200

/**
 * One line per request. The query is left out because it carries codes and tokens, headers and body because they carry
 * the rest; the address of a page is enough to find it. `status: 0` means that the client left before an answer began.
 *
 * The line has five fields that are none of those, so it goes without the redaction that lines of libraries need: looking
 * for credentials costs twelve times the writing.
 */
export function accessLog(log: Log): AccessLog {
  const lines = log.child({}, { redact: [] })
  return (exchange, status) => {
    const level = probes.has(exchange.path) ? 'debug' : 'info'
    if (!lines.isLevelEnabled(level)) return
    lines[level](
      {
        requestId: exchange.requestId,
        method: exchange.head.method,
        path: exchange.path.slice(0, MAX_PATH),
        status,
        ms: exchange.elapsedMs,
        ip: exchange.clientIp,
      },
      'request',
    )
  }
}
