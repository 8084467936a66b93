import type { AppError } from '../../errors/app-error.ts'
import { oauthError } from './oauth-error.ts'

/** RFC 9457, with what a person debugging a client needs beside it. */
export const problem = (error: AppError, requestId: string, inOauth: boolean): string =>
  JSON.stringify({
    ...(inOauth && oauthError(error)),
    type: `urn:hearthkey:error:${error.code}`,
    title: error.entry.title,
    status: error.entry.status,
    ...(error.detail !== undefined && { detail: error.detail }),
    instance: `urn:hearthkey:request:${requestId}`,
    code: error.code,
    request_id: requestId,
    cure: error.cure,
  })

/** RFC 6749 §5.2 names the one, RFC 9457 the other. */
export const problemType = (inOauth: boolean): string => (inOauth ? 'application/json' : 'application/problem+json')
