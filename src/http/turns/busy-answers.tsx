import type { AppError } from '../../errors/app-error.ts'
import { ErrorPage } from '../../ui/error-page.tsx'
import type { Words } from '../../ui/messages/words.ts'
import { renderPage } from '../../ui/render.ts'
import type { RouteGroup } from '../admission/route-group.ts'
import type { Answer } from '../answer/answer.ts'
import { prefersPage } from '../answer/prefers-page.ts'
import { problem, problemType } from '../answer/problem.ts'
import type { Exchange } from '../exchange.ts'

/** No text of ours holds it, and escaping leaves it as it is. */
const ID = 'request-id-goes-here'

/**
 * A server that is short of time renders its page once in each language. Only the request's id is put in; the page
 * has no links to itself in other languages, because the form that came with this request would be lost by them.
 */
export function busyAnswers(words: Words, ofOauth: RouteGroup): (exchange: Exchange, error: AppError) => Answer {
  const pages = new Map<string, readonly [string, string]>()
  const pageIn = (tag: string, error: AppError): readonly [string, string] => {
    const made = pages.get(tag)
    if (made) return made
    const [before = '', after = ''] = renderPage(<ErrorPage t={words.speak(tag)} error={error} requestId={ID} />).split(
      ID,
    )
    const page = [before, after] as const
    pages.set(tag, page)
    return page
  }
  return (exchange, error) => {
    const inOauth = ofOauth(exchange.path)
    const asPage = !inOauth && prefersPage(exchange.header('accept'))
    const [before, after] = asPage ? pageIn(exchange.languages.tagOf(exchange), error) : []
    return {
      status: error.entry.status,
      headers: {
        'Content-Type': asPage ? 'text/html; charset=utf-8' : problemType(inOauth),
        Vary: asPage ? 'Accept, Accept-Language' : 'Accept',
        'Retry-After': String(error.retryAfter ?? 1),
      },
      body: asPage ? `${before}${exchange.requestId}${after}` : problem(error, exchange.requestId, inOauth),
    }
  }
}
