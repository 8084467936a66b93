import { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { Log } from '../lib/log.ts'
import { accessLog } from './access-log.ts'
import { clientAddresses } from './address/client-address.ts'
import { type Admission, admit } from './admission/admission.ts'
import { routeGroup } from './admission/route-group.ts'
import { type Answer, toResponse, writeAnswer } from './answer/answer.ts'
import { responder } from './answer/responder.tsx'
import { unmatched } from './answer/unmatched.ts'
import { assetRoutes } from './asset-routes.ts'
import type { HttpEnv } from './env.ts'
import { Exchange, type RequestHead } from './exchange.ts'
import { standingHeaders } from './headers/standing-headers.ts'
import { inProcess } from './in-process.ts'
import { boundedIncomingClass } from './server/bounded-incoming.ts'
import { speakAsIssuer } from './server/issuer-host.ts'
import { type SealedResponse, type Sealing, sealedResponseClass } from './server/sealed-response.ts'

export interface HttpOptions {
  readonly issuerUrl: string
  readonly trustedProxies: readonly string[]
  readonly bodyLimit: number
  /**
   * Routes exempt from the origin check, one by one or as `/prefix/*`: those that authenticate every request by a bearer
   * token or by the client, never by a cookie. They are always answered in JSON.
   */
  readonly programmatic: readonly string[]
  readonly log: Log
}

/** What `listen` needs to serve the app over a socket. */
export interface NodeSide {
  readonly IncomingMessage: ReturnType<typeof boundedIncomingClass>
  readonly ServerResponse: ReturnType<typeof sealedResponseClass>
  readonly onRequest: (incoming: IncomingMessage, outgoing: SealedResponse) => void
  readonly drain: () => void
}

export interface Http {
  /** Features mount their routes here. `app.request` passes the same stack as a socket does. */
  readonly app: Hono<HttpEnv>
  readonly node: NodeSide
}

const headOf = (incoming: IncomingMessage): RequestHead => ({
  method: incoming.method ?? 'GET',
  target: incoming.url ?? '/',
  headers: incoming.headers,
  peer: incoming.socket.remoteAddress,
})

/**
 * The stack stands around Hono and not inside it: what can be judged from the head of a request is judged in one
 * synchronous call before routing, and what every answer carries is written in one call after it. As seven middlewares
 * the same work cost more than the rest of the request.
 */
export function createHttp(options: HttpOptions): Http {
  const issuer = new URL(options.issuerUrl)
  const programmatic = routeGroup(options.programmatic)
  const policy = {
    issuerOrigin: issuer.origin,
    bodyLimit: options.bodyLimit,
    programmatic,
  }
  const surroundings = {
    addresses: clientAddresses(options.trustedProxies),
    log: options.log,
  }
  const respond = responder(programmatic)
  const sealing: Sealing = {
    standing: standingHeaders(options.issuerUrl),
    accessLog: accessLog(options.log),
    draining: false,
  }

  const app = new Hono<HttpEnv>()
  app.onError((error, c) => toResponse(respond(c.env.exchange, error)))
  app.notFound((c) => toResponse(unmatched(app, respond, c)))
  app.route('/assets', assetRoutes())

  const route = app.fetch
  const dispatch = (request: Request, env: HttpEnv['Bindings']): Response | Promise<Response> => {
    // Hono hands on what is thrown and is not an Error.
    const answerError = (thrown: unknown) => toResponse(respond(env.exchange, thrown))
    try {
      const answer = route(request, env)
      return answer instanceof Promise ? answer.catch(answerError) : answer
    } catch (thrown) {
      return answerError(thrown)
    }
  }

  const open = (head: RequestHead) => new Exchange(head, surroundings)
  const turnAway = (exchange: Exchange, admission: Exclude<Admission, { kind: 'admitted' }>): Answer =>
    admission.kind === 'redirected'
      ? { status: 308, headers: { Location: admission.to }, body: null }
      : respond(exchange, admission.error)

  app.fetch = inProcess({
    open,
    admit: (exchange) => admit(exchange, policy),
    turnAway,
    dispatch,
    sealing,
  })

  const serve = getRequestListener((request, { incoming, outgoing }) => {
    if (incoming instanceof IncomingMessage && outgoing instanceof ServerResponse && 'exchange' in outgoing)
      if (outgoing.exchange instanceof Exchange)
        return dispatch(request, {
          exchange: outgoing.exchange,
          incoming,
          outgoing,
        })
    throw new TypeError('a request came past the listener')
  })

  /** An answer that could not be written, such as one with a header that HTTP forbids, costs its request and no other. */
  const rescue = (outgoing: SealedResponse, exchange: Exchange, thrown: unknown): void => {
    const answer = respond(exchange, thrown)
    if (outgoing.headersSent) outgoing.destroy()
    else writeAnswer(outgoing, answer)
  }

  return {
    app,
    node: {
      IncomingMessage: boundedIncomingClass(options.bodyLimit),
      ServerResponse: sealedResponseClass(sealing),
      drain: () => {
        sealing.draining = true
      },
      onRequest(incoming, outgoing) {
        const exchange = open(headOf(incoming))
        outgoing.exchange = exchange
        const admission = admit(exchange, policy)
        if (admission.kind === 'admitted') {
          speakAsIssuer(incoming, exchange, issuer)
          serve(incoming, outgoing).catch((thrown) => rescue(outgoing, exchange, thrown))
          return
        }
        // Read on and drop the body, so that the client gets to read the answer.
        incoming.resume()
        writeAnswer(outgoing, turnAway(exchange, admission))
      },
    },
  }
}
