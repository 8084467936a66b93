import { DatabaseError } from 'pg'
import { AppError } from '../errors/app-error.ts'
import { errorCode } from '../lib/error-code.ts'

const networkCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'EACCES'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'],
])
/** 28…: authentication; 3D000: no such database; 53300: too many connections; 57P0…: shutting down or starting up. */
const refusals = /^(28\w{3}|3D000|53300|57P0[1-5])$/

/** Says in plain words why a connection failed; anything else is handed back as it came. */
export function connectionFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error
  const code = errorCode(error) ?? ''
  // The role of the start-up packet is not there: nobody has migrated this server yet.
  if (code === '22023' && error.message.includes('role')) return new AppError('never-started', { cause: error })
  const refused = error instanceof DatabaseError && refusals.test(code)
  const untrusted = /certificate|self-signed|SSL|TLS/i.test(error.message)
  const ended = /timeout|terminated/i.test(error.message)
  if (!refused && !networkCodes.has(code) && !untrusted && !ended) return error
  return new AppError('database-unreachable', {
    detail: `The connection to PostgreSQL failed: ${error.message || code}`,
    cause: error,
    ...(untrusted && {
      cure: 'The certificate must match the host in DATABASE_URL; name a private authority with sslrootcert=/path/ca.pem.',
    }),
  })
}
