import type { AppError } from '../../errors/app-error.ts'

/** RFC 9457, with what a person debugging a client needs beside it. */
export const problem = (error: AppError, requestId: string): string =>
  JSON.stringify({
    type: `urn:hearthkey:error:${error.code}`,
    title: error.entry.title,
    status: error.entry.status,
    ...(error.detail !== undefined && { detail: error.detail }),
    instance: `urn:hearthkey:request:${requestId}`,
    code: error.code,
    request_id: requestId,
    cure: error.cure,
  })
