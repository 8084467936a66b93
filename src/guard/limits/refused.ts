/** So an attack on one key costs a statement a second and not one a request. Short, because others may give back. */
const LONGEST_MS = 1000
const MOST_KEYS = 10_000

/** What this process knows to be over its limit. */
export interface Refused {
  /** When one more may fit, if that is not now. */
  until(key: string, now: Date): Date | undefined
  add(key: string, now: Date, until: Date): void
}

interface Entry {
  readonly asked: number
  readonly until: Date
}

export function rememberRefused(): Refused {
  const entries = new Map<string, Entry>()
  return {
    until: (key, now) => {
      const entry = entries.get(key)
      if (!entry) return undefined
      const isFresh = now < entry.until && now.getTime() < entry.asked + LONGEST_MS
      if (!isFresh) entries.delete(key)
      return isFresh ? entry.until : undefined
    },
    add: (key, now, until) => {
      // The oldest first: a Map keeps the order of insertion.
      const [oldest] = entries.size >= MOST_KEYS ? entries.keys() : []
      if (oldest !== undefined) entries.delete(oldest)
      entries.delete(key)
      entries.set(key, { asked: now.getTime(), until })
    },
  }
}
