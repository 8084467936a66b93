import { z } from 'zod'
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

/** Plain JSON alone: a Buffer, a function, a Date, a `Secret` or any other object with a life of its own is refused. */
const plainJson = z.record(z.string(), z.json())
const credentialName = /(^|_|[a-z](?=[A-Z]))(password|passphrase|secret|token|privatekey|private_key)$/i

/**
 * The types above keep secrets out where they are seen; this is for what came through a cast or a spread. A field that
 * is named like a credential may say that there is one (`secretSet: true`), never what it is.
 */
export function checkedFields(fields: Readonly<Record<string, unknown>>): SnapshotFields {
  if (isDeeper(fields, DEEPEST_SNAPSHOT)) throw new TypeError('a snapshot is nested too deeply')
  const result = plainJson.safeParse(fields)
  if (!result.success) throw new TypeError(`a snapshot holds plain JSON alone: ${z.prettifyError(result.error)}`)
  refuseCredentials(result.data)
  return result.data
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)))

function refuseCredentials(value: SnapshotValue): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'string' && credentialName.test(name))
      throw new TypeError(`a snapshot may not hold a credential: ${name}`)
    refuseCredentials(inner)
  }
}
