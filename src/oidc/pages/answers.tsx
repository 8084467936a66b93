import type { EngineContext, ErrorOut } from 'oidc-provider'
import { renderPage } from '../../ui/render.ts'
import type { Accounts } from '../accounts.ts'
import { routes } from '../engine/configuration.ts'
import { recordOf } from '../engine/engine-clients.ts'
import { comparedUris, toAppError } from '../engine/errors.ts'
import { currentUnit } from '../unit/units.ts'
import { LoggedOutPage } from './logged-out.tsx'
import { LogoutPage } from './logout.tsx'

/** What a browser sees where the engine would show a page of its own. */
export function engineAnswers({ person }: Accounts) {
  return {
    renderError: async (ctx: EngineContext, out: ErrorOut, error: unknown): Promise<void> => {
      const unit = currentUnit()
      unit.refusal = toAppError(ctx, out, error)
      const viewer = ctx.oidc.session?.accountId
      const compared = comparedUris(ctx, error)
      // A stranger must not learn what is registered.
      if (compared && viewer && (await person(viewer))?.instanceRole === 'admin') unit.compared = compared
    },
    logoutSource: async (ctx: EngineContext): Promise<void> => {
      const xsrf = ctx.oidc.session?.state?.secret
      if (xsrf === undefined) throw new Error('the engine asks for a sign-out without its guard')
      const { t, client } = partsOf(ctx)
      const at = { action: `${routes.end_session}/confirm`, stay: `${routes.end_session}/stayed` } as const
      show(ctx, renderPage(<LogoutPage t={t} {...at} xsrf={xsrf} client={client} />))
    },
    postLogoutSuccessSource: async (ctx: EngineContext): Promise<void> => {
      const { t, client } = partsOf(ctx)
      const back = client && client.uri !== null ? { name: client.name, uri: client.uri } : undefined
      show(ctx, renderPage(<LoggedOutPage t={t} client={back} />))
    },
  }
}

function partsOf({ oidc }: EngineContext) {
  const { exchange } = currentUnit()
  const locales = oidc.params?.['ui_locales']
  return {
    t: exchange.languages.of(exchange, typeof locales === 'string' ? locales : undefined),
    client: oidc.client && recordOf(oidc.client),
  }
}

function show(ctx: EngineContext, page: string): void {
  ctx.type = 'html'
  ctx.body = page
}
