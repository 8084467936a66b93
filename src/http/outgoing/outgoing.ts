import type { Result } from '../../lib/result.ts'

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
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
