import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import type { Guard, Where } from './ports.ts'

export const whereOf = (c: Context<HttpEnv>, browsers: Pick<Guard['browsers'], 'of'>): Where => {
  const { exchange } = c.env
  return {
    ip: exchange.clientIp,
    requestId: exchange.requestId,
    userAgent: exchange.header('user-agent'),
    browser: browsers.of(c),
  }
}
