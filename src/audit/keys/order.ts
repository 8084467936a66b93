import { decodeProtectedHeader } from 'jose'

interface Endorsed {
  readonly kid: string
  readonly endorsement: string | null
}

/**
 * Each behind the one that endorses it: the clock may have been set back between the two, and then their times say the opposite.
 * What hangs on nothing comes last, for whoever verifies to name.
 */
export function inOrderOfEndorsement<K extends Endorsed>(keys: readonly K[]): K[] {
  const ordered = keys.filter(({ endorsement }) => endorsement === null)
  const left = new Set(keys.filter(({ endorsement }) => endorsement !== null))
  for (const before of ordered)
    for (const key of left) {
      if (kidOf(key.endorsement) !== before.kid) continue
      left.delete(key)
      ordered.push(key)
    }
  return [...ordered, ...left]
}

function kidOf(jws: string | null): string | undefined {
  try {
    return jws === null ? undefined : decodeProtectedHeader(jws).kid
  } catch {
    return undefined
  }
}
