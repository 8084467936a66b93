import type { ResponseMode } from 'oidc-provider'
import { renderPage } from '../../ui/render.ts'
import { FormPostPage } from '../pages/form-post.tsx'
import { currentUnit } from '../unit/units.ts'
import { recordOf } from './engine-clients.ts'

/** The engine's own page has its script inline, which our policy forbids; around this one stands ours. */
export const formPost: ResponseMode = (ctx, action, parameters) => {
  const { exchange } = currentUnit()
  const locales = ctx.oidc.params?.['ui_locales']
  const t = exchange.languages.of(exchange, typeof locales === 'string' ? locales : undefined)
  const fields = Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
  const client = ctx.oidc.client && recordOf(ctx.oidc.client)
  // A refusal, too, is an answer that is on its way.
  ctx.status = 200
  ctx.type = 'html'
  ctx.body = renderPage(<FormPostPage t={t} action={action} fields={fields} client={client} />)
}
