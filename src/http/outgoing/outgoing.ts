import type { Result } from '../../lib/result.ts'

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Milliseconds; the client's own where nothing is said. */
  readonly timeout?: number
  /** Only the status counts: so many bytes of the answer are read, as they come, and the rest is not waited for. */
  readonly keep?: number
}

export interface OutgoingAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/**
 * `address-refused`: the operator has not allowed to go there. `redirected`: a redirect is an answer and never followed.
 * `encoded`: a compressed answer that was not asked for, and that no size limit would bound.
 */
export interface OutgoingFailure {
  readonly reason:
    | 'invalid-url'
    | 'address-refused'
    | 'redirected'
    | 'encoded'
    | 'too-large'
    | 'timeout'
    | 'unreachable'
  readonly cause?: unknown
}

export interface OutgoingClient {
  send(request: OutgoingRequest): Promise<Result<OutgoingAnswer, OutgoingFailure>>
  close(): Promise<void>
}
