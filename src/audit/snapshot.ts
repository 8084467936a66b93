import type { Id } from '../lib/ids.ts'

export type SnapshotValue =
  | string
  | number
  | boolean
  | null
  | readonly SnapshotValue[]
  | { readonly [field: string]: SnapshotValue }

export type SnapshotFields = Readonly<Record<string, SnapshotValue>>

/**
 * How the target stood. What says something about a person goes to `personal`: it is sealed with that person's own key
 * and goes when the key goes, while the rest of the event stays true. One event holds the fields of one person.
 */
export interface Snapshot {
  readonly public?: SnapshotFields
  readonly personal?: { readonly personId: Id<'usr'>; readonly fields: SnapshotFields }
}

/** Of objects and lists in one another; the table refuses more, and whoever reads it can bear no more. */
export const DEEPEST_SNAPSHOT = 32

/** Bytes of one side of an event as JSON: the table refuses a little more. A client with all that it may have is below. */
export const LARGEST_SNAPSHOT = 256 * 1024

const credentialName = /(^|_|[a-z](?=[A-Z]))(password|passphrase|secret|token|privatekey|private_key)$/i

/**
 * Plain JSON alone: a Buffer, a function, a Date, a `Secret` or any other object with a life of its own is refused.
 *
 * The types above keep secrets out where they are seen; this is for what came through a cast or a spread. A field that
 * is named like a credential may say that there is one (`secretSet: true`), never what it is. Each change waits for it four
 * times, so it is one walk, by hand.
 */
export function checkedFields(fields: Readonly<Record<string, unknown>>): SnapshotFields {
  if (!isPlainObject(fields)) throw new TypeError('a snapshot holds plain JSON alone, and is an object')
  const size: Size = { atMost: 0 }
  const checked = checkedObject(fields, DEEPEST_SNAPSHOT, size)
  if (size.atMost > LARGEST_SNAPSHOT && Buffer.byteLength(JSON.stringify(checked)) > LARGEST_SNAPSHOT)
    throw new TypeError('a snapshot is too large')
  return checked
}

/** Bytes as JSON: never too few, so that most snapshots need not be written down to be measured. */
interface Size {
  atMost: number
}

/** `\u0000`, of what is one character here. */
const ESCAPED = 6
/** A number, a word, or what stands around a text. */
const SHORT = 32

/** What is in a list has no name of its own. */
const ITEM = 'an item of a list'

function checkedValue(value: unknown, name: string, levels: number, size: Size): SnapshotValue {
  size.atMost += SHORT
  if (typeof value === 'string') {
    if (credentialName.test(name)) throw new TypeError(`a snapshot may not hold a credential: ${name}`)
    size.atMost += ESCAPED * value.length
    return value
  }
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return value
  if (Array.isArray(value)) return checkedList(value, levels, size)
  if (isPlainObject(value)) return checkedObject(value, levels, size)
  throw new TypeError(`a snapshot holds plain JSON alone: ${name} is none`)
}

function checkedObject(fields: Readonly<Record<string, unknown>>, levels: number, size: Size): SnapshotFields {
  if (levels === 0) throw new TypeError('a snapshot is nested too deeply')
  const checked: Record<string, SnapshotValue> = {}
  for (const name of Object.keys(fields)) {
    // No member, but a setter.
    if (name === '__proto__') continue
    size.atMost += ESCAPED * name.length
    checked[name] = checkedValue(fields[name], name, levels - 1, size)
  }
  return checked
}

function checkedList(list: readonly unknown[], levels: number, size: Size): SnapshotValue[] {
  if (levels === 0) throw new TypeError('a snapshot is nested too deeply')
  return Array.from(list, (item) => checkedValue(item, ITEM, levels - 1, size))
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
