import { isDeepStrictEqual } from 'node:util'
import type { SnapshotFields, SnapshotValue } from './snapshot.ts'

interface Pair {
  readonly before: SnapshotFields | undefined
  readonly after: SnapshotFields | undefined
}

/** Which of several it was that the target has, or by what people know the target: told as it was, though nothing of it changed. */
const identifying: ReadonlySet<string> = new Set(['authenticator', 'client', 'domain', 'key', 'kid', 'passkey', 'user'])

/**
 * Of what is on both sides, what differs; what is on one side alone stays. A room may hand in all that it knows of its subject:
 * nobody who reads the log looks for the one field among twenty.
 */
export function changedOf({ before, after }: Pair): Pair {
  if (!before || !after) return { before, after }
  const differing = differ(before, after)
  const known = Object.entries(before).filter(([field]) => identifying.has(field))
  return { before: orNothing({ ...Object.fromEntries(known), ...differing.before }), after: orNothing(differing.after) }
}

interface Fields {
  readonly before: SnapshotFields
  readonly after: SnapshotFields
}

/** Of what is an object on both sides, what differs in it. A list is one value: what it lacks says nothing without the rest. */
function differ(before: SnapshotFields, after: SnapshotFields): Fields {
  const was: Record<string, SnapshotValue> = {}
  const is: Record<string, SnapshotValue> = {}
  for (const [field, value] of Object.entries(before)) {
    const other = Object.hasOwn(after, field) ? after[field] : undefined
    if (other === undefined) was[field] = value
    else if (isObject(value) && isObject(other)) {
      const inner = differ(value, other)
      if (orNothing(inner.before) || orNothing(inner.after)) [was[field], is[field]] = [inner.before, inner.after]
    } else if (!isDeepStrictEqual(value, other)) [was[field], is[field]] = [value, other]
  }
  for (const [field, value] of Object.entries(after)) if (!Object.hasOwn(before, field)) is[field] = value
  return { before: was, after: is }
}

const isObject = (value: SnapshotValue): value is SnapshotFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An empty object says no more than none. */
const orNothing = (fields: SnapshotFields): SnapshotFields | undefined =>
  Object.keys(fields).length === 0 ? undefined : fields
