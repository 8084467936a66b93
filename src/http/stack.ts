import type { Hono } from 'hono'
import type { Log } from '../lib/log.ts'
import { createWords, type Words } from '../ui/messages/words.ts'
import { accessLog } from './access-log.ts'
import { clientAddresses } from './address/client-address.ts'
import type { CertificateHeaders } from './address/client-certificate.ts'
import { admit } from './admission/admission.ts'
import { type RouteGroup, routeGroup } from './admission/route-group.ts'
import { type Answer, toResponse } from './answer/answer.ts'
import { type Responder, responder } from './answer/responder.tsx'
import type { HttpEnv } from './env.ts'
import { Exchange, type RequestHead } from './exchange.ts'
import { standingHeaders } from './headers/standing-headers.ts'
import { createLanguages } from './language.ts'
import type { Sealing } from './server/sealed-response.ts'
import { busyAnswers } from './turns/busy-answers.tsx'
import { createTurns, type Turns, type TurnsOptions } from './turns/turns.ts'

export interface HttpOptions {
  readonly issuerUrl: string
  readonly trustedProxies: readonly string[]
  /** Believed from those proxies alone, and taken away from everybody. */
  readonly certificateHeaders?: CertificateHeaders | undefined
  readonly bodyLimit: number
  /**
   * Routes exempt from the origin check, one by one or as `/prefix/*`: those that authenticate every request by a bearer
   * token or by the client, never by a cookie. They are always answered in JSON.
   */
  readonly programmatic: readonly string[]
  /** Among those: whose errors say `error` and `error_description` as well, because OAuth asks for it. */
  readonly ofOauth?: readonly string[]
  /** Exempt from the origin check, and answered like any other: their POST changes nothing and carries no authority. */
  readonly fromAnywhere?: readonly string[]
  /** The languages of the pages; without it, those that come with Hearthkey. */
  readonly words?: Words
  /** What waits for its turn; without it nothing does. */
  readonly turns?: TurnsOptions
  readonly log: Log
}

/** What stands around the routes, whether a request came over a socket or in process. */
export interface Stack {
  open(head: RequestHead): Exchange
  /** The answer to a request that goes no further, judged from its head alone. */
  refuse(exchange: Exchange): Answer | undefined
  /** The same for one that there is no room for at this moment. */
  refuseForNow(exchange: Exchange): Answer | undefined
  readonly waitsForTurn: Turns['concerns']
  readonly takeTurn: Turns['take']
  readonly respond: Responder
  readonly sealing: Sealing
}

export function createStack(options: HttpOptions): Stack {
  const programmatic: RouteGroup = routeGroup(options.programmatic)
  const ofOauth: RouteGroup = routeGroup(options.ofOauth ?? [])
  const policy = {
    issuerOrigin: new URL(options.issuerUrl).origin,
    bodyLimit: options.bodyLimit,
    programmatic,
    fromAnywhere: routeGroup(options.fromAnywhere ?? []),
  }
  const words = options.words ?? createWords()
  const surroundings = {
    addresses: clientAddresses(options.trustedProxies),
    languages: createLanguages(words, options.issuerUrl),
    log: options.log,
    certificateHeaders: options.certificateHeaders,
  }
  const respond = responder(programmatic, ofOauth)
  const turns = options.turns ? createTurns(options.turns, options.log) : withoutTurns
  const sayBusy = busyAnswers(words, ofOauth)
  return {
    respond,
    refuseForNow: (exchange) => {
      const busy = turns.refuse(exchange)
      return busy && sayBusy(exchange, busy)
    },
    waitsForTurn: turns.concerns,
    takeTurn: turns.take,
    sealing: {
      standing: standingHeaders(options.issuerUrl),
      accessLog: accessLog(options.log),
      draining: false,
    },
    open: (head) => new Exchange(head, surroundings),
    refuse(exchange) {
      const admission = admit(exchange, policy)
      switch (admission.kind) {
        case 'admitted':
          return undefined
        case 'redirected':
          return { status: 308, headers: { Location: admission.to }, body: null }
        case 'refused':
          return respond(exchange, admission.error)
      }
    },
  }
}

const withoutTurns: Turns = {
  concerns: () => false,
  refuse: () => undefined,
  take: (_, work) => {
    void work()
    return () => {}
  },
}

export type Dispatch = (request: Request, env: HttpEnv['Bindings']) => Response | Promise<Response>

/** Into the routes. Hono answers every `Error` by itself and hands on whatever else was thrown. */
export function dispatchTo(route: Hono<HttpEnv>['fetch'], respond: Responder): Dispatch {
  return (request, env) => {
    const answerError = (thrown: unknown) => toResponse(respond(env.exchange, thrown))
    try {
      const answer = route(request, env)
      return answer instanceof Promise ? answer.catch(answerError) : answer
    } catch (thrown) {
      return answerError(thrown)
    }
  }
}
