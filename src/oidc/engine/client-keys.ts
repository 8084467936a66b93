import type { EngineClient } from 'oidc-provider'

/** Seconds. A key that was taken away from the address counts this much longer at most. */
const LONGEST = 120
/** For which the engine believes an answer. */
const FRESH = 60

/**
 * The engine looks for keys anew when none fits, and so would go on with one that fits for as long as the client is remembered,
 * although its owner has taken it away. Those of an address are forgotten after two minutes; the engine then fetches them before it
 * says that none fits.
 */
export function forgetOldKeys({ asymmetricKeyStore: keys }: EngineClient, now: () => number): void {
  const select = keys.selectForVerify.bind(keys)
  keys.selectForVerify = (wanted) => {
    const { freshUntil } = keys
    if (keys.jwksUri !== undefined && freshUntil !== undefined && now() > freshUntil - FRESH + LONGEST) keys.clear()
    return select(wanted)
  }
}
