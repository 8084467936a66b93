import { DatabaseError } from 'pg'
import { AppError } from '../errors/app-error.ts'

const networkCodes = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'ECONNRESET',
  'EACCES',
])
/** 28…: authentication; 3D000: no such database; 53300: too many connections; 57P03: starting up. */
const refusals = /^(28\w{3}|3D000|53300|57P03)$/

/** Says in plain words why a connection failed; anything else is handed back as it came. */
export function connectionFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  const refused = error instanceof DatabaseError && refusals.test(code)
  const tls = /certificate|self-signed|SSL|TLS/i.test(error.message)
  const late = /timeout|terminated/i.test(error.message)
  if (!refused && !networkCodes.has(code) && !tls && !late) return error
  return new AppError('database-unreachable', {
    detail: `PostgreSQL did not let us in: ${error.message || code}`,
    cause: error,
    ...(tls && {
      cure: 'The certificate must match the host in DATABASE_URL; name a private authority with sslrootcert=/path/ca.pem.',
    }),
  })
}
