import type { Clock } from '../lib/clock.ts'
import type { Listener } from './listener.ts'

/** Rows that are read for every request and rarely change, kept until a notification says that one did. */
export interface Memory<T> {
  get(id: string): T | undefined
  /** Asked before rows are read; what it answers keeps them, unless a change was told of since. */
  reading(): (id: string, value: T) => void
  /** For whoever made the change, and would read it before the notification has come back. */
  forget(): void
  /** Before it, nothing is kept. */
  readonly listening: Promise<void>
}

export interface MemoryOptions {
  /** Its messages are ids. */
  readonly channel: string
  readonly listener: Pick<Listener, 'connected' | 'subscribe'>
  readonly clock: Clock
  /** How many are kept: beyond it, those that nobody asked for the longest make room. */
  readonly most?: number
  /** Bounds the harm, should a notification ever be lost unnoticed. */
  readonly oldestMs?: number
}

const MOST = 10_000
const OLDEST_MS = 60_000

/** While notifications may be lost nothing is remembered, and what was remembered before a silence is not believed after it. */
export function createMemory<T>(options: MemoryOptions): Memory<T> {
  const { channel, listener, clock, most = MOST, oldestMs = OLDEST_MS } = options
  /** In the order in which they were asked for, from where that begins to matter. */
  const held = new Map<string, { readonly value: T; readonly at: number }>()
  let epoch = 0
  let heard = false
  const forget = (id?: string) => {
    epoch += 1
    if (id) held.delete(id)
    else held.clear()
  }
  const onGap = () => {
    forget()
    heard = true
  }
  // It fails when the connection is lost meanwhile; the next one listens, and says that there was a gap.
  const listening = listener.subscribe(channel, { onMessage: forget, onGap }).then(onGap, () => {})
  const isDeaf = () => !heard || !listener.connected

  return {
    listening,
    forget: () => forget(),
    get: (id) => {
      if (isDeaf()) forget()
      const now = clock.now().getTime()
      const found = held.get(id)
      if (!found || now - found.at >= oldestMs || now < found.at) return undefined
      if (held.size > most / 2) {
        held.delete(id)
        held.set(id, found)
      }
      return found.value
    },
    reading: () => {
      const before = epoch
      const at = clock.now().getTime()
      return (id, value) => {
        // A change that was told of while we read may not be in what we read.
        if (epoch !== before || isDeaf()) return
        held.delete(id)
        const [first] = held.keys()
        if (held.size >= most && first !== undefined) held.delete(first)
        held.set(id, { value, at })
      }
    },
  }
}
