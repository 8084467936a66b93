import type { Parsed } from './schema.ts'
import { measureDuration } from './values/quantity.ts'

/** Milliseconds without a use, and from the beginning on. */
export interface Span {
  readonly idle: number
  readonly absolute: number
}

export interface Lifetimes {
  /** Milliseconds. */
  readonly accessToken: number
  /** Of refresh tokens that end with the session. */
  readonly refresh: Span
  /** Of those with `offline_access`. */
  readonly offline: Span
  readonly session: Span
}

interface Table {
  readonly accessToken: string
  readonly refresh: readonly [idle: string, absolute: string]
  readonly offline: readonly [idle: string, absolute: string]
  readonly session: readonly [idle: string, absolute: string]
}

/**
 * As the products publish them. None publishes an end of a session that is used: 30 days is how long NIST SP 800-63B-4
 * (§2.1.3) lets a sign-in with one factor go on. Where tokens are to be good for 30 days the session, which they end with,
 * must not end before them. What is used without a person is bounded too, or a forgotten program would hold a token for ever.
 */
const published: Readonly<Record<Parsed['tokens']['preset'], Table>> = {
  monetro: { accessToken: '15m', refresh: ['7d', '30d'], offline: ['30d', '365d'], session: ['14d', '30d'] },
  storno: { accessToken: '1h', refresh: ['30d', '90d'], offline: ['30d', '365d'], session: ['30d', '90d'] },
  moneyos: { accessToken: '15m', refresh: ['14d', '90d'], offline: ['30d', '365d'], session: ['14d', '90d'] },
  toster: { accessToken: '15m', refresh: ['7d', '30d'], offline: ['30d', '365d'], session: ['14d', '30d'] },
}

type Lines = Pick<Parsed, 'tokens' | 'sessions'>

/** The preset's, line by line replaced by what the operator chose. */
export function lifetimesOf(config: Lines): Lifetimes {
  const { tokens } = config
  const [preset, own] = [published[tokens.preset], ownOf(config)]
  const span = ([idle, absolute]: readonly [string, string], chosen: Partial<Span>): Span => ({
    idle: chosen.idle ?? measureDuration(idle),
    absolute: chosen.absolute ?? measureDuration(absolute),
  })
  return {
    accessToken: tokens.accessToken ?? measureDuration(preset.accessToken),
    refresh: span(preset.refresh, own.refresh),
    offline: span(preset.offline, own.offline),
    session: span(preset.session, own.session),
  }
}

/** As the preset writes it, where it is the preset that says it. */
export const idleOfPreset = (config: Lines, of: Exclude<keyof Lifetimes, 'accessToken'>): string | undefined =>
  ownOf(config)[of].idle === undefined ? published[config.tokens.preset][of][0] : undefined

const ownOf = ({ tokens, sessions }: Lines) => ({
  refresh: given(tokens.refreshIdle, tokens.refreshAbsolute),
  offline: given(tokens.offlineIdle, tokens.offlineAbsolute),
  session: given(sessions.idle, sessions.absolute),
})

const given = (idle: number | undefined, absolute: number | undefined): Partial<Span> => ({
  ...(idle !== undefined && { idle }),
  ...(absolute !== undefined && { absolute }),
})
