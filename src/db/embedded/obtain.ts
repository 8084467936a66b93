import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../errors/app-error.ts'
import type { Log } from '../../lib/log.ts'
import type { Accounts } from './account.ts'
import type { Binaries } from './binaries.ts'
import { handOver, initCluster, inspectCluster } from './cluster.ts'
import { readableEngine } from './engine-copy.ts'
import { engineFailure } from './failure.ts'
import type { Layout } from './layout.ts'
import { type HeldLock, tryHold } from './locks.ts'
import { launch, type Postmaster, shutDown, signalSurvivor, survivor } from './postmaster.ts'
import { prepareDatabase } from './prepare.ts'
import { trimServerLog } from './server-log.ts'
import { areAsWritten, writeChanged } from './write.ts'

interface Context {
  readonly layout: Layout
  readonly installed: Binaries
  readonly accounts: Accounts
  readonly files: ReadonlyMap<string, string>
  readonly log: Log
  /** What PostgreSQL has written to its log since this start began. */
  readonly logged: () => string
  /** Called once PostgreSQL has been started: what takes this process a while may be done while it comes up. */
  readonly onLaunch?: (() => void) | undefined
}

interface Obtained {
  readonly postmaster: Postmaster
  readonly adopted: boolean
}

/** Recovery after a crash replays at most max_wal_size, which takes seconds; a slow disk gets its time. */
const PATIENCE = 120_000
const LOOK_EVERY = 10

/**
 * The postmaster inherits its lock, so the kernel answers whether one lives: granted, nobody does, whatever the PID
 * files say; refused, one (or its last back end, or an initdb) survived its parent and is adopted or waited for.
 */
export async function obtainPostmaster(context: Context): Promise<Obtained> {
  const { layout, accounts, files, log } = context
  const patience = AbortSignal.timeout(PATIENCE)
  let announced = false
  while (!patience.aborted) {
    const lock = tryHold(layout.postmasterLock, { owner: accounts.dirOwner })
    if (lock) {
      try {
        return { postmaster: await startFresh(context, lock), adopted: false }
      } finally {
        lock.release()
      }
    }
    if (!announced) log.info('PostgreSQL still runs from an earlier start; taking it over')
    announced = true
    if (!(await areAsWritten(layout.cluster, files))) {
      // Other settings, another user or another version of the engine: it must not serve us as it is.
      signalSurvivor(layout, 'SIGINT')
    } else if ((await prepareDatabase(layout.cluster)) === 'ready') {
      return { postmaster: survivor(layout), adopted: true }
    }
    await delay(LOOK_EVERY)
  }
  throw new AppError('embedded-database-failed', {
    detail: 'PostgreSQL runs from an earlier start, and neither answers nor ends.',
    cure: 'Look into postgres.log in the data directory; end the process named in postgres/postmaster.pid yourself.',
  })
}

async function startFresh(context: Context, lock: HeldLock): Promise<Postmaster> {
  const { layout, installed, accounts, files, log, onLaunch } = context
  const account = accounts.postgres
  const state = await inspectCluster(layout, installed)
  const { binaries, lock: engineLock } = await readableEngine(installed, { accounts, log })
  try {
    if (state === 'absent') await initCluster({ layout, binaries, account, lockFd: lock.fd, log })
    else await handOver(layout, account, log)
    await writeChanged(layout.cluster, files, account)
    await trimServerLog(layout.log)
    const locks = [lock, engineLock].flatMap((held) => held?.fd ?? [])
    const postmaster = await launch({ layout, binaries, accounts, locks })
    onLaunch?.()
    return await readied(postmaster, context)
  } finally {
    engineLock?.release()
  }
}

async function readied(postmaster: Postmaster, context: Context): Promise<Postmaster> {
  try {
    await untilReady(postmaster, context)
    return postmaster
  } catch (error) {
    await shutDown(postmaster, context.log)
    throw error
  }
}

async function untilReady(postmaster: Postmaster, { layout, log, logged }: Context): Promise<void> {
  let gone = false
  void postmaster.gone.then(() => {
    gone = true
  })
  const slow = setTimeout(() => log.info('PostgreSQL is recovering from a crash; waiting for it'), 2_000)
  const patience = AbortSignal.timeout(PATIENCE)
  try {
    while (!gone && !patience.aborted) {
      if ((await prepareDatabase(layout.cluster)) === 'ready') return
      await delay(LOOK_EVERY)
    }
  } finally {
    clearTimeout(slow)
  }
  throw engineFailure('starting', logged())
}
