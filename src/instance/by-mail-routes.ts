import type { Context, Hono } from 'hono'
import { askingRoutes } from '../asking/routes.tsx'
import type { Config } from '../config/config.ts'
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
import type { ByMail } from './by-mail.ts'
import { deviceName } from './device-name.ts'
import type { Guard } from './guard.ts'

interface ByMailRoutesDeps extends ByMail {
  readonly notes: Notes
  readonly guard: Pick<Guard, 'limits' | 'emailKey'>
  readonly config: Pick<Config, 'server' | 'mail'>
}

/** Nobody is proven on these pages: who asks is a stranger at an address. */
const strangerAt = ({ origin }: Exchange) => ({ actor: { kind: 'anonymous' }, ...origin }) as const

export function byMailRoutes(deps: ByMailRoutesDeps): Hono<HttpEnv>[] {
  const { registration, recovery, factorRecovery, verification, notices, guard, notes, config } = deps
  const common = { strangerAt, waysBack: waysBack(config.server.issuerUrl), notes }
  const mailIsSent = config.mail.url !== undefined

  /** By who asks, and by whose mailbox it fills: an address that nobody has is counted like any other. */
  const limit =
    (rule: 'registration' | 'recovery') =>
    async (c: Context<HttpEnv>, typed: string): Promise<LimitVerdict> => {
      const email = guard.emailKey(typed)
      const asked = await guard.limits.take(rule, { email, ip: c.env.exchange.clientIp })
      return asked.ok ? guard.limits.take('mail', { email, purpose: rule }) : asked
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
