import type { OutgoingAnswer, OutgoingFailure } from '../../http/outgoing/outgoing.ts'
import { codeOfCause, whyUnreachable } from '../../http/outgoing/why-unreachable.ts'
import type { Result } from '../../lib/result.ts'
import { readRetryAfter } from './pause.ts'

/** How one attempt went. */
export interface Outcome {
  /** Of the answer; null where there was none. */
  readonly status: number | null
  /** Null where it was taken. One word, and never an address: whoever reads the log need not learn what a name leads to. */
  readonly failure: string | null
  /** What the libraries call the error where there was no answer: for those who run the server. */
  readonly code: string | undefined
  /** 410: nobody wants to hear of anything here any more. */
  readonly gone: boolean
  /** Milliseconds, where the receiver asked to be spared; no more than anybody may ask for. */
  readonly retryAfter: number | undefined
  readonly response: Buffer
}

const NOTHING = Buffer.alloc(0)

/** Nothing was sent: of the log or of a secret it could not be read what to say. */
export const NOT_READABLE: Outcome = {
  status: null,
  failure: 'not-readable',
  code: undefined,
  gone: false,
  retryAfter: undefined,
  response: NOTHING,
}

/** Any 2xx is a yes, whatever is in it; all else is a no, and worth another attempt. */
export function outcomeOf(answer: Result<OutgoingAnswer, OutgoingFailure>, now: Date): Outcome {
  if (!answer.ok) {
    const { reason, cause } = answer.error
    const code = codeOfCause(cause)
    const failure = reason === 'unreachable' ? (whyUnreachable(code) ?? reason) : reason
    return { status: null, failure, code, gone: false, retryAfter: undefined, response: NOTHING }
  }
  const { status, headers, body } = answer.value
  const taken = status >= 200 && status < 300
  const asks = status === 429 || status === 503
  return {
    status,
    failure: taken ? null : `status-${status}`,
    code: undefined,
    gone: status === 410,
    retryAfter: asks ? readRetryAfter(headers['retry-after'], now) : undefined,
    response: body,
  }
}
