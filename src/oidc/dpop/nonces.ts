import { hkdfSync } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import { equalBytes } from '../../lib/hash.ts'
import type { Secret } from '../../lib/secret.ts'

/** Seconds. */
const STEP = 60
/** How many steps before and after this one. */
const REACH = 2

export interface DpopNonces {
  /** For the next proof. */
  next(): string
  isOurs(nonce: string): boolean
}

/**
 * RFC 9449 §9: no proof is older than the nonce that it carries, whatever the clock of its maker says, and none can be made
 * for a time to come. Nothing is kept: a nonce is a function of the minute and of a key that every instance has. It is the
 * engine's own function, so that the nonce of a token request is good for the next question at userinfo too (a client keeps one
 * for each origin); a test holds the two together.
 */
export function dpopNonces(secret: Secret<Buffer>, clock: Clock): DpopNonces {
  const key = secret.reveal()
  const nonceAt = (step: number): string => {
    const salt = Buffer.alloc(8)
    salt.writeBigUInt64BE(BigInt(step))
    return Buffer.from(hkdfSync('sha256', key, salt, 'DPoP', 32)).toString('base64url')
  }
  const now = () => Math.floor(clock.now().getTime() / 1000 / STEP)
  let made: { readonly step: number; readonly nonces: readonly string[] } | undefined
  const around = (step: number): readonly string[] => {
    if (made?.step !== step)
      made = { step, nonces: Array.from({ length: 2 * REACH + 1 }, (_, index) => nonceAt(step - REACH + index)) }
    return made.nonces
  }
  return {
    next: () => around(now())[REACH + 1] ?? nonceAt(now() + 1),
    isOurs: (nonce) => around(now()).some((ours) => equalBytes(Buffer.from(ours), Buffer.from(nonce))),
  }
}
