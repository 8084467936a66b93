import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { appendBatch, type ChainDeps } from '../chain/append.ts'
import { type SignDeps, signHead } from '../checkpoints/sign.ts'
import type { Chaser } from './chaser.ts'
import { type Patience, patience } from './patience.ts'
import type { Standing } from './standing.ts'
import { askStanding } from './store.ts'

interface KeeperDeps extends ChainDeps, Omit<SignDeps, 'owner'> {
  readonly clock: Clock
  readonly log: Log
  /** How long an entry waits at most for a signed head. */
  readonly checkpointEvery: number
  /** All who go along the chain once it is made. */
  readonly chasers: readonly Chaser[]
  readonly everyMs?: number
}

export interface Keeper {
  /** Does what there is to do, and calls those who follow. */
  turn(): Promise<void>
  /** Once nobody whom it called is about anything. */
  settled(): Promise<void>
  /** Waits for what runs. */
  stop(): Promise<void>
}

const EVERY_MS = 500
/** However young they are. */
const SIGNED_AT_ONCE = 1_000

/**
 * Looks twice a second whether there is anything to do, in each instance; who does it is whoever holds what it takes. Those
 * who follow run beside it: one that is slow, or waits for somebody else's server, keeps nobody waiting.
 */
export function keeper(deps: KeeperDeps): Keeper {
  const { clock, log, checkpointEvery, everyMs = EVERY_MS } = deps
  const running = new Map<string, Promise<void>>()
  const patient = {
    append: patience(log, 'the audit chain'),
    sign: patience(log, 'signing the head of the audit chain'),
  }
  const patienceOf = new Map<string, Patience>(deps.chasers.map(({ name }) => [name, patience(log, name)]))
  const names = deps.chasers.map(({ name }) => name)
  const ask = () => askStanding(deps.owner, names)
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let current: Promise<void> | undefined

  const isDueToSign = ({ seq, signedSeq, unsignedSince }: Standing): boolean =>
    seq - signedSeq >= SIGNED_AT_ONCE ||
    // What is yet to come was said by a clock that was ahead: heads are not to wait until it is right.
    (unsignedSince !== undefined && Math.abs(clock.now().getTime() - unsignedSince.getTime()) >= checkpointEvery)

  /** How things stand then. */
  const signWhereDue = async (standing: Standing): Promise<Standing> => {
    if (!isDueToSign(standing) || !patient.sign.isOver()) return standing
    await patient.sign.attempt(() => signHead(deps))
    return ask()
  }

  /** Signed batch by batch, so that no segment becomes much longer than others. */
  const append = async (): Promise<void> => {
    for (let more = true; more && !stopping; ) {
      more = (await appendBatch(deps)).more
      if (more) await signWhereDue(await ask())
    }
  }

  const call = (standing: Standing): void => {
    for (const chaser of deps.chasers) {
      const calm = patienceOf.get(chaser.name)
      if (!calm?.isOver() || running.has(chaser.name) || !chaser.isBehind(standing)) continue
      const run = calm.attempt(() => chaser.run(() => stopping)).finally(() => running.delete(chaser.name))
      running.set(chaser.name, run)
    }
  }

  const work = async (): Promise<void> => {
    const standing = await ask()
    if (standing.waits) await append()
    call(await signWhereDue(standing.waits ? await ask() : standing))
  }

  const turn = (): Promise<void> => {
    if (stopping || !patient.append.isOver()) return Promise.resolve()
    current ??= patient.append.attempt(work).finally(() => {
      current = undefined
    })
    return current
  }

  const arm = () => {
    if (!stopping) timer = setTimeout(() => void turn().finally(arm), everyMs)
  }
  arm()

  const settled = async () => {
    await current
    await Promise.all(running.values())
  }
  return {
    turn,
    settled,
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      await settled()
    },
  }
}
