/** What a `pg_snapshot` says: every transaction below `until` had ended, but for those that were open. */
export interface Seen {
  readonly until: bigint
  readonly open: readonly bigint[]
}

export function parseSeen(text: string): Seen {
  const [, until, open] = /^\d+:(\d+):([\d,]*)$/.exec(text) ?? []
  if (until === undefined || open === undefined) throw new TypeError(`not a snapshot: ${text}`)
  return { until: BigInt(until), open: open === '' ? [] : open.split(',').map(BigInt) }
}

/** As PostgreSQL reads it again. */
export const seenText = ({ until, open }: Seen): string => `${open[0] ?? until}:${until}:${open.join(',')}`

/** One from another history: a backup was restored into a server that counts transactions anew. */
export const isFromTheFuture = (seen: Seen, current: Seen): boolean => seen.until > current.until

/**
 * What may be called seen when of all that came since `before` only the transactions below `cut` were taken, in their order:
 * so a backlog is taken in pieces, and each begins where the one before ended.
 */
export function seenUpTo(before: Seen, current: Seen, cut: bigint): Seen {
  // Those that were late had not all been taken yet: what is above them still waits.
  if (cut < before.until)
    return { until: before.until, open: before.open.filter((xid) => xid >= cut || current.open.includes(xid)) }
  return { until: cut, open: current.open.filter((xid) => xid < cut) }
}
