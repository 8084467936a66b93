import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'

/**
 * What is counted once the protocol engine has answered. Where that fails, the client has its answer all the same: a second
 * one on the same response would break the connection for what comes next.
 */
export async function behindAnswer({ env }: Context<HttpEnv>, count: () => Promise<unknown>): Promise<void> {
  try {
    await count()
  } catch (err) {
    if (!env.outgoing?.headersSent) throw err
    env.exchange.log.error({ err }, 'what was answered could not be counted')
  }
}
