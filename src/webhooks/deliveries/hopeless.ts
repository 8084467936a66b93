const DAY = 24 * 60 * 60_000
/** A first attempt comes a moment after its message, and a last one when the message is so old: of one alone that is less. */
const ALMOST = 0.9

interface Patience {
  /** Milliseconds. */
  readonly giveUpAfter: number
}

interface Attempted {
  readonly now: Date
  /** Its message is given up with it. */
  readonly isLast: boolean
}

/**
 * Nothing at all was taken for so long. Who refuses one message and takes the others is told of the others. Asked with every
 * attempt that fails: where new messages never cease to come none of them may ever be tried to its end.
 */
export function isHopeless({ giveUpAfter }: Patience, since: Date | null, { now, isLast }: Attempted): boolean {
  const wanted = isLast ? giveUpAfter * ALMOST : giveUpAfter
  return since !== null && now.getTime() - since.getTime() >= wanted
}

/** Longer than any pause between two attempts at somebody for whom anything waits. */
export const anewBehind = ({ giveUpAfter }: Patience, now: Date): Date =>
  new Date(now.getTime() - Math.min(DAY, giveUpAfter))
