const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** To walk to the other mailbox and back. */
export const CONFIRM_MS = 60 * MINUTE_MS
/** For somebody whose address was taken from them while they were away. */
export const UNDO_MS = 7 * DAY_MS

export const inMinutes = (ms: number): number => Math.round(ms / MINUTE_MS)
