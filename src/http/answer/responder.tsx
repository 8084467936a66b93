import type { AppError } from '../../errors/app-error.ts'
import { named } from '../../errors/named.ts'
import { ErrorPage } from '../../ui/error-page.tsx'
import { renderPage } from '../../ui/render.ts'
import type { RouteGroup } from '../admission/route-group.ts'
import type { Exchange } from '../exchange.ts'
import type { Answer } from './answer.ts'
import { prefersPage } from './prefers-page.ts'
import { problem, problemType } from './problem.ts'

export type Responder = (exchange: Exchange, thrown: unknown, headers?: Readonly<Record<string, string>>) => Answer

const page = (error: AppError, exchange: Exchange): string =>
  renderPage(<ErrorPage t={exchange.languages.of(exchange)} error={error} requestId={exchange.requestId} />)

/** The one place that turns an error into an answer: a page for a browser, a problem document for a program. */
export function responder(programmatic: RouteGroup, ofOauth: RouteGroup): Responder {
  return (exchange, thrown, headers = {}) => {
    const error = named(thrown)
    const { status } = error.entry
    if (status >= 500) exchange.log.error({ error: error.code, err: error.cause ?? error }, 'request failed')

    const inOauth = ofOauth(exchange.path)
    const asPage = !programmatic(exchange.path) && prefersPage(exchange.header('accept'))
    return {
      status,
      headers: {
        'Content-Type': asPage ? 'text/html; charset=utf-8' : problemType(inOauth),
        Vary: asPage ? 'Accept, Accept-Language' : 'Accept',
        ...(error.retryAfter !== undefined && {
          'Retry-After': String(Math.ceil(error.retryAfter)),
        }),
        ...error.headers,
        ...headers,
      },
      body: asPage ? page(error, exchange) : problem(error, exchange.requestId, inOauth),
    }
  }
}
