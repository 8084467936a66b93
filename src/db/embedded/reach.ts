import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../errors/app-error.ts'
import type { Log } from '../../lib/log.ts'
import { type EmbeddedServer, findEmbedded, startEmbedded } from '../embedded.ts'
import { hasCluster } from './cluster.ts'
import { assertSocketPath, ensureDataDir } from './data-dir.ts'
import { fileFailure } from './failure.ts'
import { enterAsGuest, type GuestPass, hasGuests } from './guests.ts'
import { type Layout, layoutOf } from './layout.ts'

interface ReachOptions {
  readonly dataDir: string
  readonly log: Log
  /** Without it an empty directory stays empty. */
  readonly create?: boolean
}

export interface ReachedServer {
  readonly socketDir: string
  /** Stops the server if it was started here, once no other command uses it. */
  release(): Promise<void>
}

/** Another command starts or stops the server for a moment; who runs it for longer is found and joined. */
const PATIENCE_MS = 10_000
/** A command takes seconds. One that hangs must not keep another, and the database, for ever. */
const GUESTS_PATIENCE_MS = 30_000
const LOOK_EVERY = 50

/** For a command: the server that runs, or one started for as long as commands use it. */
export async function reachEmbedded({ dataDir, log, create = false }: ReachOptions): Promise<ReachedServer> {
  const layout = layoutOf(resolve(dataDir))
  assertSocketPath(layout)
  if (!create && !(await hasCluster(layout))) {
    throw new AppError('never-started', { detail: `There is no database in ${layout.dataDir}.` })
  }
  try {
    if (create) await ensureDataDir(layout, log)
    const patience = AbortSignal.timeout(PATIENCE_MS)
    const pass = await enterAsGuest(layout, patience)
    if (!pass) throw new AppError('data-dir-in-use', { detail: `The server in ${layout.dataDir} is being stopped.` })
    return await joinOrStart(layout, pass, { log, patience }).catch((error: unknown) => {
      pass.release()
      throw error
    })
  } catch (error) {
    throw fileFailure(error, layout.dataDir)
  }
}

interface JoinOptions {
  readonly log: Log
  readonly patience: AbortSignal
}

async function joinOrStart(layout: Layout, pass: GuestPass, { log, patience }: JoinOptions): Promise<ReachedServer> {
  for (;;) {
    const running = await findEmbedded(layout.dataDir)
    if (running) return { ...running, release: async () => pass.release() }
    try {
      const { socketDir, stop } = await startEmbedded({ dataDir: layout.dataDir, log })
      const release = async () => {
        try {
          if (!(await pass.alone(GUESTS_PATIENCE_MS)))
            log.warn({ waited: GUESTS_PATIENCE_MS }, 'other commands still use the database; it is stopped under them')
          await stop()
        } finally {
          pass.release()
        }
      }
      return { socketDir, release }
    } catch (error) {
      if (!isInUse(error) || patience.aborted) throw error
    }
    await delay(LOOK_EVERY)
  }
}

/** Short enough that a second server is turned away while its operator looks. */
const SERVER_PATIENCE_MS = 1_200

/** For the server: waits for commands that started the database for themselves, and not for another server. */
export async function startAfterCommands(dataDir: string, log: Log, onLaunch?: () => void): Promise<EmbeddedServer> {
  const layout = layoutOf(resolve(dataDir))
  const patience = AbortSignal.timeout(SERVER_PATIENCE_MS)
  for (;;) {
    // Asked before as well: the command may leave between the refusal and the question.
    const before = hasGuests(layout)
    try {
      return await startEmbedded({ dataDir, log, onLaunch })
    } catch (error) {
      if (!isInUse(error) || patience.aborted || !(before || hasGuests(layout))) throw error
    }
    await delay(LOOK_EVERY)
  }
}

const isInUse = (error: unknown): boolean => error instanceof AppError && error.code === 'data-dir-in-use'
