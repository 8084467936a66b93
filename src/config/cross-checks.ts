import { realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { authorityOfANamedSiem, certificateForANamedSiem, filesOfTheLogApart } from './audit-checks.ts'
import { certificatesComeFromAProxy, verifiedCertificatesAreRead } from './certificate-checks.ts'
import { idleWithinAbsolute, keysOutliveTheirTokens } from './lifetime-checks.ts'
import { mailPasswordInTheClear, mailSenderOfANamedServer } from './mail-checks.ts'
import { passkeysOfThisHost } from './passkey-checks.ts'
import type { Parsed } from './schema.ts'
import { deliveriesAreKeptUntilGivenUp, eventsOutliveTheirMessages } from './webhook-checks.ts'

/** A rule that no single setting can break. */
export interface Conflict {
  /** The first is the one to change; where another of them is wrong by itself, nothing is said of their relation. */
  readonly keys: readonly [string, ...string[]]
  readonly reason: string
}

export const conflictsIn = (config: Parsed): Conflict[] => checks.flatMap((check) => check(config) ?? [])

const checks: readonly ((config: Parsed) => Conflict | undefined)[] = [
  keysApartFromData,
  nextKeyPublishedInTime,
  keysOutliveTheirTokens('accessToken'),
  keysOutliveTheirTokens('idToken'),
  idleWithinAbsolute('refresh', 'tokens.refreshIdle', 'tokens.refreshAbsolute'),
  idleWithinAbsolute('offline', 'tokens.offlineIdle', 'tokens.offlineAbsolute'),
  idleWithinAbsolute('session', 'sessions.idle', 'sessions.absolute'),
  ownerLoginOfANamedDatabase,
  connectionsOfTheEmbeddedDatabase,
  domainsToRegisterFrom,
  lengthThatNistAsksFor,
  mailPasswordInTheClear,
  mailSenderOfANamedServer,
  passkeysOfThisHost,
  certificatesComeFromAProxy,
  verifiedCertificatesAreRead,
  authorityOfANamedSiem,
  certificateForANamedSiem,
  filesOfTheLogApart,
  eventsOutliveTheirMessages,
  deliveriesAreKeptUntilGivenUp,
]

/** Whoever copies the data directory (a backup, a stolen disk) must not get the key that opens it. */
function keysApartFromData({ data }: Parsed): Conflict | undefined {
  const [dir, keysDir] = [realPath(data.dir), realPath(data.keysDir)]
  const relation =
    keysDir === dir ? 'is' : isWithin(keysDir, dir) ? 'lies in' : isWithin(dir, keysDir) ? 'holds' : undefined
  if (!relation) return undefined
  const reason = `the keys directory ${relation} the data directory: a copy of the data would carry its key; keep the two side by side`
  return { keys: ['data.keysDir', 'data.dir'], reason }
}

function nextKeyPublishedInTime({ keys }: Parsed): Conflict | undefined {
  if (keys.publishBefore < keys.rotateEvery) return undefined
  const reason = 'must be shorter than keys.rotateEvery: the next key is published before it signs'
  return { keys: ['keys.publishBefore', 'keys.rotateEvery'], reason }
}

function ownerLoginOfANamedDatabase({ database }: Parsed): Conflict | undefined {
  if (!database.migrationUrl || database.url) return undefined
  const reason = 'needs DATABASE_URL beside it: the embedded database has its own two logins'
  return { keys: ['database.migrationUrl', 'database.url'], reason }
}

/** Of its 100 connections a few stay free, so that a command gets in beside a busy server. */
const EMBEDDED_CONNECTIONS = 90
/** Beside its pool each process listens for notifications and may act as the owner. */
const OTHER_CONNECTIONS = 4

function connectionsOfTheEmbeddedDatabase({ database, server }: Parsed): Conflict | undefined {
  const processes = server.workers === 1 ? 1 : server.workers + 1
  const fits = Math.floor(EMBEDDED_CONNECTIONS / processes) - OTHER_CONNECTIONS
  if (database.url || database.poolSize <= fits) return undefined
  const cure = fits > 0 ? `at most ${fits} fit` : 'so many workers need DATABASE_URL'
  const reason = `the embedded database has no room for ${server.workers} times ${database.poolSize} connections: ${cure}`
  return { keys: ['database.poolSize', 'server.workers', 'database.url'], reason }
}

/** NIST SP 800-63B-4, where the password is the only factor; the preset itself knows when 8 are enough. */
const NIST_LENGTH = 15

function lengthThatNistAsksFor({ passwords }: Parsed): Conflict | undefined {
  if (passwords.preset !== 'nist' || (passwords.minLength ?? NIST_LENGTH) >= NIST_LENGTH) return undefined
  const reason = `must be at least ${NIST_LENGTH} beside passwords.preset nist; leave it out to follow the preset`
  return { keys: ['passwords.minLength', 'passwords.preset'], reason }
}

function domainsToRegisterFrom({ registration }: Parsed): Conflict | undefined {
  if (registration.mode !== 'domain' || registration.domains.length > 0) return undefined
  const reason = 'nobody could register: name the domains in registration.domains, or set registration.mode to closed'
  return { keys: ['registration.mode', 'registration.domains'], reason }
}

/** Follows links as far as the path exists. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realPath(parent), basename(path))
  }
}

function isWithin(inner: string, outer: string): boolean {
  const way = relative(outer, inner)
  return way === '' || (way.split(/[\\/]/)[0] !== '..' && !isAbsolute(way))
}
