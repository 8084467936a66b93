/**
 * Time for every process to hear of a change of keys: notifications arrive within milliseconds, and a process that
 * hears none asks again within seconds. What ends a key's life waits for this much longer.
 */
export const PROPAGATION_MS = 60_000
