import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import type { BrowserCookie, Where } from './ports.ts'

export const whereOf = (c: Context<HttpEnv>, cookie: Pick<BrowserCookie, 'of'>): Where => {
  const { exchange } = c.env
  return {
    ip: exchange.clientIp,
    requestId: exchange.requestId,
    userAgent: exchange.header('user-agent'),
    browser: cookie.of(c),
  }
}
