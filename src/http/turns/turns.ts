import { AppError } from '../../errors/app-error.ts'
import type { Log } from '../../lib/log.ts'
import { limiterKey } from '../address/ip.ts'
import type { Exchange } from '../exchange.ts'
import { Lane, type Newcomer } from './lane.ts'
import { refusalLog } from './refusal-log.ts'

/**
 * `begins`: with this request somebody begins something, and loses nothing by coming again. `page`: they may be on
 * their way. `password`: a form with a password in it, whose work waits for a hash.
 */
export type TurnKind = 'begins' | 'page' | 'password'

interface Room {
  /** How many are worked on at the same time. */
  readonly atOnce: number
  readonly waiting: number
}

export interface TurnsOptions {
  /** Undefined for what never waits and is never refused: programs, files, probes. */
  readonly kindOf: (exchange: Exchange) => TurnKind | undefined
  /** Of somebody who begins: whether they seem to be signed in, so that no password will be asked for. */
  readonly seemsSignedIn: (exchange: Exchange) => boolean
  /** Of a page in the middle: whether a sign-in led there. Its path alone says nothing, anybody can ask for it. */
  readonly seemsOnTheirWay: (exchange: Pick<Exchange, 'header'>) => boolean
  readonly pages: Room
  readonly passwords: Room
  readonly leaseMs?: number
}

export interface Turns {
  /** Whether this request may have to wait. */
  concerns(exchange: Exchange): boolean
  /** Judged from the head alone, so before a cookie, a body or the database is looked at. */
  refuse(exchange: Exchange): AppError | undefined
  /** Now or later; the place is free again when `work` has settled. Answers how to give up while waiting. */
  take(exchange: Exchange, work: () => Promise<unknown>): () => void
}

/** For each who begins, so many who are on their way may wait: they are refused last. */
const PREFERENCE = 4
/** Passwords that wait are worked off so far before more people are let in who would bring another. */
const REOPENS_AT = 0.75
const LEASE_MS = 10_000

/**
 * A sign-in takes about ten times the work of a token for a program, and people come in storms. So few of them are
 * worked on at a time; the event loop stays shallow, and a program is answered between two pages. The rest
 * wait in here, where waiting costs nothing but the open request, or are refused before any work is done for them.
 */
export function createTurns(options: TurnsOptions, log: Log): Turns {
  const { kindOf, seemsSignedIn, seemsOnTheirWay, pages, passwords, leaseMs = LEASE_MS } = options
  const lanes = {
    pages: new Lane({ ...pages, waiting: pages.waiting * PREFERENCE, beginners: pages.waiting, leaseMs }),
    passwords: new Lane({ ...passwords, leaseMs }),
  }
  const note = refusalLog(log)
  let isClosedToBeginners = false

  const laneOf = (kind: TurnKind): Lane => lanes[kind === 'password' ? 'passwords' : 'pages']
  const newcomer = (kind: TurnKind, exchange: Exchange): Newcomer => ({
    isBeginner: kind === 'begins' || (kind === 'page' && !seemsOnTheirWay(exchange)),
    address: limiterKey(exchange.clientIp),
  })

  const isFull = (kind: TurnKind, exchange: Exchange): Lane | undefined => {
    const waitingPasswords = lanes.passwords.waiting
    if (waitingPasswords >= passwords.waiting) isClosedToBeginners = true
    else if (waitingPasswords <= Math.floor(passwords.waiting * REOPENS_AT)) isClosedToBeginners = false
    const lane = laneOf(kind)
    if (lane.isFullFor(newcomer(kind, exchange))) return lane
    return kind === 'begins' && isClosedToBeginners && !seemsSignedIn(exchange) ? lanes.passwords : undefined
  }

  return {
    concerns: (exchange) => kindOf(exchange) !== undefined,
    refuse: (exchange) => {
      const kind = kindOf(exchange)
      const full = kind && isFull(kind, exchange)
      if (!full) return undefined
      note()
      return new AppError('overloaded', { retryAfter: full.secondsToWait })
    },
    take: (exchange, work) => {
      const kind = kindOf(exchange)
      if (kind) return laneOf(kind).enter(work, newcomer(kind, exchange))
      void work()
      return () => {}
    },
  }
}
