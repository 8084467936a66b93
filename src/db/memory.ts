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
}

const MOST = 10_000
/** Bounds the harm, should a notification ever be lost unnoticed. */
const OLDEST_MS = 60_000

/** While notifications may be lost nothing is remembered, and what was remembered before a silence is not believed after it. */
export function createMemory<T>({ channel, listener, clock }: MemoryOptions): Memory<T> {
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
      return found && now - found.at < OLDEST_MS && now >= found.at ? found.value : undefined
    },
    reading: () => {
      const before = epoch
      const at = clock.now().getTime()
      return (id, value) => {
        // A change that was told of while we read may not be in what we read.
        if (epoch !== before || isDeaf()) return
        if (held.size >= MOST) held.clear()
        held.set(id, { value, at })
      }
    },
  }
}
