import type { Context, Hono } from 'hono'
import { AppError } from '../../errors/app-error.ts'
import type { HttpEnv } from '../env.ts'
import type { Answer } from './answer.ts'
import type { Responder } from './responder.tsx'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Routes that take every method (an engine mounted whole) answer for themselves and are not counted. */
function allowedMethods(app: Hono<HttpEnv>, path: string): string[] {
  const routed = methods.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  )
  return routed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

/** Nothing answered: because the address does not exist, or because it takes other methods. */
export function unmatched(app: Hono<HttpEnv>, respond: Responder, c: Context<HttpEnv>): Answer {
  const { exchange } = c.env
  const { method } = exchange.head
  const allowed = allowedMethods(app, c.req.path)
  if (allowed.length === 0 || allowed.includes(method)) return respond(exchange, new AppError('not-found'))
  const headers = { Allow: [...allowed, 'OPTIONS'].join(', ') }
  if (method === 'OPTIONS') return { status: 204, headers, body: null }
  return respond(exchange, new AppError('method-not-allowed'), headers)
}
