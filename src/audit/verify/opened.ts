import { isDeepStrictEqual } from 'node:util'
import type { EntryLine } from './line.ts'

type Fields = Readonly<Record<string, unknown>> | null

/**
 * What is shown to people beside an entry is not hashed, but it repeats much of what is: that must be the same. What was
 * opened for them (a name, an address, where they were) cannot be compared without their key.
 */
export function openedFault({ entry, opened }: EntryLine): string | undefined {
  if (!opened) return undefined
  const name = entry.actor['name']
  const hasSealed = name !== null && typeof name === 'object'
  if (!hasSealed && opened.actorName !== (name ?? null)) return 'opened.actorName'
  if (entry['origin'] === null && opened.ip !== null) return 'opened.ip'
  if (entry['origin'] === null && opened.userAgent !== null) return 'opened.userAgent'
  const mayHaveMore = entry['personal'] !== null
  if (!repeats(entry.before, opened.before, mayHaveMore)) return 'opened.before'
  return repeats(entry.after, opened.after, mayHaveMore) ? undefined : 'opened.after'
}

function repeats(hashed: Fields, shown: Fields, mayHaveMore: boolean): boolean {
  if (!mayHaveMore) return isDeepStrictEqual(hashed, shown)
  return Object.entries(hashed ?? {}).every(([field, value]) => isDeepStrictEqual(shown?.[field], value))
}
