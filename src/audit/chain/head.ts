import type { Seen } from './seen.ts'

/** Where the chain ends. */
export interface Head {
  readonly seq: number
  readonly hash: Buffer
}

/** Of events that are walked through from the first. */
export interface Walk {
  /** What could be seen when it began. */
  readonly began: Seen
  /** The uuid of an event. */
  readonly to: string
}

/** What its maker had seen by then. Undefined: nothing yet. */
export interface HeldHead extends Head {
  readonly seen: Seen | undefined
  readonly walk: Walk | undefined
}
