import { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { hostLines } from '../admission/one-host.ts'
import { changesState } from '../admission/same-origin.ts'
import { type Answer, writeAnswer } from '../answer/answer.ts'
import { Exchange, type RequestHead } from '../exchange.ts'
import type { Dispatch, Stack } from '../stack.ts'
import { boundedIncomingClass, whenHere } from './bounded-incoming.ts'
import { clientErrors } from './client-error.ts'
import { restoreTarget, speakAsIssuer } from './issuer-host.ts'
import { type SealedResponse, sealedResponseClass } from './sealed-response.ts'

/** What Node's server needs to serve the app over a socket. */
export interface NodeSide {
  readonly IncomingMessage: ReturnType<typeof boundedIncomingClass>
  readonly ServerResponse: ReturnType<typeof sealedResponseClass>
  readonly onRequest: (incoming: IncomingMessage, outgoing: SealedResponse) => void
  /** For a request that announces a body and sends it when told to (`Expect: 100-continue`). */
  readonly onExpectation: (incoming: IncomingMessage, outgoing: SealedResponse) => void
  /** For what could not be read as a request. */
  readonly onClientError: ReturnType<typeof clientErrors>
  readonly drain: () => void
}

const headOf = (incoming: IncomingMessage): RequestHead => ({
  method: incoming.method ?? 'GET',
  target: incoming.url ?? '/',
  headers: incoming.headers,
  hostLines: hostLines(incoming.rawHeaders),
  peer: incoming.socket.remoteAddress,
})

const hasExchange = (outgoing: object): outgoing is { readonly exchange: Exchange } =>
  'exchange' in outgoing && outgoing.exchange instanceof Exchange

/**
 * What a route returns that has written on the socket itself. It must be made of the runtime's own `Response`: the
 * listener puts a quicker class in its place, and one of those would be written a second time. From this module it cannot
 * be taken after a listener was made, in whatever order others are loaded.
 */
export const alreadySent = RESPONSE_ALREADY_SENT

const listenerOf = (dispatch: Dispatch) =>
  getRequestListener((request, { incoming, outgoing }) => {
    if (!(incoming instanceof IncomingMessage && outgoing instanceof ServerResponse && hasExchange(outgoing)))
      throw new TypeError('a request came past the listener')
    restoreTarget(incoming, outgoing.exchange)
    return dispatch(request, { exchange: outgoing.exchange, incoming, outgoing })
  })

interface NodeSideOptions {
  readonly issuerUrl: string
  readonly bodyLimit: number
}

export function nodeSide(stack: Stack, dispatch: Dispatch, { issuerUrl, bodyLimit }: NodeSideOptions): NodeSide {
  const issuer = new URL(issuerUrl)
  const serve = listenerOf(dispatch)

  /** An answer that could not be written, such as one with a header that HTTP forbids, costs its request and no other. */
  const rescue = (outgoing: SealedResponse, exchange: Exchange, thrown: unknown): void => {
    const answer = stack.respond(exchange, thrown)
    if (outgoing.headersSent) outgoing.destroy()
    else writeAnswer(outgoing, answer)
  }

  /** Reads on and drops the body, so that the client gets to read the answer. */
  const turnAway = (incoming: IncomingMessage, outgoing: SealedResponse, answer: Answer): void => {
    incoming.resume()
    writeAnswer(outgoing, answer)
  }

  const takeTurn = (incoming: IncomingMessage, outgoing: SealedResponse, exchange: Exchange): void => {
    const giveUp = stack.takeTurn(exchange, () => {
      speakAsIssuer(incoming, exchange, issuer)
      return serve(incoming, outgoing).catch((thrown: unknown) => rescue(outgoing, exchange, thrown))
    })
    outgoing.once('close', giveUp)
  }

  /** A form that drips in would keep a place from those who are there with theirs. */
  const onceHere = (incoming: IncomingMessage, outgoing: SealedResponse, exchange: Exchange): void =>
    whenHere(incoming, (error) => {
      if (outgoing.destroyed) return
      const refusal = error ? stack.respond(exchange, error) : stack.refuseForNow(exchange)
      if (refusal === undefined) takeTurn(incoming, outgoing, exchange)
      else turnAway(incoming, outgoing, refusal)
    })

  const receive = (incoming: IncomingMessage, outgoing: SealedResponse, admitted?: () => void): void => {
    const exchange = stack.open(headOf(incoming))
    outgoing.exchange = exchange
    const refusal = stack.refuse(exchange) ?? stack.refuseForNow(exchange)
    if (refusal !== undefined) {
      turnAway(incoming, outgoing, refusal)
      return
    }
    admitted?.()
    if (stack.waitsForTurn(exchange) && changesState(exchange.head.method)) onceHere(incoming, outgoing, exchange)
    else takeTurn(incoming, outgoing, exchange)
  }

  return {
    IncomingMessage: boundedIncomingClass(bodyLimit),
    ServerResponse: sealedResponseClass(stack.sealing),
    drain: () => {
      stack.sealing.draining = true
    },
    onClientError: clientErrors(stack),
    onRequest: (incoming, outgoing) => receive(incoming, outgoing),
    // Judged first: who is told to go on and is refused then has sent a body for nothing.
    onExpectation: (incoming, outgoing) => receive(incoming, outgoing, () => outgoing.writeContinue()),
  }
}
