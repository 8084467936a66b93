import type { EngineClient, EngineContext, Session, Token } from 'oidc-provider'
import type { Config } from '../../config/config.ts'
import { lifetimesOf } from '../../config/lifetimes.ts'
import type { Clock } from '../../lib/clock.ts'
import { begunOf } from '../refresh/begun.ts'
import { accessTokenTtl, expiryOf } from '../refresh/lifetimes.ts'
import { recordOf } from './engine-clients.ts'

const HOUR = 3600
const seconds = (ms: number): number => Math.max(1, Math.floor(ms / 1000))

/** How long the engine keeps what it makes. Seconds. */
export function engineTtl(config: Pick<Config, 'tokens' | 'sessions'>, clock: Clock) {
  const { tokens } = config
  const lifetimes = lifetimesOf(config)
  const instance = seconds(lifetimes.accessToken)
  const accessToken = (_: EngineContext, { resourceServer }: Token, client: EngineClient): number =>
    resourceServer?.accessTokenTTL ?? accessTokenTtl({ instance, client: recordOf(client).accessTokenTtl })
  const until = (end: number): number => seconds(end - clock.now().getTime())
  return {
    AccessToken: accessToken,
    ClientCredentials: accessToken,
    AuthorizationCode: seconds(tokens.authorizationCode),
    IdToken: seconds(tokens.idToken),
    RefreshToken: (_: EngineContext, token: Token, client: EngineClient): number =>
      until(expiryOf(lifetimes, recordOf(client), begunOf(token), clock.now()).getTime()),
    Interaction: seconds(tokens.interaction),
    // A refresh token keeps its grant for as long as itself. And while the session lasts it is known by this whom to tell of its
    // end: another application may have kept it awake.
    Grant: seconds(lifetimes.session.absolute),
    // To its absolute end: whether it fell asleep before is what the row of ours says, which a refresh keeps awake, too. Nobody
    // is signed in to one without an account: it holds a form's token at most.
    Session: (_: EngineContext, { accountId, loginTs }: Session): number =>
      accountId === undefined || loginTs === undefined ? HOUR : until(loginTs * 1000 + lifetimes.session.absolute),
  }
}
