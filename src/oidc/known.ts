import type { Listener } from '../db/listener.ts'
import type { Clock } from '../lib/clock.ts'

/** Rows that are read for every request and rarely change, kept until a notification says that one did. */
export interface Known<T> {
  find(id: string): Promise<T | undefined>
}

interface KnownOptions<T> {
  readonly channel: string
  readonly load: (id: string) => Promise<T | undefined>
  readonly listener: Pick<Listener, 'connected' | 'subscribe'>
  readonly clock: Clock
}

const MOST = 10_000
/** Bounds the harm, should a notification ever be lost unnoticed. */
const OLDEST_MS = 60_000

/**
 * While notifications may be lost nothing is remembered, and what was remembered before a silence is not believed after
 * it. Ids that do not exist are asked for each time: whoever makes them up must not fill the memory.
 */
export async function createKnown<T>({ channel, load, listener, clock }: KnownOptions<T>): Promise<Known<T>> {
  const held = new Map<string, { readonly value: T; readonly at: number }>()
  let epoch = 0
  const forget = (id?: string) => {
    epoch += 1
    if (id) held.delete(id)
    else held.clear()
  }
  await listener.subscribe(channel, { onMessage: forget, onGap: () => forget() })

  return {
    find: async (id) => {
      if (!listener.connected) forget()
      const now = clock.now().getTime()
      const found = held.get(id)
      if (found && now - found.at < OLDEST_MS && now >= found.at) return found.value
      const before = epoch
      const value = await load(id)
      // A change that was told of while we loaded may not be in what we loaded.
      if (value !== undefined && epoch === before && listener.connected) {
        if (held.size >= MOST) held.clear()
        held.set(id, { value, at: now })
      }
      return value
    },
  }
}
