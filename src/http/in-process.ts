import type { IncomingHttpHeaders } from 'node:http'
import type { Admission } from './admission/admission.ts'
import { type Answer, toResponse } from './answer/answer.ts'
import type { HttpEnv } from './env.ts'
import type { Exchange, RequestHead } from './exchange.ts'
import type { Sealing } from './server/sealed-response.ts'

interface Stack {
  open(head: RequestHead): Exchange
  admit(exchange: Exchange): Admission
  turnAway(exchange: Exchange, admission: Exclude<Admission, { kind: 'admitted' }>): Answer
  dispatch(request: Request, env: HttpEnv['Bindings']): Response | Promise<Response>
  readonly sealing: Sealing
}

function headOf(request: Request): RequestHead {
  const { pathname, search } = new URL(request.url)
  const headers: IncomingHttpHeaders = Object.fromEntries(request.headers)
  return {
    method: request.method,
    target: pathname + search,
    headers,
    peer: undefined,
  }
}

function sealed(response: Response, exchange: Exchange, { standing }: Sealing): Response {
  const copy = new Response(response.body, response)
  for (const [name, value] of standing) if (!copy.headers.has(name)) copy.headers.set(name, value)
  copy.headers.set('X-Request-Id', exchange.requestId)
  return copy
}

/** The stack for a request that has no socket under it (`app.request`): the same steps on the same tables. */
export function inProcess(stack: Stack): (request: Request) => Promise<Response> {
  return async (request) => {
    const exchange = stack.open(headOf(request))
    const admission = stack.admit(exchange)
    const response =
      admission.kind === 'admitted'
        ? await stack.dispatch(request, { exchange })
        : toResponse(stack.turnAway(exchange, admission))
    stack.sealing.accessLog(exchange, response.status)
    return sealed(response, exchange, stack.sealing)
  }
}
