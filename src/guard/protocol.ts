import { Hono } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import { wasGuess } from '../http/limits/guessed.ts'
import { limited } from '../http/limits/limited.ts'
import { behindAnswer } from './behind-answer.ts'
import type { Limits } from './limits/service.ts'

/**
 * Stands before routes of the protocol that strangers reach. What people type for a device is short, so wrong codes are
 * counted: by address, and over all addresses. Each attempt is counted before it is judged and given back if it was right, so
 * that of many at once no more are judged than the limit says (threat 15).
 */
export function protocolLimits({ limits }: { readonly limits: Pick<Limits, 'take'> }): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .post('/oauth/device', async (c, next) => {
      const verdict = await limits.take('userCode', { ip: c.env.exchange.clientIp, everybody: true })
      limited(c, verdict)
      await next()
      if (!wasGuess(c.env.exchange)) await behindAnswer(c, () => verdict.succeeded())
    })
    .post('/oauth/device_authorization', async (c, next) => {
      limited(c, await limits.take('deviceBegin', { ip: c.env.exchange.clientIp }))
      await next()
    })
    .post('/oauth/register', async (c, next) => {
      limited(c, await limits.take('clientRegistration', { ip: c.env.exchange.clientIp }))
      await next()
    })
}
