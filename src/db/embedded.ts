import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../errors/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type Accounts, accountsFor } from './embedded/account.ts'
import { installedBinaries } from './embedded/binaries.ts'
import { assertSocketPath, ensureDataDir } from './embedded/data-dir.ts'
import { engineFailure, fileFailure } from './embedded/failure.ts'
import { type Layout, layoutOf } from './embedded/layout.ts'
import { type HeldLock, noteIn, tryHold } from './embedded/locks.ts'
import { obtainPostmaster } from './embedded/obtain.ts'
import { shutDown } from './embedded/postmaster.ts'
import { askDatabase } from './embedded/prepare.ts'
import { followServerLog, keepServerLogSmall } from './embedded/server-log.ts'
import { governingFiles } from './embedded/settings.ts'
import { isListening } from './embedded/socket.ts'

export interface EmbeddedServer {
  /** What a client names as host. */
  readonly socketDir: string
  /** It had survived an earlier Hearthkey that was killed. */
  readonly adopted: boolean
  /** Resolves, with what to say about it, only if PostgreSQL dies without having been told to. */
  readonly exited: Promise<AppError>
  /** Idempotent. Everything acknowledged is on the disk afterwards, and the directory is free for another start. */
  stop(): Promise<void>
}

interface StartOptions {
  readonly dataDir: string
  readonly log: Log
  /** Called once PostgreSQL has been started, and is not ready yet. Not called where one that runs is taken over. */
  readonly onLaunch?: (() => void) | undefined
  /** Win over ours. For tests, whose data is thrown away. */
  readonly settings?: Readonly<Record<string, string>>
}

export async function startEmbedded(options: StartOptions): Promise<EmbeddedServer> {
  try {
    return await start(layoutOf(resolve(options.dataDir)), options)
  } catch (error) {
    throw fileFailure(error, options.dataDir)
  }
}

async function start(layout: Layout, { log, onLaunch, settings }: StartOptions): Promise<EmbeddedServer> {
  assertSocketPath(layout)
  const installed = await installedBinaries()
  await ensureDataDir(layout, log)
  const accounts = await accountsFor(layout)
  const serverLock = holdServerLock(layout, accounts)
  try {
    const logged = followServerLog(layout.log)
    const files = governingFiles(installed, accounts, settings)
    const { postmaster, adopted } = await obtainPostmaster({
      layout,
      installed,
      accounts,
      files,
      log,
      logged,
      onLaunch,
    })
    const stopTrimming = keepServerLogSmall(layout.log)
    let stopping: Promise<void> | undefined
    const stop = async () => {
      try {
        await shutDown(postmaster, log)
      } finally {
        stopTrimming()
        serverLock.release()
      }
    }
    return {
      socketDir: layout.cluster,
      adopted,
      exited: new Promise((tell) => {
        void postmaster.gone.then(() => {
          if (!stopping) tell(engineFailure('serving', logged()))
        })
      }),
      stop: () => {
        stopping ??= stop()
        return stopping
      },
    }
  } catch (error) {
    serverLock.release()
    throw error
  }
}

/** Two programs over one directory would each believe to own the server: the second stops here. */
function holdServerLock({ serverLock, dataDir }: Layout, { dirOwner: owner }: Accounts): HeldLock {
  const note = `pid ${process.pid}, started ${systemClock.now().toISOString()}\n`
  const held = tryHold(serverLock, { owner, note })
  if (held) return held
  throw new AppError('data-dir-in-use', {
    detail: `Another Hearthkey uses ${dataDir} (${noteIn(serverLock) || 'it left no note'}).`,
  })
}

/** For a command beside a running server: its live socket, or undefined when no PostgreSQL runs on the directory. */
export async function findEmbedded(dataDir: string): Promise<{ socketDir: string } | undefined> {
  const layout = layoutOf(resolve(dataDir))
  assertSocketPath(layout)
  const patience = AbortSignal.timeout(10_000)
  while (await isListening(layout)) {
    if ((await askDatabase(layout.cluster)) === 'ready') return { socketDir: layout.cluster }
    if (patience.aborted) {
      throw new AppError('embedded-database-failed', {
        detail: `PostgreSQL runs in ${layout.cluster} but is not ready.`,
        cure: 'It may be starting or recovering: look at the log of the server, and try again in a minute.',
      })
    }
    await delay(20)
  }
  return undefined
}
