import canonicalize from 'canonicalize'

/** How `JSON.stringify` writes half a surrogate pair, which has no canonical form; whether that is what it is, is not for here. */
const HALF_A_PAIR = '\\ud'

/** Whoever verifies may be handed a file that is nested without end: what writes it down then takes no stack. */
const LEVELS = 64

/**
 * The canonical form of RFC 8785. `JSON.stringify` writes texts, numbers and words as it asks for, at a third of the cost of what
 * does nothing else: where the members of all objects can be put into their order before, and nothing else is strange, it does it.
 */
export function canonical(value: unknown): string {
  const ordered = inOrder(value)
  return ordered === undefined ? slowly(value) : canonicalAsOrdered(ordered)
}

/** Of what is in its order already: as of `inOrder`, or as it was written down here. */
export function canonicalAsOrdered(ordered: object | string | number | boolean | null): string {
  const text = JSON.stringify(ordered)
  return text.includes(HALF_A_PAIR) ? slowly(ordered) : text
}

function slowly(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('nothing has no canonical form')
  return text
}

/** The same with its members in the order of their names, by UTF-16 code units; undefined where that is not certain. */
export function inOrder(value: unknown, levels = LEVELS): object | string | number | boolean | null | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (levels === 0) return undefined
  if (Array.isArray(value)) return listInOrder(value, levels - 1)
  return isPlain(value) ? objectInOrder(value, levels - 1) : undefined
}

function listInOrder(list: readonly unknown[], levels: number): unknown[] | undefined {
  const ordered: unknown[] = []
  for (const item of list) {
    const one = inOrder(item, levels)
    if (one === undefined) return undefined
    ordered.push(one)
  }
  return ordered
}

function objectInOrder(fields: Readonly<Record<string, unknown>>, levels: number): Record<string, unknown> | undefined {
  const ordered: Record<string, unknown> = {}
  for (const name of Object.keys(fields).sort()) {
    const one = isMovable(name) ? inOrder(fields[name], levels) : undefined
    if (one === undefined) return undefined
    ordered[name] = one
  }
  return ordered
}

/** What looks like an index stands before all other names whatever one does, and `__proto__` is no member but a setter. */
const isMovable = (name: string): boolean => !/^\d/.test(name) && name !== '__proto__' && name !== 'toJSON'

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
