import { Hono } from 'hono'
import { toResponse } from './answer/answer.ts'
import { unmatched } from './answer/unmatched.ts'
import { assetRoutes } from './asset-routes.ts'
import type { HttpEnv } from './env.ts'
import { inProcess } from './in-process.ts'
import { type NodeSide, nodeSide } from './server/node-side.ts'
import { createStack, dispatchTo, type HttpOptions } from './stack.ts'

export interface Http {
  /** Features mount their routes here. `app.request` passes the same stack as a socket does. */
  readonly app: Hono<HttpEnv>
  /** For `listen`. */
  readonly node: NodeSide
}

/**
 * The stack stands around Hono and not inside it: what can be judged from the head of a request is judged in one
 * synchronous call before routing, and what every answer carries is written in one call after it. As seven middlewares
 * the same work cost more than the rest of the request.
 */
export function createHttp(options: HttpOptions): Http {
  const stack = createStack(options)
  const app = new Hono<HttpEnv>()
  app.onError((error, c) => toResponse(stack.respond(c.env.exchange, error)))
  app.notFound((c) => toResponse(unmatched(app, stack.respond, c)))
  app.route('/assets', assetRoutes())

  const dispatch = dispatchTo(app.fetch, stack.respond)
  app.fetch = inProcess(stack, dispatch)
  return { app, node: nodeSide(stack, dispatch, options) }
}
