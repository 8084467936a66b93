import { type DestinationStream, type Logger, pino } from 'pino'
import { describeError } from './describe-error.ts'

export type Log = Logger
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/**
 * Field names that carry credentials in HTTP and OAuth. Our own secrets travel as `Secret` and print as `[secret]` by
 * themselves; this list is the second line, for objects that come from a library.
 */
const credentialFields = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'client_secret',
  'client_assertion',
  'code',
  'code_verifier',
  'refresh_token',
  'access_token',
  'id_token',
  'token',
  'otp',
]

/** Formatted once a millisecond: under load it would cost more than the rest of the line. */
function cachedTime(): () => string {
  let at = 0
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== at) {
      at = now
      text = `,"time":"${new Date(now).toISOString()}"`
    }
    return text
  }
}

const redactPaths = credentialFields.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`])

/**
 * The lines of one turn of the event loop in one write: a system call for each was a tenth of a small answer. What a
 * SIGKILL can lose is that turn's. They are gathered here and not in the destination, whose flush ends in an fsync: on a
 * log that is a file, that was a third of a small answer.
 */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true })
  let gathered = ''
  const flush = () => {
    const lines = gathered
    gathered = ''
    if (lines !== '') output.write(lines)
  }
  process.once('exit', flush)
  return {
    write: (line) => {
      if (gathered === '') setImmediate(flush)
      gathered += line
    },
  }
}

export const createLog = (level: LogLevel, destination?: DestinationStream): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: cachedTime(),
      serializers: { err: (error: unknown) => describeError(error) },
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactPaths, censor: '[secret]' },
    },
    destination ?? standardOutput(),
  )
