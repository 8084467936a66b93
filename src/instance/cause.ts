import { setTimeout as delay } from 'node:timers/promises'
import type { EmbeddedServer } from '../db/embedded.ts'
import { AppError } from '../errors/app-error.ts'
import type { ErrorCode } from '../errors/catalogue.ts'
import type { Log } from '../lib/log.ts'

/** What went wrong first; what then went wrong in the stopping goes to the log. */
export function thrownFirst(error: unknown, log: Log): unknown {
  if (!(error instanceof SuppressedError)) return error
  log.warn({ err: error.error }, 'the stop met an error of its own')
  return thrownFirst(error.suppressed, log)
}

/** What a broken connection makes of itself; anything else with a name is a cause of its own. */
const followsFromDatabase = new Set<ErrorCode>(['internal-error', 'database-unreachable', 'workers-failed'])

/** The connections of a database that dies break before the kernel tells of its death. */
const MOMENT_MS = 500

/** Names the death of the embedded database where that is why something failed. */
export async function rootCause(
  error: unknown,
  embedded: Pick<EmbeddedServer, 'exited'> | undefined,
  log: Log,
): Promise<unknown> {
  if (!embedded || (error instanceof AppError && !followsFromDatabase.has(error.code))) return error
  const waited = new AbortController()
  const moment = delay(MOMENT_MS, undefined, { signal: waited.signal }).catch(() => undefined)
  const death = await Promise.race([embedded.exited, moment])
  waited.abort()
  if (!death) return error
  log.warn({ err: error }, 'PostgreSQL ended, and with it this failed')
  return death
}
