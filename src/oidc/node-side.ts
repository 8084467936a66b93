import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'

export interface NodeSide {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** The engine reads and writes cookies on Node's own objects. */
export function nodeSideOf({ env }: Context<HttpEnv>): NodeSide {
  const { incoming, outgoing } = env
  if (!incoming || !outgoing) throw new TypeError('the protocol engine needs a request that came over a socket')
  return { incoming, outgoing }
}
