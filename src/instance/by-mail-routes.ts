import type { Context, Hono } from 'hono'
import { askingRoutes } from '../asking/routes.tsx'
import type { ActorContext } from '../audit/actor.ts'
import { NOBODY } from '../audit/sealer.ts'
import type { Config } from '../config/config.ts'
import type { Whose } from '../db/statement.ts'
import { factorRecoveryRoutes } from '../factor-recovery/routes.tsx'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Notes } from '../http/input/notes.ts'
import { waysBack } from '../http/input/way-back.ts'
import type { LimitVerdict } from '../http/limits/quota.ts'
import { noticesRoutes } from '../notices/routes.tsx'
import { ASK_PATH } from '../recovery/recovery.ts'
import { recoveryRoutes } from '../recovery/routes.tsx'
import { answerClosed } from '../registration/closed.tsx'
import { REGISTER_PATH } from '../registration/registration.ts'
import { registrationRoutes } from '../registration/routes.tsx'
import { verificationRoutes } from '../registration/verification/routes.tsx'
import type { Users } from '../users/service.ts'
import { userId } from '../users/user.ts'
import type { ByMail } from './by-mail.ts'
import { deviceName } from './device-name.ts'
import type { Guard } from './guard.ts'

interface ByMailRoutesDeps extends ByMail {
  readonly notes: Notes
  readonly guard: Pick<Guard, 'limits' | 'emailKey' | 'browsers' | 'browserCookie'>
  readonly users: Pick<Users<ActorContext>, 'at' | 'indexOf'>
  readonly config: Pick<Config, 'server' | 'mail'>
}

const nobody = userId.toUuid(NOBODY)

/** Nobody is proven on these pages: who asks is a stranger at an address. */
const strangerAt = ({ origin }: Exchange) => ({ actor: { kind: 'anonymous' }, ...origin }) as const

export function byMailRoutes(deps: ByMailRoutesDeps): Hono<HttpEnv>[] {
  const { registration, recovery, factorRecovery, verification, notices, guard, users, notes, config } = deps
  const common = { strangerAt, waysBack: waysBack(config.server.issuerUrl), notes }
  const mailIsSent = config.mail.url !== undefined

  const whose: Whose<{ readonly index: Buffer }> = (part) => users.at(part((named) => named).index, nobody)
  const isKnownAt = guard.browsers.finder(whose)
  /** One look by the address, the same for one that nobody has (threat 25). */
  const knownBrowser = async (c: Context<HttpEnv>, typed: string) => {
    const browser = guard.browserCookie.of(c)
    return (await isKnownAt({ index: users.indexOf(typed) }, browser)) ? browser : undefined
  }
  /** By who asks, and by whose mailbox it fills: an address that nobody has is counted like any other. */
  const limit =
    (rule: 'registration' | 'recovery') =>
    async (c: Context<HttpEnv>, typed: string): Promise<LimitVerdict> => {
      const email = guard.emailKey(typed)
      // Who registers has no account yet that could know a browser.
      const by = rule === 'recovery' ? { email, knownBrowser: await knownBrowser(c, typed) } : { email }
      const asked = await guard.limits.take(rule, { ...by, ip: c.env.exchange.clientIp })
      return asked.ok ? guard.limits.take('mail', { ...by, purpose: rule }) : asked
    }
  return [
    askingRoutes({
      ...common,
      of: 'registration',
      path: REGISTER_PATH,
      ask: registration.ask,
      closed: registration.policy.mode === 'closed' ? answerClosed : undefined,
      limit: limit('registration'),
      mailIsSent,
    }),
    registrationRoutes({ ...common, registration }),
    verificationRoutes({ verification, strangerAt }),
    askingRoutes({
      ...common,
      of: 'recovery',
      path: ASK_PATH,
      ask: recovery.ask,
      limit: limit('recovery'),
      mailIsSent,
    }),
    recoveryRoutes({ ...common, recovery, deviceName }),
    factorRecoveryRoutes({ factorRecovery, strangerAt }),
    noticesRoutes({ notices, strangerAt }),
  ]
}
