import type { IncomingHttpHeaders } from 'node:http'
import type { Id } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { ClientAddresses } from './address/client-address.ts'
import {
  type CertificateHeaders,
  type CertificateText,
  type ClientCertificate,
  certificateTextIn,
  readCertificate,
} from './address/client-certificate.ts'
import type { Languages } from './language.ts'
import { isHarmlessRequestId, newRequestId } from './request-id.ts'

/** What is known of a request before anything reads its body. */
export interface RequestHead {
  readonly method: string
  /** The request target as it came over the wire: path and query, not yet normalised by anybody. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** How many lines named a host; `headers` has the first alone. */
  readonly hostLines: number
  readonly peer: string | undefined
}

interface Surroundings {
  readonly addresses: ClientAddresses
  readonly languages: Languages
  readonly log: Log
  /** Where no proxy passes certificates there are none. */
  readonly certificateHeaders?: CertificateHeaders | undefined
}

/** What the log of events says of every change that a request makes: from where, with what, in which sign-in. */
export interface RequestOrigin {
  readonly ip: string
  readonly userAgent: string | undefined
  readonly requestId: string
  /** Undefined where nobody is signed in, or nobody has asked. */
  readonly session: Id<'ses'> | undefined
}

const pathOf = (target: string): string => {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}

/** One request and its answer: who asks, under which id, since when. Most of it is worked out only when asked for. */
export class Exchange {
  readonly head: RequestHead
  readonly requestId: string
  readonly path: string
  readonly fromTrustedProxy: boolean
  /** In which sign-in it is made: said by whoever has found out that it stands. */
  session: Id<'ses'> | undefined
  readonly #startedAt = performance.now()
  readonly #surroundings: Surroundings
  readonly #certificate: CertificateText | undefined
  #clientIp: string | undefined
  #log: Log | undefined

  constructor(head: RequestHead, surroundings: Surroundings) {
    this.head = head
    this.path = pathOf(head.target)
    this.fromTrustedProxy = surroundings.addresses.isTrustedPeer(head.peer)
    const given = this.fromTrustedProxy ? this.header('x-request-id') : undefined
    this.requestId = isHarmlessRequestId(given) ? given : newRequestId()
    this.#surroundings = surroundings
    const { certificateHeaders } = surroundings
    if (certificateHeaders && this.fromTrustedProxy)
      this.#certificate = certificateTextIn(head.headers, certificateHeaders)
  }

  header(name: string): string | undefined {
    const value = this.head.headers[name]
    return typeof value === 'string' ? value : value?.join(', ')
  }

  get clientIp(): string {
    this.#clientIp ??= this.#surroundings.addresses.clientIp({
      peer: this.head.peer,
      forwardedFor: this.header('x-forwarded-for'),
    })
    return this.#clientIp
  }

  /** Whole: an edge that hands down less of it leaves a hole in the log of events. */
  get origin(): RequestOrigin {
    return {
      ip: this.clientIp,
      userAgent: this.header('user-agent'),
      requestId: this.requestId,
      session: this.session,
    }
  }

  /** What the other side of the TLS connection has proven to a proxy of ours. */
  get clientCertificate(): ClientCertificate | undefined {
    return this.#certificate && readCertificate(this.#certificate)
  }

  /** Said by a proxy alone, and read above: nobody further in may believe them. */
  get certificateHeaders(): CertificateHeaders | undefined {
    return this.#surroundings.certificateHeaders
  }

  get languages(): Languages {
    return this.#surroundings.languages
  }

  /** Every line carries the request id. */
  get log(): Log {
    this.#log ??= this.#surroundings.log.child({ requestId: this.requestId })
    return this.#log
  }

  get elapsedMs(): number {
    return Math.round((performance.now() - this.#startedAt) * 10) / 10
  }
}
