import { AsyncLocalStorage } from 'node:async_hooks'
import { CompiledQuery } from 'kysely'
import type { PgBoss, SendOptions } from 'pg-boss'
import type { Tx } from '../db/types.ts'
import { createBoss } from './engine.ts'
import { type JobKind, type JobPayload, URGENT } from './job.ts'

export interface EnqueueOptions {
  /** Not before this moment. */
  readonly at?: Date
  /** Not before so many seconds have passed on the clock of the database, whatever ours shows. */
  readonly inSeconds?: number
  /** At most one job of this key in each window of so many seconds; a second one is quietly left out. */
  readonly once?: { readonly key: string; readonly withinSeconds: number }
  /** An id. Of those that have it in common one runs at a time in each worker: whoever is slow keeps others from nothing. */
  readonly group?: string
  /** Before all others that are due. */
  readonly isUrgent?: boolean
}

/** Answers the job's id, or nothing where `once` or `overlap: 'never'` left it out. */
export type Enqueue = <P extends JobPayload>(
  tx: Tx,
  kind: JobKind<P>,
  payload: P,
  options?: EnqueueOptions,
) => Promise<string | undefined>

/** One of many that are put into the queue at once. */
export interface Enqueued<P extends JobPayload> extends Pick<EnqueueOptions, 'at' | 'group' | 'isUrgent'> {
  readonly payload: P
}

/** Thousands in one statement. */
export type EnqueueAll = <P extends JobPayload>(tx: Tx, kind: JobKind<P>, jobs: readonly Enqueued<P>[]) => Promise<void>

/**
 * Puts a job into the queue inside the change's own transaction: it exists if and only if the change does.
 * Everything the engine asks goes through that transaction, for a second connection would wait for one of a pool that
 * waiting transactions may have used up.
 */
export function createEnqueue(): Enqueue {
  const within = engineWithin()
  return async (tx, kind, payload, options = {}) => {
    const data = kind.parse(payload)
    const id = await within(tx, (engine) => engine.send(kind.name, data, sendOptions(options)))
    if (id === null && !options.once && kind.overlap === 'allowed')
      throw new Error(`the queue did not take a job of kind ${kind.name}`)
    return id ?? undefined
  }
}

export function createEnqueueAll(): EnqueueAll {
  const within = engineWithin()
  return async (tx, kind, jobs) => {
    if (jobs.length === 0) return
    const inserted = jobs.map(({ payload, ...options }) => ({ data: kind.parse(payload), ...insertOptions(options) }))
    await within(tx, (engine) => engine.insert(kind.name, inserted))
  }
}

type Within = <T>(tx: Tx, work: (engine: PgBoss) => Promise<T>) => Promise<T>

function engineWithin(): Within {
  const current = new AsyncLocalStorage<Tx>()
  let boss: Promise<PgBoss> | undefined
  const executeSql = async (text: string, values: unknown[] = []) => {
    const tx = current.getStore()
    if (!tx) throw new Error('a job was enqueued outside a transaction')
    return { rows: (await tx.executeQuery(CompiledQuery.raw(text, values))).rows }
  }
  return async (tx, work) => {
    boss ??= createBoss({ executeSql }, { supervise: false, schedule: false, migrate: false })
    const engine = await boss
    return current.run(tx, () => work(engine))
  }
}

const sendOptions = ({ at, inSeconds, once, group, isUrgent }: EnqueueOptions): SendOptions => ({
  ...(isUrgent && { priority: URGENT }),
  ...(at && { startAfter: at }),
  ...(inSeconds !== undefined && { startAfter: inSeconds }),
  ...(group !== undefined && { group: { id: group } }),
  ...(once && { singletonKey: once.key, singletonSeconds: once.withinSeconds }),
})

const insertOptions = ({ at, group, isUrgent }: Omit<Enqueued<JobPayload>, 'payload'>) => ({
  ...(isUrgent && { priority: URGENT }),
  ...(at && { startAfter: at.toISOString() }),
  ...(group !== undefined && { group: { id: group } }),
})
