import { v7 } from 'uuid'
import { z } from 'zod'
import { fillRandomly } from './random-bytes.ts'

declare const brand: unique symbol
/** `usr_018f…`: a readable prefix and the 32 hex digits of a UUIDv7, one double-click to copy. */
export type Id<P extends string> = `${P}_${string}` & { readonly [brand]: P }

export interface IdKind<P extends string> {
  readonly prefix: P
  readonly schema: z.ZodType<Id<P>, string>
  generate(): Id<P>
  /** Of that millisecond; `order`, of 32 bits, is of those within it. */
  generateAt(ms: number, order: number): Id<P>
  is(text: string): text is Id<P>
  /** For a `uuid` column. */
  toUuid(id: Id<P>): string
  fromUuid(uuid: string): Id<P>
}

/** As many as an id is made of. */
function randomly(): Uint8Array {
  const bytes = new Uint8Array(16)
  fillRandomly(bytes)
  return bytes
}

/** A schema, a type, a guard and a generator together, so that nobody passes a bare string. */
export function defineId<const P extends string>(prefix: P): IdKind<P> {
  // One spelling only: an upper-case twin of an id would be a second key for the same row in a cache or a limiter.
  const pattern = new RegExp(`^${prefix}_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$`)
  const is = (text: string): text is Id<P> => pattern.test(text)
  const fromUuid = (uuid: string): Id<P> => {
    const id = `${prefix}_${uuid.replaceAll('-', '')}`
    if (!is(id)) throw new TypeError(`not a UUIDv7: ${uuid}`)
    return id
  }
  return {
    prefix,
    is,
    fromUuid,
    schema: z.string().refine(is, { error: `expected an id that starts with ${prefix}_` }) as unknown as z.ZodType<
      Id<P>,
      string
    >,
    generate: () => fromUuid(v7()),
    generateAt: (ms, order) => fromUuid(v7({ msecs: ms, seq: order, rng: randomly })),
    toUuid: (id) => {
      const hex = id.slice(prefix.length + 1)
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
    },
  }
}
