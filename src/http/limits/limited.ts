import type { Context } from 'hono'
import { AppError } from '../../errors/app-error.ts'
import type { HttpEnv } from '../env.ts'
import { type LimitRefusal, type LimitVerdict, quotaHeaders } from './quota.ts'

/**
 * Says on the answer what is left; throws what the responder answers with 429, a page or a problem document, where
 * nothing is. For a form that keeps what was typed: `limitsOn`, and a page of its own.
 */
export function limited(c: Context<HttpEnv>, verdict: LimitVerdict): void {
  if (!verdict.ok) throw tooMany(verdict)
  limitsOn(c, verdict)
}

export function limitsOn(c: Context<HttpEnv>, verdict: LimitVerdict): void {
  for (const [name, value] of Object.entries(quotaHeaders(verdict.quotas))) c.header(name, value)
  if (!verdict.ok) c.header('Retry-After', String(verdict.retryAfterSeconds))
}

const tooMany = ({ quotas, retryAfterSeconds }: LimitRefusal): AppError =>
  new AppError('too-many-requests', { retryAfter: retryAfterSeconds, headers: quotaHeaders(quotas) })
