import { createHash } from 'node:crypto'

/** Dead is what carries all of these claims and was issued before. Times are seconds since 1970. */
export interface DeadTokens {
  readonly claims: Readonly<Record<string, string>>
  readonly before: number
  /** Until then they are good; where nothing is said they are dead at once. */
  readonly from?: number
  /** When none of them can be alive any more. */
  readonly exp: number
}

export interface RevokedClaims {
  add(dead: DeadTokens): void
  /** `beyond`: what is known of tokens so old did not fit into memory. */
  judge(claims: Readonly<Record<string, unknown>>, now: number): 'revoked' | 'beyond' | 'no'
  /** What no token can need any more is forgotten. */
  forgetBefore(now: number): void
  readonly size: number
  /** For a reader that begins again later. */
  all(): { readonly floor: number; readonly dead: readonly DeadTokens[] }
}

interface Known {
  readonly before: number
  /** 0: at once. */
  readonly from: number
  readonly exp: number
}

/** Those that name the same claims, by their values. */
interface Shape {
  readonly names: readonly string[]
  readonly known: Map<string, Known>
}

const HASHED = '_hash'

/** Of tokens for one API. A look-up costs one per kind of entry, however many entries there are. */
export function revokedClaims(
  api: string,
  most: number,
  before: ReturnType<RevokedClaims['all']> = { floor: 0, dead: [] },
): RevokedClaims {
  const shapes = new Map<string, Shape>()
  let floor = before.floor
  let size = 0

  /** As the feed says it: `sid_hash` is the SHA-256 of the claim's name, the API and the claim. */
  const valueIn = (claims: Readonly<Record<string, unknown>>, name: string): string | undefined => {
    const own = name.endsWith(HASHED) ? name.slice(0, -HASHED.length) : name
    const value = Object.hasOwn(claims, own) ? claims[own] : undefined
    if (typeof value !== 'string') return undefined
    return own === name ? value : createHash('sha256').update(`${own} ${api} ${value}`).digest('base64url')
  }

  const add = ({ claims, before, from = 0, exp }: DeadTokens): void => {
    const names = Object.keys(claims).sort()
    const kind = JSON.stringify(names)
    const shape = shapes.get(kind) ?? { names, known: new Map<string, Known>() }
    shapes.set(kind, shape)
    const key = JSON.stringify(names.map((name) => claims[name]))
    const former = shape.known.get(key)
    if (!former) size += 1
    shape.known.set(key, {
      before: Math.max(before, former?.before ?? 0),
      // Of two that speak of the same tokens the one that ends them sooner.
      from: Math.min(from, former?.from ?? from),
      exp: Math.max(exp, former?.exp ?? 0),
    })
    if (size > most) makeRoom()
  }

  /** The oldest go, a tenth at once; of tokens that they may have spoken of nobody says any more that they are good. */
  const makeRoom = (): void => {
    const all = [...shapes.values()].flatMap(({ known }) => [...known].map(([key, one]) => ({ known, key, one })))
    all.sort((one, other) => one.one.before - other.one.before)
    for (const { known, key, one } of all.slice(0, Math.ceil(size / 10))) {
      known.delete(key)
      size -= 1
      floor = Math.max(floor, one.before)
    }
  }

  for (const dead of before.dead) add(dead)

  return {
    add,
    judge: (claims, now) => {
      // One that does not say when it was issued is as old as any.
      const iat = typeof claims['iat'] === 'number' ? claims['iat'] : Number.NEGATIVE_INFINITY
      for (const { names, known } of shapes.values()) {
        const values = names.map((name) => valueIn(claims, name))
        if (values.includes(undefined)) continue
        const found = known.get(JSON.stringify(values))
        if (found && iat < found.before && found.from <= now) return 'revoked'
      }
      return iat < floor ? 'beyond' : 'no'
    },
    forgetBefore: (now) => {
      for (const [kind, { known }] of shapes) {
        for (const [key, { exp }] of known)
          if (exp <= now) {
            known.delete(key)
            size -= 1
          }
        if (known.size === 0) shapes.delete(kind)
      }
    },
    get size() {
      return size
    },
    all: () => ({ floor, dead: [...shapes.values()].flatMap(deadIn) }),
  }
}

const values = (key: string): unknown[] => {
  const read: unknown = JSON.parse(key)
  return Array.isArray(read) ? read : []
}

function deadIn({ names, known }: Shape): DeadTokens[] {
  return [...known].map(([key, { before, from, exp }]) => {
    const told = values(key)
    const claims = Object.fromEntries(names.map((name, at) => [name, String(told[at])]))
    return { claims, before, ...(from > 0 && { from }), exp }
  })
}
