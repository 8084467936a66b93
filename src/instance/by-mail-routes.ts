import type { Context, Hono } from 'hono'
import type { Config } from '../config/config.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import { waysBack } from '../http/input/way-back.ts'
import type { LimitVerdict } from '../http/limits/quota.ts'
import { noticesRoutes } from '../notices/routes.tsx'
import { recoveryRoutes } from '../recovery/routes.tsx'
import { registrationRoutes } from '../registration/routes.tsx'
import { verificationRoutes } from '../registration/verification/routes.tsx'
import type { ByMail } from './by-mail.ts'
import { deviceName } from './device-name.ts'
import type { Guard } from './guard.ts'

interface ByMailRoutesDeps extends ByMail {
  readonly guard: Pick<Guard, 'limits' | 'emailKey'>
  readonly config: Pick<Config, 'server' | 'mail'>
}

/** Nobody is proven on these pages: who asks is a stranger at an address. */
const strangerAt = ({ clientIp, requestId }: Exchange) =>
  ({ actor: { kind: 'anonymous' }, ip: clientIp, requestId }) as const

export function byMailRoutes(deps: ByMailRoutesDeps): Hono<HttpEnv>[] {
  const { registration, recovery, verification, notices, guard, config } = deps
  const common = {
    strangerAt,
    waysBack: waysBack(config.server.issuerUrl),
    mailIsSent: config.mail.url !== undefined,
  }

  /** By who asks, and by whose mailbox it fills: an address that nobody has is counted like any other. */
  const limit =
    (rule: 'registration' | 'recovery') =>
    async (c: Context<HttpEnv>, typed: string): Promise<LimitVerdict> => {
      const email = guard.emailKey(typed)
      const asked = await guard.limits.take(rule, { email, ip: c.env.exchange.clientIp })
      return asked.ok ? guard.limits.take('mail', { email, purpose: rule }) : asked
    }
  return [
    registrationRoutes({ ...common, registration, limit: limit('registration') }),
    verificationRoutes({ verification, strangerAt }),
    recoveryRoutes({ ...common, recovery, limit: limit('recovery'), deviceName }),
    noticesRoutes({ notices, strangerAt }),
  ]
}
