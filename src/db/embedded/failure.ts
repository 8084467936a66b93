import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'

const unusable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ELOOP', 'EEXIST', 'ENAMETOOLONG', 'EBUSY', 'EXDEV'])

/** The file system's refusals, said with their cure; anything else is handed back as it came. */
export function fileFailure(cause: unknown, dataDir: string): unknown {
  if (cause instanceof AppError) return cause
  const code = errorCode(cause)
  const detail = `${cause instanceof Error ? cause.message : code} (data directory ${dataDir})`
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('disk-full', { detail, cause })
  if (code !== undefined && unusable.has(code)) return new AppError('data-dir-unusable', { detail, cause })
  return cause
}

export const isForbidden = (error: unknown): boolean => ['EACCES', 'EPERM'].includes(errorCode(error) ?? '')

/** What a command of the wrong user is told. */
export const belongsToAnother = (dataDir: string, cause: unknown): AppError =>
  new AppError('data-dir-unusable', {
    detail: `The database in ${dataDir} belongs to another user.`,
    cure: 'Run the command as the user that runs Hearthkey, or as root.',
    cause,
  })

/** What initdb or postgres said before it gave up, sorted by what mends it. */
export function engineFailure(doing: string, said: string): AppError {
  const lines = said.trim().split('\n').slice(-6).join('\n')
  const detail = `PostgreSQL failed while ${doing}:\n${lines || '(it said nothing)'}`
  if (/No space left on device|Disk quota exceeded|Check free disk space/.test(said))
    return new AppError('disk-full', { detail })
  if (/Read-only file system|Permission denied/.test(said)) return new AppError('data-dir-unusable', { detail })
  return new AppError('embedded-database-failed', { detail })
}

/** The binary is there (its package was resolved), so these say something about the machine. */
export function spawnFailure(cause: unknown): AppError {
  const code = errorCode(cause)
  const detail = `PostgreSQL could not be run: ${cause instanceof Error ? cause.message : code}`
  if (code === 'ENOENT') {
    return new AppError('embedded-database-unsupported', {
      detail,
      cure: 'The binaries need glibc: use a system with it (not Alpine), or set DATABASE_URL.',
      cause,
    })
  }
  if (process.getuid?.() === 0 && (code === 'EPERM' || code === 'EACCES')) {
    return new AppError('embedded-database-unsupported', {
      detail: 'Started as root, but without the right to run PostgreSQL as another user, and PostgreSQL refuses root.',
      cure: 'Start Hearthkey as an ordinary user, or allow CAP_SETUID, CAP_SETGID, CAP_CHOWN, CAP_DAC_OVERRIDE and CAP_KILL.',
      cause,
    })
  }
  return new AppError('embedded-database-failed', { detail, cause })
}
