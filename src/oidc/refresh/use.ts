/** A use of a refresh token, as the database has counted it. */
export interface CountedUse {
  readonly firstUsedAt: Date
  /** This one included. */
  readonly uses: number
  /** Of the token that the first use was answered with. */
  readonly successor: 'unused' | 'used' | 'absent'
}

/**
 * `retry`: the answer to the first use was lost on its way, and is given again. `replay`: two hold the token, and one of them
 * stole it (RFC 9700 §4.14.2).
 */
export type Use = 'first' | 'retry' | 'replay'

/** From the first use on: a window that every retry opened anew would never close for whoever goes on trying. */
export function judgeUse({ firstUsedAt, uses, successor }: CountedUse, now: Date, windowMs: number): Use {
  if (uses === 1) return 'first'
  // A clock that was set back has not opened the window anew; one that is behind by less than it goes on.
  const isInTime = windowMs > 0 && Math.abs(now.getTime() - firstUsedAt.getTime()) < windowMs
  return isInTime && successor === 'unused' ? 'retry' : 'replay'
}
