import { isDeepStrictEqual } from 'node:util'
import type { PgBoss, Queue, QueueResult } from 'pg-boss'
import type { JobKind } from './job.ts'

/** Where a job goes that failed for the last time. Nobody works on it: it waits there to be looked at. */
export const DEAD_JOBS = 'dead'

/** A worker that is alive says so twice in this time; a job that is silent for longer is given to another. */
const HEARTBEAT_SECONDS = 20
const DAY = 24 * 60 * 60

const settingsOf = (kind: Omit<JobKind, 'parse'>) =>
  ({
    policy: kind.overlap === 'never' ? 'exclusive' : 'standard',
    retryLimit: kind.retry.limit,
    retryDelay: kind.retry.firstSeconds,
    retryBackoff: true,
    retryDelayMax: kind.retry.mostSeconds,
    expireInSeconds: kind.timeoutSeconds,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    retentionSeconds: 14 * DAY,
    deleteAfterSeconds: DAY,
    deadLetter: DEAD_JOBS,
    notify: true,
  }) satisfies Omit<Queue, 'name'>

/** Makes the queues in the database those of the program: one look where nothing changed. */
export async function declareQueues(boss: PgBoss, kinds: readonly Omit<JobKind, 'parse'>[]): Promise<void> {
  const known = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
  if (!known.has(DEAD_JOBS)) await boss.createQueue(DEAD_JOBS, { retentionSeconds: 90 * DAY })
  for (const kind of kinds) await declareQueue(boss, kind.name, settingsOf(kind), known.get(kind.name))
}

async function declareQueue(
  boss: PgBoss,
  name: string,
  settings: ReturnType<typeof settingsOf>,
  known: QueueResult | undefined,
): Promise<void> {
  if (!known) return boss.createQueue(name, settings)
  const { policy, ...changeable } = settings
  if (known.policy !== policy)
    throw new TypeError(`the queue ${name} was created with another overlap, which is fixed: give the job a new name`)
  if (!isDeepStrictEqual({ ...known, ...changeable }, known)) await boss.updateQueue(name, changeable)
}
