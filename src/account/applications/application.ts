import type { Described } from '../../consents/described.ts'
import type { SessionId } from '../../sessions/session.ts'

/** What somebody has let in, as they see it. */
export interface OwnApplication {
  readonly clientId: string
  readonly name: string
  /** Nobody was asked for it, and nobody will be. */
  readonly firstParty: boolean
  readonly since: Date
  /** As far as we see it: what a token is used for elsewhere we do not. */
  readonly lastUsed: Date | undefined
  readonly can: Described
  /** Whether it holds anything at this moment, and what ends that. */
  readonly connection: 'away' | 'session' | 'asleep'
  /** In which sign-ins it was let in. */
  readonly sessions: readonly SessionId[]
}
