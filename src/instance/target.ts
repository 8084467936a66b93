import type { Config } from '../config/config.ts'
import type { DatabaseTarget } from '../db/connection.ts'
import { reachEmbedded, startAfterCommands } from '../db/embedded/reach.ts'
import { type EmbeddedServer, findEmbedded } from '../db/embedded.ts'
import { AppError } from '../errors/app-error.ts'
import type { Log } from '../lib/log.ts'

/** A database that can be connected to until `release` is called. */
export interface HeldTarget {
  readonly target: DatabaseTarget
  release(): Promise<void>
}

export interface OwnedTarget extends HeldTarget {
  /** Present where this process runs the embedded server. */
  readonly embedded?: EmbeddedServer
}

/**
 * For the server: it owns the embedded database, or finds that another server does and stops. `onLaunch` is called while
 * there is nothing to do but wait for it; never, where nobody waits.
 */
export async function ownTarget(config: Config, log: Log, onLaunch?: () => void): Promise<OwnedTarget> {
  const external = externalTarget(config)
  if (external) return { target: external, release: async () => {} }
  const embedded = await startAfterCommands(config.data.dir, log, onLaunch)
  return { target: behind(embedded), embedded, release: () => embedded.stop() }
}

interface ReachOptions {
  /** For a command that is there to prepare a database; one that looks leaves an empty directory empty. */
  readonly create?: boolean
}

/** For a command: the database that runs already, or else one started for as long as commands use it. */
export async function reachTarget(
  config: Config,
  log: Log,
  { create = false }: ReachOptions = {},
): Promise<HeldTarget> {
  const external = externalTarget(config)
  if (external) return { target: external, release: async () => {} }
  const reached = await reachEmbedded({ dataDir: config.data.dir, log, create })
  return { target: behind(reached), release: reached.release }
}

/** For a worker: its primary's database. It never starts one, for nobody would do the background work then. */
export async function findTarget(config: Config): Promise<DatabaseTarget> {
  const external = externalTarget(config)
  if (external) return external
  const running = await findEmbedded(config.data.dir)
  if (running) return behind(running)
  throw new AppError('embedded-database-failed', {
    detail: 'The PostgreSQL that the primary process started is not there any more.',
  })
}

const behind = ({ socketDir }: { readonly socketDir: string }): DatabaseTarget => ({ kind: 'embedded', socketDir })

function externalTarget({ database }: Config): DatabaseTarget | undefined {
  return database.url ? { kind: 'server', serving: database.url, owning: database.migrationUrl } : undefined
}
