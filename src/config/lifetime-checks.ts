import type { Conflict } from './cross-checks.ts'
import { idleOfPreset, type Lifetimes, lifetimesOf } from './lifetimes.ts'
import type { Parsed } from './schema.ts'

export function keysOutliveTheirTokens(token: 'accessToken' | 'idToken') {
  return (config: Parsed): Conflict | undefined => {
    const { keys, tokens } = config
    const lifetime = token === 'idToken' ? tokens.idToken : lifetimesOf(config).accessToken
    if (lifetime <= keys.longestTokenLifetime) return undefined
    const reason =
      'must not be longer than keys.longestTokenLifetime: a retired key is gone after it, and with it what the key signed'
    return { keys: [`tokens.${token}`, 'keys.longestTokenLifetime', 'tokens.preset'], reason }
  }
}

/** What ends at the absolute limit is never idle for longer: an operator who writes so has mixed the two up. */
export const idleWithinAbsolute =
  (of: Exclude<keyof Lifetimes, 'accessToken'>, idle: string, absolute: string) =>
  (config: Parsed): Conflict | undefined => {
    const span = lifetimesOf(config)[of]
    if (span.idle <= span.absolute) return undefined
    const byPreset = idleOfPreset(config, of)
    const origin = byPreset ? `; the ${byPreset} are those of tokens.preset ${config.tokens.preset}: set it, too` : ''
    const reason = `must not be longer than ${absolute}: even one that is used is over after that${origin}`
    return { keys: [idle, absolute, 'tokens.preset'], reason }
  }
