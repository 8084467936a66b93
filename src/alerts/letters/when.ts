/** For clocks that differ a little: an alert that is seen in a slot of time is told of by the letter at its end. */
const MARGIN_MS = 5_000

/** One letter for all alerts of a slot of the clock. Should the queue take two, the second finds nothing to say. */
export function atEndOfSlot(now: Date, everyMs: number) {
  const slot = Math.floor(now.getTime() / everyMs)
  return {
    at: new Date((slot + 1) * everyMs + MARGIN_MS),
    once: { key: `slot-${slot}`, withinSeconds: Math.ceil((2 * everyMs) / 1000) },
  }
}
