import type { Config } from '../config/config.ts'
import type { DatabaseTarget } from '../db/connection.ts'
import { type EmbeddedServer, findEmbedded, startEmbedded } from '../db/embedded.ts'
import type { Log } from '../lib/log.ts'

/** A database that can be connected to until `release` is called. */
export interface HeldTarget {
  readonly target: DatabaseTarget
  /** Present where this process runs the embedded server. */
  readonly embedded?: EmbeddedServer
  release(): Promise<void>
}

/** For the server: it owns the embedded database, or finds that another server does and stops. */
export async function ownTarget(config: Config, log: Log): Promise<HeldTarget> {
  const external = externalTarget(config)
  if (external) return { target: external, release: async () => {} }
  const embedded = await startEmbedded({ dataDir: config.data.dir, log })
  return { target: { kind: 'embedded', socketDir: embedded.socketDir }, embedded, release: () => embedded.stop() }
}

/** For a command or a worker: the database that runs already, or else one started for as long as it is held. */
export async function reachTarget(config: Config, log: Log): Promise<HeldTarget> {
  const external = externalTarget(config)
  if (external) return { target: external, release: async () => {} }
  const running = await findEmbedded(config.data.dir)
  if (running) return { target: { kind: 'embedded', socketDir: running.socketDir }, release: async () => {} }
  return ownTarget(config, log)
}

function externalTarget({ database }: Config): DatabaseTarget | undefined {
  return database.url ? { kind: 'server', serving: database.url, owning: database.migrationUrl } : undefined
}
