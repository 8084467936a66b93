import type { IncomingHttpHeaders } from 'node:http'
import { toResponse } from './answer/answer.ts'
import type { Exchange, RequestHead } from './exchange.ts'
import type { Sealing } from './server/sealed-response.ts'
import type { Dispatch, Stack } from './stack.ts'

function headOf(request: Request): RequestHead {
  const { pathname, search } = new URL(request.url)
  const headers: IncomingHttpHeaders = Object.fromEntries(request.headers)
  return { method: request.method, target: pathname + search, headers, hostLines: 1, peer: undefined }
}

function sealed(response: Response, exchange: Exchange, { standing }: Sealing): Response {
  const copy = new Response(response.body, response)
  for (const [name, value] of standing) if (!copy.headers.has(name)) copy.headers.set(name, value)
  copy.headers.set('X-Request-Id', exchange.requestId)
  return copy
}

const inTurn = ({ takeTurn }: Stack, exchange: Exchange, work: () => Response | Promise<Response>): Promise<Response> =>
  new Promise((resolve, reject) => {
    takeTurn(exchange, async () => {
      try {
        resolve(await work())
      } catch (error) {
        reject(error)
      }
    })
  })

/** The stack for a request that has no socket under it (`app.request`): the same steps on the same tables. */
export function inProcess(stack: Stack, dispatch: Dispatch): (request: Request) => Promise<Response> {
  return async (request) => {
    const exchange = stack.open(headOf(request))
    const refusal = stack.refuse(exchange) ?? stack.refuseForNow(exchange)
    const response =
      refusal === undefined ? await inTurn(stack, exchange, () => dispatch(request, { exchange })) : toResponse(refusal)
    stack.sealing.accessLog(exchange, response.status)
    return sealed(response, exchange, stack.sealing)
  }
}
