import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'
import { ErrorPage } from '../../ui/error-page.tsx'
import { renderPage } from '../../ui/render.ts'
import type { RouteGroup } from '../admission/route-group.ts'
import type { Exchange } from '../exchange.ts'
import type { Answer } from './answer.ts'
import { prefersPage } from './prefers-page.ts'
import { problem } from './problem.ts'

export type Responder = (exchange: Exchange, thrown: unknown, headers?: Readonly<Record<string, string>>) => Answer

/** The database's word for a seal under a key that was closed meanwhile: this process has not heard of the new one yet. */
const SEALED_UNDER_CLOSED_KEY = 'HK001'

/** What a stranger is told of an error without a name: that it happened. The log has the rest under the request id. */
function named(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return errorCode(thrown) === SEALED_UNDER_CLOSED_KEY
    ? new AppError('unavailable', { cause: thrown, retryAfter: 1 })
    : new AppError('internal-error', { cause: thrown })
}

const page = (error: AppError, exchange: Exchange): string =>
  renderPage(<ErrorPage t={exchange.languages.of(exchange)} error={error} requestId={exchange.requestId} />)

/** The one place that turns an error into an answer: a page for a browser, a problem document for a program. */
export function responder(programmatic: RouteGroup): Responder {
  return (exchange, thrown, headers = {}) => {
    const error = named(thrown)
    const { status } = error.entry
    if (status >= 500) exchange.log.error({ error: error.code, err: error.cause ?? error }, 'request failed')

    const asPage = !programmatic(exchange.path) && prefersPage(exchange.header('accept'))
    return {
      status,
      headers: {
        'Content-Type': asPage ? 'text/html; charset=utf-8' : 'application/problem+json',
        Vary: asPage ? 'Accept, Accept-Language' : 'Accept',
        ...(error.retryAfter !== undefined && {
          'Retry-After': String(Math.ceil(error.retryAfter)),
        }),
        ...error.headers,
        ...headers,
      },
      body: asPage ? page(error, exchange) : problem(error, exchange.requestId),
    }
  }
}
