import type { Config } from '../config/config.ts'
import { HASHES_AT_ONCE } from '../credentials/password/hashing/hasher.ts'
import { routeGroup } from '../http/admission/route-group.ts'
import { changesState } from '../http/admission/same-origin.ts'
import type { Exchange } from '../http/exchange.ts'
import type { TurnKind, TurnsOptions } from '../http/turns/turns.ts'
import { cookieNames } from '../oidc/engine/configuration.ts'

/** Where people are. All else (tokens, keys, discovery, introspection, the APIs, files, probes) never waits for them. */
const isHosted = routeGroup([
  ...['/', '/oauth/authorize', '/oauth/authorize/*', '/oauth/logout', '/oauth/logout/*', '/login/*'],
  ...['/register', '/register/*', '/recover', '/recover/*', '/setup', '/setup/*', '/verify', '/verify/*', '/link/*'],
  ...['/account', '/account/*', '/invite', '/invite/*', '/oauth/device', '/oauth/device/*'],
])
/** An application sends them here, or they come by themselves. */
const isEntrance = routeGroup(['/', '/oauth/authorize', '/oauth/device', '/register', '/recover'])
const hasPasswordField = routeGroup([
  ...['/register/confirm', '/recover/password', '/setup', '/account/password', '/account/email', '/invite/create'],
])
/** Of a sign-in the first form, and the one that takes a new password: a code or a passkey costs no hash. */
const isPasswordOfSignIn = (path: string): boolean => /^\/login\/[^/]+(?:\/password)?$/.test(path)

export function turnKindOf({ path, head: { method } }: Pick<Exchange, 'path' | 'head'>): TurnKind | undefined {
  if (!isHosted(path)) return undefined
  const isForm = changesState(method)
  if (isForm && (hasPasswordField(path) || isPasswordOfSignIn(path))) return 'password'
  return isEntrance(path) && (!isForm || path === '/oauth/authorize') ? 'begins' : 'page'
}

/** Whether a cookie is worth anything is found out when it is their turn. */
const carries = (exchange: Pick<Exchange, 'header'>, ...names: readonly string[]): boolean => {
  const cookies = exchange.header('cookie')?.split(';') ?? []
  return cookies.some((cookie) => names.some((name) => cookie.trimStart().startsWith(`${name}=`)))
}

/** A page waits for the database: the further it is, the more pages fit into that time. */
const pagesAtOnce = ({ load, database }: Config): number => load.pages ?? (database.url === undefined ? 1 : 4)

export function turnsOf(config: Config): TurnsOptions {
  const names = cookieNames(config.server.issuerUrl)
  return {
    kindOf: turnKindOf,
    seemsSignedIn: (exchange) => carries(exchange, names.session),
    // One comes with the pages of a sign-in, the other with the way back from them.
    seemsOnTheirWay: (exchange) => carries(exchange, names.interaction, names.resume),
    pages: { atOnce: pagesAtOnce(config), waiting: config.load.waiting },
    // Beside those that are hashed one is judged beforehand, so that the next hash need not wait.
    passwords: { atOnce: HASHES_AT_ONCE + 1, waiting: config.passwords.argon2.queue },
  }
}
