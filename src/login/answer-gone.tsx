import type { Context } from 'hono'
import { AppError } from '../errors/app-error.ts'
import { prefersPage } from '../http/answer/prefers-page.ts'
import type { HttpEnv } from '../http/env.ts'
import { answerPage, wordsOf } from './answer-page.ts'
import { CookiesOffPage } from './pages/cookies-off.tsx'
import { GonePage } from './pages/gone.tsx'
import type { Interactions, PendingInteraction } from './ports.ts'

interface GoneDeps {
  readonly interactions: Pick<Interactions, 'isOpen'>
  readonly issuerUrl: string
}

export type AnswerGone = (c: Context<HttpEnv>, known?: PendingInteraction) => Promise<Response>

/** Nothing to sign in to at this address, for this browser: what happened, and the way on. */
export const answerGone =
  ({ interactions, issuerUrl }: GoneDeps): AnswerGone =>
  async (c, known) => {
    const { exchange } = c.env
    const cookiesOff = !known && exchange.header('cookie') === undefined && (await interactions.isOpen(c))
    const error = new AppError(cookiesOff ? 'cookies-missing' : 'interaction-gone')
    exchange.log.info({ error: error.code }, 'a sign-in page that nothing waits behind')
    if (!prefersPage(exchange.header('accept'))) throw error
    const page = { t: wordsOf(c, known?.uiLocales), requestId: exchange.requestId }
    return answerPage(
      c,
      cookiesOff ? (
        <CookiesOffPage {...page} host={new URL(issuerUrl).host} />
      ) : (
        <GonePage {...page} client={homeOf(known)} />
      ),
      error.entry.status,
    )
  }

const homeOf = (known: PendingInteraction | undefined) =>
  known?.client.uri === undefined ? undefined : { name: known.client.name, uri: known.client.uri }
