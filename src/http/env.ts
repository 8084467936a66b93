import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange } from './exchange.ts'

/** What every route finds in `c.env`. The two Node objects are absent when the app is called in process. */
export interface HttpEnv {
  Bindings: {
    readonly exchange: Exchange
    readonly incoming?: IncomingMessage
    readonly outgoing?: ServerResponse
  }
}
